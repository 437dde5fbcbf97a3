import type { Verification as VerifyReport } from './protocol.js';

export type {
  Durability as DurabilityName,
  FileReport as VerifiedFile,
  ImportReport,
  NamespaceInfo,
  RejectedLine,
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
