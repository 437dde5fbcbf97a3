/** Where an imported version came from. */
export interface Origin {
  /** When it was written where the history came from. */
  timestamp?: string;
  /** Its id where the history came from. */
  version?: string;
}

/** Everything about a version but its value. */
export interface VersionInfo {
  readonly namespace: string;
  readonly key: string;
  /** A sortable id, unique in the world: 26 characters. */
  readonly version: string;
  /** The place in this database's own order of commits, without gaps. */
  readonly seq: number;
  /** When it was written: RFC 3339 in UTC, with microseconds. */
  readonly timestamp: string;
  /** True when this version says that the key was deleted. */
  readonly deleted?: true;
  /** The id of the version before it, or null when it is the key's first. */
  readonly previous: string | null;
  /** Who wrote it. */
  readonly actor?: string;
  /** Why it was written. */
  readonly reason?: string;
  /** Where an imported version came from. */
  readonly origin?: Origin;
}

/** A version that holds a value. */
export interface Version<T = unknown> extends VersionInfo {
  readonly value: T;
  readonly deleted?: never;
}

/** A version that says that the key was deleted. */
export interface Deletion extends VersionInfo {
  readonly value?: never;
  readonly deleted: true;
}

/** A version of either kind, as `history` gives them. */
export type AnyVersion<T = unknown> = Version<T> | Deletion;

/** A version in the feed of changes. */
export type Change<T = unknown> = AnyVersion<T> & {
  /** Give it as `since` to go on behind this change. */
  readonly cursor: string;
};
