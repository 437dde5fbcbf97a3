import type { Version as VersionRecord } from './protocol.js';

export type { Origin } from './protocol.js';

/** Everything about a version but its value. */
export interface VersionInfo extends Omit<VersionRecord, 'value'> {}

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
