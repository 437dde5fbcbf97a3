import type { ErrorRecord } from './errors.js';

/** When an acknowledged write is on stable storage: at once, after a while, or when the system likes. */
export type DurabilityName = 'sync' | 'interval' | 'none';

/** A namespace that holds at least one live key. */
export interface NamespaceInfo {
  readonly name: string;
  /** How many live keys it holds; only when counts were asked for. */
  readonly keys?: number;
}

/** What a database is made of, as `stats` gives it. Sizes are bytes. */
export interface Stats {
  /** The folder, or `memory`. */
  readonly location: string;
  /** The version of the file format. */
  readonly format: number;
  readonly sealed: boolean;
  readonly readOnly: boolean;
  readonly durability: DurabilityName;
  readonly versions: number;
  readonly lastSeq: number;
  readonly lastVersion: string | null;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** Only when counts were asked for. */
  readonly namespaces?: number;
  /** Live keys; only when counts were asked for. */
  readonly keys?: number;
  readonly bytes: {
    readonly total: number;
    readonly log: number;
    readonly segments: number;
    readonly values: number;
    readonly manifest: number;
  };
  readonly files: { readonly logs: number; readonly segments: number; readonly values: number };
  readonly memory: { readonly budget: number; readonly memtable: number; readonly cache: number };
  /** What opening had to mend after a crash. */
  readonly recovery: {
    readonly replayedVersions: number;
    readonly droppedBytes: number;
    readonly repairedManifest: number;
  };
  /** How far the database's clock is ahead of the machine's, in microseconds. */
  readonly clockDriftUs: number;
}

/** What `verify` found. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly versions: number;
  readonly files: readonly VerifiedFile[];
  /** What is wrong across files, such as a version that is missing. */
  readonly failures: readonly ErrorRecord[];
  /** How much of the history can be read. */
  readonly reach: {
    /** The newest seq that is known of, readable or not. */
    readonly newest: number;
    /** Every version up to this seq can be read. */
    readonly completeThrough: number;
    /** What cannot be read; no more than the first hundred stretches. */
    readonly missing: readonly { readonly firstSeq: number; readonly lastSeq: number }[];
    /** The times of the oldest and the newest version that can be read. */
    readonly firstTimestamp: string | null;
    readonly lastTimestamp: string | null;
  };
}

/** What a check of a folder found. */
export interface FolderReport extends VerifyReport {
  /**
   * Files with names like the database's own that are no part of it. Those that a crash left behind are removable: the next
   * open for writing removes them.
   */
  readonly strays: readonly { readonly name: string; readonly removable: boolean }[];
}

/** One file, read and checked from end to end. */
export interface VerifiedFile {
  readonly name: string;
  readonly bytes: number;
  readonly ok: boolean;
  readonly error?: ErrorRecord;
}

/** What `import` added. */
export interface ImportReport {
  readonly versions: number;
  readonly commits: number;
  /** The times of the first and the last version, or null when nothing was added. */
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
}

/** A line that a batch with `skipBad` left out. */
export interface RejectedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
  /** The beginning of the line. */
  readonly text: string;
  readonly error: ErrorRecord;
}
