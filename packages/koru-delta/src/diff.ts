/** One step of a JSON Patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** How one key differs between two moments. */
export interface Diff<T = unknown> {
  readonly namespace: string;
  readonly key: string;
  /** The version at the earlier moment, or null when there was no value. */
  readonly from: string | null;
  /** The version at the later moment, or null when there was no value. */
  readonly to: string | null;
  /** The steps that turn the one value into the other; a value that comes or goes is added or removed at the root. */
  readonly patch: readonly PatchOperation[];
  readonly before?: T;
  readonly after?: T;
}

/** How one key of a namespace differs between two moments. */
export interface KeyDiff {
  readonly key: string;
  readonly change: 'added' | 'changed' | 'deleted';
  readonly from: string | null;
  readonly to: string | null;
  readonly patch: readonly PatchOperation[];
}
