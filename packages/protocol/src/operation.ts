import type { TSchema } from 'typebox';
import type { ErrorCode } from './errors.js';
import { params } from './schema.js';
import { pascal } from './words.js';

/** What a client needs to be allowed. */
export type Scope = 'read' | 'write' | 'admin';

/**
 * The route of an operation for people. Members of the params that its path does not name are parameters of the query,
 * but for `value`, which is the body, and what HTTP has headers for: `ifVersion` and `idempotencyKey`.
 */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  /** What the request carries: a value, the params as JSON, or lines. */
  readonly body?: 'value' | 'params' | 'lines';
  /** What the response carries; without it, the result as JSON. */
  readonly answer?: 'value' | 'lines' | 'events';
}

/** One operation of the database, as every language and every wire has it. */
export interface Operation {
  /** camelCase; each language writes it in its own way. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The version of the protocol that brought it. */
  readonly since: number;
  /** Whether it changes something; a stream takes or gives many messages and is the carrier's own. */
  readonly kind: 'read' | 'write' | 'stream';
  readonly scope: Scope;
  /** The name of the type of its params. */
  readonly params: string;
  /** The name of the type of its result. */
  readonly result: string;
  /** The result can also be null: there is nothing. */
  readonly nullable?: true;
  /** The types that it alone uses, its params among them. */
  readonly types: Readonly<Record<string, TSchema>>;
  /** What can go wrong beside what can always go wrong. */
  readonly errors: readonly ErrorCode[];
  readonly http: Route;
  /** Params that work after the operations of the examples before it, in the order of the table. */
  readonly example: Record<string, unknown>;
}

/** An operation as it is written down: `takes` holds the members of its params. */
type Draft = Omit<Operation, 'params' | 'types' | 'scope'> & {
  readonly takes: Readonly<Record<string, TSchema>>;
  readonly types?: Operation['types'];
  /** Without it, that of its kind. */
  readonly scope?: Scope;
};

/** Writes an operation down. */
export function op({ takes, types = {}, scope, ...rest }: Draft): Operation {
  const name = `${pascal(rest.name)}Params`;
  return {
    ...rest,
    scope: scope ?? (rest.kind === 'write' ? 'write' : 'read'),
    params: name,
    types: { [name]: params(`What ${rest.name} takes.`, takes), ...types },
  };
}
