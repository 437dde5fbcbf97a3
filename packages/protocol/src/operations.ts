import type { Operation } from './operation.js';
import { reads } from './operations/reads.js';
import { streams } from './operations/streams.js';
import { whole } from './operations/whole.js';
import { writes } from './operations/writes.js';

/** Every operation, in the order in which their examples work one after the other. */
export const operations: readonly Operation[] = [...writes, ...reads, ...whole, ...streams];
