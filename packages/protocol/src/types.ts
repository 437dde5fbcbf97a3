import type { TSchema } from 'typebox';
import { operations } from './operations.js';
import { vocabulary } from './vocabulary.js';

/** Every type that has a name on the wire: the shared ones, then those of each operation. */
export const types: Readonly<Record<string, TSchema>> = Object.assign(
  {},
  vocabulary,
  ...operations.map((operation) => operation.types),
);
