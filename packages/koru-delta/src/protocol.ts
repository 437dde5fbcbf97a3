// Generated from packages/protocol by `npm run gen`. Do not edit.

/** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
export type Namespace = string;

/** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
export type Key = string;

/** Any JSON value up to 16 MiB of text and 128 levels deep. null is a value; it is not "deleted". */
export type Value = unknown;

/** The name of a version: 26 characters of Crockford base32 that sort in the order of the commits and are unique in the world. */
export type VersionId = string;

/** A time as RFC 3339 in UTC with microseconds, such as 2026-02-06T14:30:00.000000Z. */
export type Timestamp = string;

/** A moment of the past or "now": the id of a version, a time such as 2026-02-06T14:30:00Z, a time ago such as -10m, or seq:123. */
export type Moment = string;

/** A place in a list, a history or the feed. Opaque; it stays good for ever. */
export type Cursor = string;

/** The id of the version that must be the key's newest; null: the key must have no value. */
export type IfVersion = VersionId | null;

/** A name for one write: 1 to 64 printable ASCII characters, unique to it. It is kept with the write, and known again until 100,000 more versions are written, also after a crash. */
export type IdempotencyKey = string;

/** What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the operating system. */
export type Durability = 'sync' | 'interval' | 'none';

/** A version of a key. */
export interface Version {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** The name of a version: 26 characters of Crockford base32 that sort in the order of the commits and are unique in the world. */
  readonly version: VersionId;
  /** The place in this database's own order of commits, from 1, without gaps. */
  readonly seq: number;
  /** When it was committed. Rises with every commit, whatever the clock does. */
  readonly timestamp: Timestamp;
  /** The value; absent of a delete, and where values were not asked for. */
  readonly value?: Value | undefined;
  /** Present when this version says that the key was deleted. */
  readonly deleted?: true | undefined;
  /** The version of the key before it; null of its first. */
  readonly previous: VersionId | null;
  /** Who wrote it. */
  readonly actor?: string | undefined;
  /** Why it was written. */
  readonly reason?: string | undefined;
  /** Where an imported version came from. */
  readonly origin?: Origin | undefined;
}

/** What an imported version was called where it came from. */
export interface Origin {
  /** When it was written there. */
  readonly timestamp?: Timestamp | undefined;
  /** Its id there. */
  readonly version?: VersionId | undefined;
}

/** The proof of a batch. Of an empty one the count is 0 and the rest is null. */
export interface Receipt {
  /** How many versions were written. */
  readonly count: number;
  /** The seq of the first version; the others follow without gaps. */
  readonly firstSeq: number | null;
  /** The seq of the last version. */
  readonly lastSeq: number | null;
  /** The id of the first version. */
  readonly first: VersionId | null;
  /** The id of the last version. */
  readonly last: VersionId | null;
  /** When the batch was committed: one moment for all of it. */
  readonly timestamp: Timestamp | null;
  /** What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the operating system. */
  readonly durability: Durability;
  /** How many lines were left out; of a load. */
  readonly rejected?: number | undefined;
  /** The lines that were left out; of a load with skipBad. */
  readonly rejects?: readonly RejectedLine[] | undefined;
}

/** A line that was left out. */
export interface RejectedLine {
  /** Its number, from 1. */
  readonly line: number;
  /** Why, as a sentence. */
  readonly reason: string;
  /** Its beginning. */
  readonly text: string;
  /** A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict. */
  readonly error: ErrorRecord;
}

/** A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict. */
export interface ErrorRecord {
  /** The kind of failure. The codes are listed in the catalogue; a newer server may know more. */
  readonly code: ErrorCode;
  /** A short title for people. */
  readonly title: string;
  /** What happened and why. */
  readonly detail: string;
  /** What was probably meant, nearest first. */
  readonly suggestions: readonly Suggestion[];
  /** What to do next, most useful first. */
  readonly hints: readonly Hint[];
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** The exit code of the kdelta command. */
  readonly exitCode: number;
  /** The HTTP status a server answers with. */
  readonly httpStatus: number;
  /** The page that explains the code. */
  readonly docs: string;
  readonly [fact: string]: unknown;
}

/** Something near to what was asked for. */
export interface Suggestion {
  /** What was probably meant. */
  readonly text: string;
  /** How it relates to what was asked, such as "different spelling". */
  readonly why: string;
}

/** A next step. */
export interface Hint {
  /** A sentence. */
  readonly text: string;
  /** The command line that does it. */
  readonly command?: string | undefined;
  /** The code that does it, in the language of the client. */
  readonly code?: string | undefined;
}

/** What put takes. */
export interface PutParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** Any JSON value up to 16 MiB of text and 128 levels deep. null is a value; it is not "deleted". */
  readonly value: Value;
  /** What the key's newest version must be for the write to happen. */
  readonly ifVersion?: IfVersion | undefined;
  /** Who writes; kept with the version. */
  readonly actor?: string | undefined;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  /** Names this write, so that sending it again does not write it twice. */
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

/** What batch takes. */
export interface BatchParams {
  /** The writes, in their order. */
  readonly ops?: readonly BatchOp[] | undefined;
  /** The same as columns; they come before ops. */
  readonly columns?: BatchColumns | undefined;
  /** What must be there; else nothing is written. */
  readonly expect?: readonly BatchExpectation[] | undefined;
  /** Who writes; kept with the version. */
  readonly actor?: string | undefined;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  /** Names this write, so that sending it again does not write it twice. */
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

/** One write of a batch: a value, or a delete. */
export interface BatchOp {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** The value to write. */
  readonly value?: Value | undefined;
  /** Delete the key. In a batch that is a version also when there is none. Default: false. */
  readonly delete?: boolean | undefined;
  /** What the key's newest version must be for the write to happen. */
  readonly ifVersion?: IfVersion | undefined;
}

/** What a key must be for the batch to be written, whether the batch writes it or not. */
export interface BatchExpectation {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** The id of the version that must be the key's newest; null: the key must have no value. */
  readonly version: IfVersion;
}

/** Many writes as columns of one length, which are shorter to write and to read than as many objects. */
export interface BatchColumns {
  /** The namespace of each write. */
  readonly namespaces: readonly Namespace[];
  /** The key of each write. */
  readonly keys: readonly Key[];
  /** At the place of a delete, anything. */
  readonly values: readonly Value[];
  /** The places that are deletes, ascending, from 0. */
  readonly deletes?: readonly number[] | undefined;
}

/** What delete takes. */
export interface DeleteParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** What the key's newest version must be for the write to happen. */
  readonly ifVersion?: IfVersion | undefined;
  /** Who writes; kept with the version. */
  readonly actor?: string | undefined;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  /** Names this write, so that sending it again does not write it twice. */
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

/** What revert takes. */
export interface RevertParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** The moment whose state comes back; without it, the state before the last change. */
  readonly at?: Moment | undefined;
  /** What the key's newest version must be for the write to happen. */
  readonly ifVersion?: IfVersion | undefined;
  /** Who writes; kept with the version. */
  readonly actor?: string | undefined;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  /** Names this write, so that sending it again does not write it twice. */
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

/** What get takes. */
export interface GetParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** Read what was there at this moment, instead of what is there now. */
  readonly at?: Moment | undefined;
  /** Nothing there is an error, which tells why. Default: false. */
  readonly required?: boolean | undefined;
}

/** What history takes. */
export interface HistoryParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** Read what was there at this moment, instead of what is there now. */
  readonly at?: Moment | undefined;
  /** At most so many on this page. Default: 100. */
  readonly limit?: number | undefined;
  /** Where the page before ended. */
  readonly cursor?: Cursor | undefined;
  /** False leaves the values out. Default: true. */
  readonly values?: boolean | undefined;
  /** Nothing there is an error, which tells why. Default: false. */
  readonly required?: boolean | undefined;
}

/** Versions of a key, newest first, deletes included. */
export interface History {
  /** Newest first. */
  readonly versions: readonly Version[];
  /** For the next page; null on the last. */
  readonly cursor: Cursor | null;
}

/** What list takes. */
export interface ListParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** Only keys that begin with this. */
  readonly prefix?: string | undefined;
  /** Only keys from this one on. */
  readonly from?: string | undefined;
  /** Only keys before this one. */
  readonly to?: string | undefined;
  /** Begin with the last key. Default: false. */
  readonly reverse?: boolean | undefined;
  /** Read what was there at this moment, instead of what is there now. */
  readonly at?: Moment | undefined;
  /** At most so many on this page. Default: 100. */
  readonly limit?: number | undefined;
  /** Where the page before ended. */
  readonly cursor?: Cursor | undefined;
  /** False leaves the values out. Default: true. */
  readonly values?: boolean | undefined;
  /** Nothing there is an error, which tells why. Default: false. */
  readonly required?: boolean | undefined;
}

/** The keys of a namespace that have a value, in the order of their bytes, each with its newest version. */
export interface List {
  /** One for each key. */
  readonly items: readonly Version[];
  /** For the next page; null on the last. */
  readonly cursor: Cursor | null;
}

/** What namespaces takes. */
export interface NamespacesParams {
  /** Read what was there at this moment, instead of what is there now. */
  readonly at?: Moment | undefined;
  /** Count the keys, which reads all of them. Default: false. */
  readonly counts?: boolean | undefined;
}

/** The namespaces that hold at least one key with a value. */
export interface Namespaces {
  /** In the order of their names. */
  readonly namespaces: readonly NamespaceInfo[];
}

/** A namespace. */
export interface NamespaceInfo {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly name: Namespace;
  /** How many keys have a value, where that was asked for. */
  readonly keys?: number | undefined;
}

/** What diff takes. */
export interface DiffParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** The earlier moment; without it, the state before the last change. */
  readonly from?: Moment | undefined;
  /** The later moment; without it, now. */
  readonly to?: Moment | undefined;
}

/** How a key differs between two moments. */
export interface Diff {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** The version at the earlier moment; null when there was no value. */
  readonly from: VersionId | null;
  /** The version at the later moment; null when there was no value. */
  readonly to: VersionId | null;
  /** A JSON Patch (RFC 6902) that makes the later value of the earlier. */
  readonly patch: Patch;
  /** The value at the earlier moment, where there was one. */
  readonly before?: Value | undefined;
  /** The value at the later moment, where there was one. */
  readonly after?: Value | undefined;
}

/** A JSON Patch (RFC 6902) that makes the later value of the earlier. */
export type Patch = readonly PatchOp[];

/** One step of a patch. */
export interface PatchOp {
  /** What is done. */
  readonly op: 'add' | 'remove' | 'replace';
  /** Where, as a JSON Pointer (RFC 6901). */
  readonly path: string;
  /** What is put there; absent of a removal. */
  readonly value?: Value | undefined;
}

/** What diffNamespace takes. */
export interface DiffNamespaceParams {
  /** The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own. */
  readonly namespace: Namespace;
  /** The earlier moment. */
  readonly from: Moment;
  /** The later moment; without it, now. */
  readonly to?: Moment | undefined;
  /** Only keys that begin with this. */
  readonly prefix?: string | undefined;
  /** At most so many on this page. Default: 100. */
  readonly limit?: number | undefined;
  /** Where the page before ended. */
  readonly cursor?: Cursor | undefined;
}

/** How the keys of a namespace differ between two moments; keys that do not differ are left out. */
export interface NamespaceDiff {
  /** In the order of the keys. */
  readonly changes: readonly KeyDiff[];
  /** For the next page; null on the last. */
  readonly cursor: Cursor | null;
}

/** How one key of a namespace differs. */
export interface KeyDiff {
  /** The name of a document in its namespace: 1 to 1,024 bytes of any characters. */
  readonly key: Key;
  /** What happened to the key. */
  readonly change: 'added' | 'changed' | 'deleted';
  /** The version at the earlier moment; null when there was no value. */
  readonly from: VersionId | null;
  /** The version at the later moment; null when there was no value. */
  readonly to: VersionId | null;
  /** A JSON Patch (RFC 6902) that makes the later value of the earlier. */
  readonly patch: Patch;
}

/** What changes takes. */
export interface ChangesParams {
  /** Go on behind this place; without it, from the first version. */
  readonly since?: Cursor | undefined;
  /** Only this namespace. */
  readonly namespace?: Namespace | undefined;
  /** Only keys that begin with this. */
  readonly prefix?: string | undefined;
  /** At most so many on this page. Default: 1,000. */
  readonly limit?: number | undefined;
  /** False leaves the values out. Default: true. */
  readonly values?: boolean | undefined;
  /** Where there is nothing yet, wait so long for it, in milliseconds; without it, not at all. */
  readonly waitMs?: number | undefined;
}

/** Versions in the order of their commits, deletes included. */
export interface Changes {
  /** Oldest first. */
  readonly changes: readonly Version[];
  /** Where this page ended; good for ever, also when nothing came. */
  readonly cursor: Cursor;
  /** Whether there is more already. */
  readonly more: boolean;
}

/** What sync takes. */
export type SyncParams = Record<string, never>;

/** How far everything is on stable storage. */
export interface Synced {
  /** Up to this seq; 0 for nothing. */
  readonly throughSeq: number;
}

/** What stats takes. */
export interface StatsParams {
  /** Count namespaces and keys, which reads all of them. Default: false. */
  readonly counts?: boolean | undefined;
}

/** What the database is made of. */
export interface Stats {
  /** The folder, or "memory". */
  readonly location: string;
  /** The version of the file format. */
  readonly format: number;
  /** Whether everything in its files is encrypted. */
  readonly sealed: boolean;
  /** Whether it was opened for reading only. */
  readonly readOnly: boolean;
  /** Whether it takes writes: not when opened for reading only, nor after a sync that failed. */
  readonly writable: boolean;
  /** What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the operating system. */
  readonly durability: Durability;
  /** How many versions there are. */
  readonly versions: number;
  /** The seq of the newest version; 0 when there is none. */
  readonly lastSeq: number;
  /** The newest version. */
  readonly lastVersion: VersionId | null;
  /** When the first version was committed. */
  readonly firstTimestamp: Timestamp | null;
  /** When the newest version was committed. */
  readonly lastTimestamp: Timestamp | null;
  /** How many namespaces hold a key with a value, where that was asked for. */
  readonly namespaces?: number | undefined;
  /** How many keys have a value, where that was asked for. */
  readonly keys?: number | undefined;
  /** Bytes on disk. */
  readonly bytes: StatsBytes;
  /** How many files. */
  readonly files: StatsFiles;
  /** Bytes in memory. */
  readonly memory: StatsMemory;
  /** What the last open found. */
  readonly recovery: StatsRecovery;
  /** How far the stamps are ahead of the wall clock, in microseconds. */
  readonly clockDriftUs: number;
}

/** Bytes on disk. */
export interface StatsBytes {
  /** All files. */
  readonly total: number;
  /** Logs. */
  readonly log: number;
  /** Sorted segments. */
  readonly segments: number;
  /** Large values. */
  readonly values: number;
  /** The manifest. */
  readonly manifest: number;
}

/** How many files. */
export interface StatsFiles {
  /** Logs. */
  readonly logs: number;
  /** Sorted segments. */
  readonly segments: number;
  /** Files of large values. */
  readonly values: number;
}

/** Bytes in memory. */
export interface StatsMemory {
  /** What may be used. */
  readonly budget: number;
  /** Newest versions. */
  readonly memtable: number;
  /** Blocks read. */
  readonly cache: number;
  /** What open segments hold. */
  readonly segments: number;
}

/** What the last open found. */
export interface StatsRecovery {
  /** Versions taken from the log. */
  readonly replayedVersions: number;
  /** Bytes of a torn tail that never counted. */
  readonly droppedBytes: number;
  /** 1 when a slot of the manifest was repaired. */
  readonly repairedManifest: number;
}

/** What verify takes. */
export type VerifyParams = Record<string, never>;

/** What a check of every byte found. Damage is told here and is no error. */
export interface Verification {
  /** Whether everything is sound. */
  readonly ok: boolean;
  /** How many versions were read. */
  readonly versions: number;
  /** Every file of the database. */
  readonly files: readonly FileReport[];
  /** What is wrong across files, such as a version that is missing. */
  readonly failures: readonly ErrorRecord[];
  /** How much of the history can be read. */
  readonly reach: Reach;
}

/** How much of the history can be read. */
export interface Reach {
  /** The newest seq that is known of, readable or not. */
  readonly newest: number;
  /** Every version up to this seq can be read. */
  readonly completeThrough: number;
  /** What cannot be read; no more than the first hundred stretches. */
  readonly missing: readonly SeqRange[];
  /** When the oldest version that can be read was committed. */
  readonly firstTimestamp: Timestamp | null;
  /** When the newest version that can be read was committed. */
  readonly lastTimestamp: Timestamp | null;
}

/** A stretch of seqs. */
export interface SeqRange {
  /** The first of them. */
  readonly firstSeq: number;
  /** The last of them. */
  readonly lastSeq: number;
}

/** What was found of one file. */
export interface FileReport {
  /** Its name in the folder. */
  readonly name: string;
  /** Its length. */
  readonly bytes: number;
  /** Whether it is sound. */
  readonly ok: boolean;
  /** What is wrong with it. */
  readonly error?: ErrorRecord | undefined;
}

/** What watch takes. */
export interface WatchParams {
  /** Go on behind this place; without it, from the first version. */
  readonly since?: Cursor | undefined;
  /** Only this namespace. */
  readonly namespace?: Namespace | undefined;
  /** Only keys that begin with this. */
  readonly prefix?: string | undefined;
  /** False leaves the values out. Default: true. */
  readonly values?: boolean | undefined;
  /** Over the standard streams: how many messages the client takes at first. */
  readonly credit?: number | undefined;
}

/** The end of a feed. */
export interface WatchEnd {
  /** Where it ended. */
  readonly cursor: Cursor;
}

/** What export takes. */
export interface ExportParams {
  /** Read what was there at this moment, instead of what is there now. */
  readonly at?: Moment | undefined;
  /** Over the standard streams: how many messages the client takes at first. */
  readonly credit?: number | undefined;
}

/** The end of an export. */
export interface ExportEnd {
  /** How many messages there were. */
  readonly pieces: number;
}

/** What import takes. */
export interface ImportParams {
  /** Give the versions new times, and keep their own as their origin, where they cannot keep them. Default: false. */
  readonly restamp?: boolean | undefined;
}

/** What an import added. */
export interface ImportReport {
  /** How many versions. */
  readonly versions: number;
  /** In how many commits. */
  readonly commits: number;
  /** The time of the first; null when nothing was added. */
  readonly firstTimestamp: Timestamp | null;
  /** The time of the last; null when nothing was added. */
  readonly lastTimestamp: Timestamp | null;
}

/** What load takes. */
export interface LoadParams {
  /** The namespace of lines that name none. */
  readonly namespace?: Namespace | undefined;
  /** Lines are documents, and this member is their key. */
  readonly keyField?: string | undefined;
  /** Leave lines out that cannot be taken, and list them, instead of refusing everything. Default: false. */
  readonly skipBad?: boolean | undefined;
  /** items: a line is {"key":"namespace/key","value":…}, with "delete":true for a delete, or a document. batches: a line is what batch takes, and all lines are one batch; so guards and columns can be as many as you like. Default: items. */
  readonly form?: 'items' | 'batches' | undefined;
  /** Who writes; kept with the version. */
  readonly actor?: string | undefined;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  /** Names this write, so that sending it again does not write it twice. */
  readonly idempotencyKey?: IdempotencyKey | undefined;
}

/** Every kind of failure that this version knows. */
export type ErrorCode = keyof typeof catalogue;

/** What is always the same of a failure. */
export const catalogue = {
  /** The key has never been written. */
  key_not_found: { title: 'Key not found', retryable: false, httpStatus: 404, exitCode: 3 },
  /** The key was deleted; its history is still there. */
  key_deleted: { title: 'Key was deleted', retryable: false, httpStatus: 404, exitCode: 3 },
  /** The key exists, but did not yet at the moment asked for. */
  not_yet_written: { title: 'Key did not exist yet', retryable: false, httpStatus: 404, exitCode: 3 },
  /** The moment lies in a past that is no longer kept. */
  pruned: { title: 'That past is no longer kept', retryable: false, httpStatus: 410, exitCode: 3 },
  /** A guarded write found another version than it expected. */
  conflict: { title: 'Somebody else wrote first', retryable: false, httpStatus: 409, exitCode: 4 },
  /** The idempotency key names another write than this one. */
  idempotency_mismatch: { title: 'Key of another write', retryable: false, httpStatus: 422, exitCode: 4 },
  /** There is no change to undo. */
  nothing_to_revert: { title: 'Nothing to revert', retryable: false, httpStatus: 409, exitCode: 4 },
  /** A namespace's name is empty, too long, reserved or holds a forbidden character. */
  invalid_namespace: { title: 'Invalid namespace', retryable: false, httpStatus: 400, exitCode: 2 },
  /** A key is empty or too long. */
  invalid_key: { title: 'Invalid key', retryable: false, httpStatus: 400, exitCode: 2 },
  /** The value is not JSON text that can be kept exactly. */
  invalid_json: { title: 'Invalid JSON', retryable: false, httpStatus: 400, exitCode: 2 },
  /** A batch holds more versions or bytes than one commit can. */
  batch_too_large: { title: 'Batch too large', retryable: false, httpStatus: 413, exitCode: 2 },
  /** The value is larger than 16 MiB. */
  value_too_large: { title: 'Value too large', retryable: false, httpStatus: 413, exitCode: 2 },
  /** The text given for a moment is not a version, a time, a relative time or a seq. */
  invalid_moment: { title: 'Invalid moment', retryable: false, httpStatus: 400, exitCode: 2 },
  /** A cursor was altered or belongs to another call. */
  invalid_cursor: { title: 'Invalid cursor', retryable: false, httpStatus: 400, exitCode: 2 },
  /** A parameter is missing, unknown or of the wrong type. */
  invalid_params: { title: 'Invalid parameters', retryable: false, httpStatus: 400, exitCode: 2 },
  /** There is no operation of that name. */
  unknown_operation: { title: 'Unknown operation', retryable: false, httpStatus: 404, exitCode: 2 },
  /** A line of an import or of a batch cannot be taken. */
  invalid_line: { title: 'Invalid line', retryable: false, httpStatus: 400, exitCode: 2 },
  /** The history cannot be joined to what the database already holds. */
  import_refused: { title: 'Import refused', retryable: false, httpStatus: 409, exitCode: 4 },
  /** An export is shorter than it says or was changed. */
  export_damaged: { title: 'Export is incomplete or was altered', retryable: false, httpStatus: 400, exitCode: 5 },
  /** Another process holds the folder for writing. */
  database_locked: { title: 'Database is in use', retryable: true, httpStatus: 503, exitCode: 6 },
  /** There is no database at that place. */
  database_not_found: { title: 'No database there', retryable: false, httpStatus: 404, exitCode: 3 },
  /** The folder holds something that is not a database of ours. */
  not_a_database: { title: 'Not a KoruDelta database', retryable: false, httpStatus: 409, exitCode: 5 },
  /** The files were written by a newer version. */
  newer_format: { title: 'Written by a newer version', retryable: false, httpStatus: 409, exitCode: 5 },
  /** A file is damaged or missing. */
  corrupt: { title: 'Damaged file', retryable: false, httpStatus: 500, exitCode: 5 },
  /** The database is sealed and no key was given. */
  seal_key_required: { title: 'The database is sealed', retryable: false, httpStatus: 403, exitCode: 7 },
  /** The key given does not open the seal. */
  wrong_seal_key: { title: 'Wrong key', retryable: false, httpStatus: 403, exitCode: 7 },
  /** A key was given for a database that is not sealed. */
  not_sealed: { title: 'The database is not sealed', retryable: false, httpStatus: 409, exitCode: 7 },
  /** The key text, file or passphrase cannot be used as a key. */
  invalid_seal_key: { title: 'Unusable key', retryable: false, httpStatus: 400, exitCode: 7 },
  /** The database was opened for reading only. */
  read_only: { title: 'Opened for reading only', retryable: false, httpStatus: 403, exitCode: 8 },
  /** The operating system refused access. */
  permission_denied: { title: 'Permission denied', retryable: false, httpStatus: 403, exitCode: 8 },
  /** The disk or the quota is full. */
  disk_full: { title: 'Disk full', retryable: true, httpStatus: 507, exitCode: 9 },
  /** The device or the operating system failed. */
  io_error: { title: 'Input/output error', retryable: true, httpStatus: 500, exitCode: 9 },
  /** An earlier write failed in a way that makes further writes unsafe until the database is opened again. */
  poisoned: { title: 'Writing stopped after a failure', retryable: false, httpStatus: 503, exitCode: 9 },
  /** The database was closed. */
  closed: { title: 'Database is closed', retryable: false, httpStatus: 409, exitCode: 1 },
  /** The engine met a mistake of its own. */
  internal: { title: 'Internal error', retryable: false, httpStatus: 500, exitCode: 70 },
  /** The caller asked to stop. */
  cancelled: { title: 'Cancelled', retryable: false, httpStatus: 499, exitCode: 130 },
  /** A stored number would be rounded by the language that reads it. */
  number_not_exact: { title: 'Number not exact in this language', retryable: false, httpStatus: 400, exitCode: 2 },
  /** The caller is known, and may not do this. */
  forbidden: { title: 'Not allowed', retryable: false, httpStatus: 403, exitCode: 8 },
  /** The server wants an API key, and none that it knows came with the call. */
  unauthorized: { title: 'API key required', retryable: false, httpStatus: 401, exitCode: 7 },
  /** The client has made more calls than it may in this time. */
  rate_limited: { title: 'Too many requests', retryable: true, httpStatus: 429, exitCode: 6 },
  /** The server is starting, stopping or overloaded. Nothing was done. */
  unavailable: { title: 'Server unavailable', retryable: true, httpStatus: 503, exitCode: 6 },
  /** The address exists, and not with this method of HTTP. */
  method_not_allowed: { title: 'Method not allowed', retryable: false, httpStatus: 405, exitCode: 2 },
  /** The body of the request is of a type or an encoding that is not taken there. */
  unsupported_media_type: { title: 'Unsupported media type', retryable: false, httpStatus: 415, exitCode: 2 },
  /** There was no connection to the server. Nothing was done. */
  unreachable: { title: 'Server not reached', retryable: true, httpStatus: 503, exitCode: 6 },
  /** The connection broke before the answer came. */
  connection_lost: { title: 'Connection lost', retryable: false, httpStatus: 503, exitCode: 6 },
  /** The answer did not come in time. */
  timeout: { title: 'No answer in time', retryable: false, httpStatus: 504, exitCode: 6 },
  /** The kdelta program, which opens a folder for a language other than JavaScript, was not found. */
  bridge_not_found: { title: 'kdelta not found', retryable: false, httpStatus: 500, exitCode: 6 },
  /** The request is larger than the server takes. */
  request_too_large: { title: 'Request too large', retryable: false, httpStatus: 413, exitCode: 2 },
  /** The request is not what the protocol says. */
  bad_request: { title: 'Bad request', retryable: false, httpStatus: 400, exitCode: 2 },
  /** The two sides share no version of the protocol. */
  unsupported_protocol: { title: 'Versions do not fit', retryable: false, httpStatus: 400, exitCode: 6 },
} as const;

/** The operations: what each is, who may call it, what it takes and its route. */
export const operations = {
  /** Writes a value as the key's newest version. */
  put: {
    kind: 'write',
    scope: 'write',
    params: {
      namespace: 'text',
      key: 'text',
      value: 'json',
      ifVersion: 'json',
      actor: 'text',
      reason: 'text',
      idempotencyKey: 'text',
    },
    http: { method: 'PUT', path: '/v1/db/{namespace}/{key}', body: 'value' },
  },
  /** Writes many versions together or not at all, with one sync of the disk. */
  batch: {
    kind: 'write',
    scope: 'write',
    params: { ops: 'json', columns: 'json', expect: 'json', actor: 'text', reason: 'text', idempotencyKey: 'text' },
    http: { method: 'POST', path: '/v1/batch', body: 'params' },
  },
  /** Writes a version that says the key has no value from here on. Its history stays. */
  delete: {
    kind: 'write',
    scope: 'write',
    params: {
      namespace: 'text',
      key: 'text',
      ifVersion: 'json',
      actor: 'text',
      reason: 'text',
      idempotencyKey: 'text',
    },
    http: { method: 'DELETE', path: '/v1/db/{namespace}/{key}' },
  },
  /** Writes what the key had at a moment, by default before its last change, as a new version. */
  revert: {
    kind: 'write',
    scope: 'write',
    params: {
      namespace: 'text',
      key: 'text',
      at: 'text',
      ifVersion: 'json',
      actor: 'text',
      reason: 'text',
      idempotencyKey: 'text',
    },
    http: { method: 'POST', path: '/v1/db/{namespace}/{key}/revert' },
  },
  /** The newest version of a key with its value, now or at a moment; null when it has none. */
  get: {
    kind: 'read',
    scope: 'read',
    params: { namespace: 'text', key: 'text', at: 'text', required: 'boolean' },
    http: { method: 'GET', path: '/v1/db/{namespace}/{key}', answer: 'value' },
  },
  /** The versions of a key, newest first, deletes included. */
  history: {
    kind: 'read',
    scope: 'read',
    params: {
      namespace: 'text',
      key: 'text',
      at: 'text',
      limit: 'integer',
      cursor: 'text',
      values: 'boolean',
      required: 'boolean',
    },
    http: { method: 'GET', path: '/v1/db/{namespace}/{key}/history' },
  },
  /** The keys of a namespace that have a value, in the order of their bytes, each with its newest version. */
  list: {
    kind: 'read',
    scope: 'read',
    params: {
      namespace: 'text',
      prefix: 'text',
      from: 'text',
      to: 'text',
      reverse: 'boolean',
      at: 'text',
      limit: 'integer',
      cursor: 'text',
      values: 'boolean',
      required: 'boolean',
    },
    http: { method: 'GET', path: '/v1/db/{namespace}' },
  },
  /** The namespaces that hold at least one key with a value. */
  namespaces: {
    kind: 'read',
    scope: 'read',
    params: { at: 'text', counts: 'boolean' },
    http: { method: 'GET', path: '/v1/db' },
  },
  /** How a key differs between two moments, as a JSON Patch (RFC 6902): by default, what the last change did. */
  diff: {
    kind: 'read',
    scope: 'read',
    params: { namespace: 'text', key: 'text', from: 'text', to: 'text' },
    http: { method: 'GET', path: '/v1/db/{namespace}/{key}/diff' },
  },
  /** How the keys of a namespace differ between two moments. */
  diffNamespace: {
    kind: 'read',
    scope: 'read',
    params: { namespace: 'text', from: 'text', to: 'text', prefix: 'text', limit: 'integer', cursor: 'text' },
    http: { method: 'GET', path: '/v1/diff/{namespace}' },
  },
  /** The feed of all versions in the order of their commits, from the first or from behind a cursor. */
  changes: {
    kind: 'read',
    scope: 'read',
    params: {
      since: 'text',
      namespace: 'text',
      prefix: 'text',
      limit: 'integer',
      values: 'boolean',
      waitMs: 'integer',
    },
    http: { method: 'GET', path: '/v1/changes' },
  },
  /** Makes durable what was acknowledged under a weaker durability than sync. */
  sync: { kind: 'write', scope: 'write', params: {}, http: { method: 'POST', path: '/v1/sync' } },
  /** What the database is made of. */
  stats: { kind: 'read', scope: 'read', params: { counts: 'boolean' }, http: { method: 'GET', path: '/v1/stats' } },
  /** Reads and checks every byte of every file. */
  verify: { kind: 'read', scope: 'admin', params: {}, http: { method: 'GET', path: '/v1/verify' } },
  /** The versions that are written from now on, or from behind a cursor, as they come. */
  watch: {
    kind: 'stream',
    scope: 'read',
    params: { since: 'text', namespace: 'text', prefix: 'text', values: 'boolean', credit: 'integer' },
    http: { method: 'GET', path: '/v1/watch', answer: 'events' },
  },
  /** The whole history in lines, as import takes it. */
  export: {
    kind: 'stream',
    scope: 'read',
    params: { at: 'text', credit: 'integer' },
    http: { method: 'GET', path: '/v1/export', answer: 'lines' },
  },
  /** Adds a history in lines, all of it or nothing. */
  import: {
    kind: 'stream',
    scope: 'admin',
    params: { restamp: 'boolean' },
    http: { method: 'POST', path: '/v1/import', body: 'lines' },
  },
  /** Writes lines as one batch, all of it or nothing. */
  load: {
    kind: 'stream',
    scope: 'write',
    params: {
      namespace: 'text',
      keyField: 'text',
      skipBad: 'boolean',
      form: 'text',
      actor: 'text',
      reason: 'text',
      idempotencyKey: 'text',
    },
    http: { method: 'POST', path: '/v1/load', body: 'lines' },
  },
} as const;

/** What each operation takes and answers. */
export interface Operations {
  put: { params: PutParams; result: Version };
  batch: { params: BatchParams; result: Receipt };
  delete: { params: DeleteParams; result: Version };
  revert: { params: RevertParams; result: Version };
  get: { params: GetParams; result: Version | null };
  history: { params: HistoryParams; result: History };
  list: { params: ListParams; result: List };
  namespaces: { params: NamespacesParams; result: Namespaces };
  diff: { params: DiffParams; result: Diff };
  diffNamespace: { params: DiffNamespaceParams; result: NamespaceDiff };
  changes: { params: ChangesParams; result: Changes };
  sync: { params: SyncParams; result: Synced };
  stats: { params: StatsParams; result: Stats };
  verify: { params: VerifyParams; result: Verification };
  watch: { params: WatchParams; result: WatchEnd };
  export: { params: ExportParams; result: ExportEnd };
  import: { params: ImportParams; result: ImportReport };
  load: { params: LoadParams; result: Receipt };
}
