import type { ErrorRecord, Verification as VerifyReport } from './protocol.js';

export type {
  Durability as DurabilityName,
  FileReport as VerifiedFile,
  NamespaceInfo,
  Stats,
  Verification as VerifyReport,
} from './protocol.js';

/** What a check of a folder found. */
export interface FolderReport extends VerifyReport {
  /**
   * Files with names like the database's own that are no part of it. Those that a crash left behind are removable: the next
   * open for writing removes them.
   */
  readonly strays: readonly { readonly name: string; readonly removable: boolean }[];
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
