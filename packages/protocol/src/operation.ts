import type { ErrorCode } from './errors.js';
import type { TypeName } from './types.js';

/** One operation of the database, as every language and every wire has it. */
export interface Operation {
  /** camelCase; each language writes it in its own way. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The version of the protocol that brought it. */
  readonly since: number;
  /** Whether it changes something. */
  readonly kind: 'read' | 'write';
  readonly params: TypeName;
  readonly result: TypeName;
  /** The result can also be null: there is nothing. */
  readonly nullable?: true;
  /** What can go wrong beside what can always go wrong. */
  readonly errors: readonly ErrorCode[];
  readonly http: Route;
  /** Params that work after the operations of the examples before it, in the order of the table. */
  readonly example: Record<string, unknown>;
}

/** Where people find the operation over HTTP. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{name}` stands for a param; a key takes the rest of the path. */
  readonly path: string;
  /** The param that is the body itself, as it is; every other body is the params as one object. */
  readonly body?: string;
}

/** Writes an operation down. */
export function op(operation: Operation): Operation {
  return operation;
}
