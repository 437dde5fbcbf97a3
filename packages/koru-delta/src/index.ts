/**
 * KoruDelta: a zero-configuration, versioned, embedded database for JSON documents.
 *
 * ```ts
 * import { KoruDelta } from 'koru-delta';
 *
 * const db = await KoruDelta.startWithPath('./data');
 * await db.put('users', 'alice', { name: 'Alice' });
 * console.log(await db.get('users', 'alice'));
 * await db.close();
 * ```
 *
 * @packageDocumentation
 */

export type { BatchDelete, BatchItem, BatchOptions, BatchPut, BatchSource } from './batch.js';
export type { ByteSource } from './bytes.js';
export type { ChangesOptions } from './changes.js';
export type { ConnectOptions } from './connect-options.js';
export type { Diff, KeyDiff, PatchOperation } from './diff.js';
export { type ErrorCode, type ErrorRecord, type Hint, KoruDeltaError, type Suggestion } from './errors.js';
export { type ImportOptions, KoruDelta, type RevertOptions, type WriteOptions } from './koru-delta.js';
export type { Moment } from './moment.js';
export type { Durability, MemoryOptions, OpenOptions } from './open-options.js';
export { type Page, Pages } from './pages.js';
export { BatchReceipt } from './receipt.js';
export type {
  DurabilityName,
  FolderReport,
  ImportReport,
  NamespaceInfo,
  RejectedLine,
  Stats,
  VerifiedFile,
  VerifyReport,
} from './reports.js';
export type { Name, Unset, ValueOf } from './schema.js';
export type { SealKey } from './seal-key.js';
export { Transaction, type TransactOptions } from './transaction.js';
export type { AnyVersion, Change, Deletion, Origin, Version, VersionInfo } from './version.js';
export {
  type DiffOptions,
  type HistoryOptions,
  type ListOptions,
  type NamespaceDiffOptions,
  type ReadOptions,
  View,
} from './view.js';
