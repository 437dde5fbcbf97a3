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
  /** Params that work after the operations of the examples before it, in the order of the table. */
  readonly example: Record<string, unknown>;
}

/** Writes an operation down. */
export function op(operation: Operation): Operation {
  return operation;
}
