/*
 * What the command and the server are built on: the way to an engine below the class KoruDelta. It follows them and no version
 * rule.
 */

export { Bell } from './bell.js';
export type { CallOptions, Carrier, Exporter, Importer, LineLoader, LocalCarrier } from './carrier.js';
export { feed } from './changes.js';
export { connectTo } from './connect.js';
export type { ConnectOptions } from './connect-options.js';
export { type ErrorRecord, failure, KoruDeltaError } from './errors.js';
export { openNative, verifyNative } from './native.js';
export { operations } from './protocol.js';
export { Session } from './session.js';
export { throwIfAborted, untilAborted } from './signal.js';
