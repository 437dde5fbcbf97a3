import type { Diff as DiffRecord, KeyDiff as KeyDiffRecord } from './protocol.js';

/** One step of a JSON Patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** How one key differs between two moments. */
export interface Diff<T = unknown> extends Omit<DiffRecord, 'patch' | 'before' | 'after'> {
  /** The steps that turn the one value into the other; a value that comes or goes is added or removed at the root. */
  readonly patch: readonly PatchOperation[];
  /** The value at the earlier moment, where there was one. */
  readonly before?: T;
  /** The value at the later moment, where there was one. */
  readonly after?: T;
}

/** How one key of a namespace differs between two moments. */
export interface KeyDiff extends Omit<KeyDiffRecord, 'patch'> {
  readonly patch: readonly PatchOperation[];
}
