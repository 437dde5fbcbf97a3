/*
 * What the server is built on: the way to an engine below the class KoruDelta. It follows the server and no version rule.
 */

export { Bell } from './bell.js';
export type { Carrier, Exporter, Importer, LineLoader } from './carrier.js';
export { type ErrorRecord, failure, KoruDeltaError } from './errors.js';
export { openNative } from './native.js';
export { operations } from './protocol.js';
export { throwIfAborted, untilAborted } from './signal.js';
