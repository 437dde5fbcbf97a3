export { type ErrorCode, errors, type Failure } from './errors.js';
export { limits } from './limits.js';
export type { Operation } from './operation.js';
export { operations } from './operations.js';
export { type TypeName, types } from './types.js';
