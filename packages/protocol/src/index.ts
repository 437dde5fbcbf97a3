export { type ErrorCode, errors, type Failure } from './errors.js';
export { limits } from './limits.js';
export type { Operation, Route, Scope } from './operation.js';
export { operations } from './operations.js';
export { types } from './types.js';
