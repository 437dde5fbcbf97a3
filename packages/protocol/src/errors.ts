/** A kind of failure, the same in every language and on every wire. */
export interface Failure {
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** A short title for people. */
  readonly title: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** The HTTP status a server answers with. */
  readonly http: number;
  /** The exit code of the `kdelta` command. */
  readonly exit: number;
  /** Who finds it: the engine in whatever process it runs, the server before the engine, or the client. */
  readonly side: 'engine' | 'server' | 'client';
}

type Partly = Omit<Failure, 'side' | 'retryable'> & { retryable?: true };

const by =
  (side: Failure['side']) =>
  (failure: Partly): Failure => ({ retryable: false, side, ...failure });
const engine = by('engine');
const server = by('server');
const client = by('client');

/** Every kind of failure. A code never changes its meaning and is never used again. */
export const errors = {
  key_not_found: engine({
    meaning: 'The key has never been written.',
    title: 'Key not found',
    remedy:
      'Look at the suggestions: a key near to it may be meant. Else list the keys of the namespace, or write the key.',
    http: 404,
    exit: 3,
  }),
  key_deleted: engine({
    meaning: 'The key was deleted; its history is still there.',
    title: 'Key was deleted',
    remedy: 'The facts say when and by whom. Revert brings the value back; reading at an earlier moment shows it.',
    http: 404,
    exit: 3,
  }),
  not_yet_written: engine({
    meaning: 'The key exists, but did not yet at the moment asked for.',
    title: 'Key did not exist yet',
    remedy: 'Ask for a later moment; the history of the key begins at the one the facts name.',
    http: 404,
    exit: 3,
  }),
  pruned: engine({
    meaning: 'The moment lies in a past that is no longer kept.',
    title: 'That past is no longer kept',
    remedy: 'Ask for the oldest kept moment, which the facts name, or a later one.',
    http: 410,
    exit: 3,
  }),
  conflict: engine({
    meaning: 'A guarded write found another version than it expected.',
    title: 'Somebody else wrote first',
    remedy:
      'The facts carry the current version and value. Decide again with them, then write with that version; transact does it for you.',
    http: 409,
    exit: 4,
  }),
  idempotency_mismatch: engine({
    meaning: 'The idempotency key names another write than this one.',
    title: 'Key of another write',
    remedy: 'Make a new idempotency key for each write, and send it again only with the same write.',
    http: 422,
    exit: 4,
  }),
  nothing_to_revert: engine({
    meaning: 'There is no change to undo.',
    title: 'Nothing to revert',
    remedy: 'The key already is what it was then. Its history shows what it was when.',
    http: 409,
    exit: 4,
  }),
  invalid_namespace: engine({
    meaning: "A namespace's name is empty, too long, reserved or holds a forbidden character.",
    title: 'Invalid namespace',
    remedy: 'Use 1 to 128 bytes without / and control characters, not beginning with _.',
    http: 400,
    exit: 2,
  }),
  invalid_key: engine({
    meaning: 'A key is empty or too long.',
    title: 'Invalid key',
    remedy: 'Use 1 to 1,024 bytes of any characters.',
    http: 400,
    exit: 2,
  }),
  invalid_json: engine({
    meaning: 'The value is not JSON text that can be kept exactly.',
    title: 'Invalid JSON',
    remedy:
      'The detail names the place. Members that occur twice, lone surrogates, NaN and more than 128 levels are refused, since they would not come back as they went in.',
    http: 400,
    exit: 2,
  }),
  batch_too_large: engine({
    meaning: 'A batch holds more versions or bytes than one commit can.',
    title: 'Batch too large',
    remedy: 'Write it in several batches.',
    http: 413,
    exit: 2,
  }),
  value_too_large: engine({
    meaning: 'The value is larger than 16 MiB.',
    title: 'Value too large',
    remedy: 'Cut it into several keys, or keep it elsewhere and its address here.',
    http: 413,
    exit: 2,
  }),
  invalid_moment: engine({
    meaning: 'The text given for a moment is not a version, a time, a relative time or a seq.',
    title: 'Invalid moment',
    remedy: 'Give the id of a version, a time such as 2026-02-06T14:30:00Z, a time ago such as -10m, or seq:123.',
    http: 400,
    exit: 2,
  }),
  invalid_cursor: engine({
    meaning: 'A cursor was altered or belongs to another call.',
    title: 'Invalid cursor',
    remedy: 'Give a cursor back as it came, to the call it came from; leave it out for the first page.',
    http: 400,
    exit: 2,
  }),
  invalid_params: engine({
    meaning: 'A parameter is missing, unknown or of the wrong type.',
    title: 'Invalid parameters',
    remedy: 'The detail names it. What each operation takes is in the reference.',
    http: 400,
    exit: 2,
  }),
  unknown_operation: engine({
    meaning: 'There is no operation of that name.',
    title: 'Unknown operation',
    remedy: 'Look at the suggestions; a newer client may know operations that an older server does not.',
    http: 404,
    exit: 2,
  }),
  invalid_line: engine({
    meaning: 'A line of an import or of a batch cannot be taken.',
    title: 'Invalid line',
    remedy: 'The facts carry the number of the line and the reason. Mend it, or leave bad lines out on purpose.',
    http: 400,
    exit: 2,
  }),
  import_refused: engine({
    meaning: 'The history cannot be joined to what the database already holds.',
    title: 'Import refused',
    remedy: 'Import into an empty database, or stamp the versions anew: their old times stay with them.',
    http: 409,
    exit: 4,
  }),
  export_damaged: engine({
    meaning: 'An export is shorter than it says or was changed.',
    title: 'Export is incomplete or was altered',
    remedy: 'Export again from the source, or take another copy. Nothing of this one was imported.',
    http: 400,
    exit: 5,
  }),
  database_locked: engine({
    meaning: 'Another process holds the folder for writing.',
    title: 'Database is in use',
    remedy:
      'The facts name the process. Wait for it, open the database for reading only, or let both talk to one server.',
    retryable: true,
    http: 503,
    exit: 6,
  }),
  database_not_found: engine({
    meaning: 'There is no database at that place.',
    title: 'No database there',
    remedy: 'Check the path; a database is made by the first write, not by a read.',
    http: 404,
    exit: 3,
  }),
  not_a_database: engine({
    meaning: 'The folder holds something that is not a database of ours.',
    title: 'Not a KoruDelta database',
    remedy: 'Choose an empty folder or a new one. Nothing in this one was touched.',
    http: 409,
    exit: 5,
  }),
  newer_format: engine({
    meaning: 'The files were written by a newer version.',
    title: 'Written by a newer version',
    remedy: 'Open them with the version that the detail names, or a later one.',
    http: 409,
    exit: 5,
  }),
  corrupt: engine({
    meaning: 'A file is damaged or missing.',
    title: 'Damaged file',
    remedy:
      'The facts name the file and the place. Verify tells the extent; restore the file or the folder from a backup.',
    http: 500,
    exit: 5,
  }),
  seal_key_required: engine({
    meaning: 'The database is sealed and no key was given.',
    title: 'The database is sealed',
    remedy: 'Give the key as a file, in the environment or as a passphrase.',
    http: 403,
    exit: 7,
  }),
  wrong_seal_key: engine({
    meaning: 'The key given does not open the seal.',
    title: 'Wrong key',
    remedy: 'Give the key the database was sealed with. Without it nobody can read it.',
    http: 403,
    exit: 7,
  }),
  not_sealed: engine({
    meaning: 'A key was given for a database that is not sealed.',
    title: 'The database is not sealed',
    remedy: 'Open it without a key; to seal it, import its export into a sealed one.',
    http: 409,
    exit: 7,
  }),
  invalid_seal_key: engine({
    meaning: 'The key text, file or passphrase cannot be used as a key.',
    title: 'Unusable key',
    remedy: 'A key is 32 bytes, as 64 hexadecimal digits or base64; a passphrase is not empty.',
    http: 400,
    exit: 7,
  }),
  read_only: engine({
    meaning: 'The database was opened for reading only.',
    title: 'Opened for reading only',
    remedy: 'Open it for writing.',
    http: 403,
    exit: 8,
  }),
  permission_denied: engine({
    meaning: 'The operating system refused access.',
    title: 'Permission denied',
    remedy: 'The detail names the file. Give the user of this process the right, or choose another folder.',
    http: 403,
    exit: 8,
  }),
  disk_full: engine({
    meaning: 'The disk or the quota is full.',
    title: 'Disk full',
    remedy: 'Make room and try again; what was acknowledged is there.',
    retryable: true,
    http: 507,
    exit: 9,
  }),
  io_error: engine({
    meaning: 'The device or the operating system failed.',
    title: 'Input/output error',
    remedy: "Look at the device: the detail carries the operating system's words.",
    retryable: true,
    http: 500,
    exit: 9,
  }),
  poisoned: engine({
    meaning: 'An earlier write failed in a way that makes further writes unsafe until the database is opened again.',
    title: 'Writing stopped after a failure',
    remedy: 'Reads still work. Find out why the disk failed, then open the database again.',
    http: 503,
    exit: 9,
  }),
  closed: engine({
    meaning: 'The database was closed.',
    title: 'Database is closed',
    remedy: 'Open it again; close it when the last call has been answered.',
    http: 409,
    exit: 1,
  }),
  internal: engine({
    meaning: 'The engine met a mistake of its own.',
    title: 'Internal error',
    remedy: 'Open the database again, and please report this with the message.',
    http: 500,
    exit: 70,
  }),
  cancelled: engine({
    meaning: 'The caller asked to stop.',
    title: 'Cancelled',
    remedy: 'The fact outcome tells whether a write may have happened.',
    http: 499,
    exit: 130,
  }),
  number_not_exact: client({
    meaning: 'A stored number would be rounded by the language that reads it.',
    title: 'Number not exact in this language',
    remedy: 'Read the exact JSON text instead, and parse it with what keeps big numbers.',
    http: 400,
    exit: 2,
  }),
  forbidden: engine({
    meaning: 'The caller is known, and may not do this.',
    title: 'Not allowed',
    remedy: 'Use a key whose scopes and namespaces cover the call; the detail says which scope it needs.',
    http: 403,
    exit: 8,
  }),
  unauthorized: server({
    meaning: 'The server wants an API key, and none that it knows came with the call.',
    title: 'API key required',
    remedy: 'Send a key that is neither revoked nor expired; kdelta key create makes one.',
    http: 401,
    exit: 7,
  }),
  rate_limited: server({
    meaning: 'The client has made more calls than it may in this time.',
    title: 'Too many requests',
    remedy: 'Wait as long as Retry-After says. Many writes cost one call as a batch.',
    retryable: true,
    http: 429,
    exit: 6,
  }),
  unavailable: server({
    meaning: 'The server is starting, stopping or overloaded. Nothing was done.',
    title: 'Server unavailable',
    remedy: 'Try again in a moment.',
    retryable: true,
    http: 503,
    exit: 6,
  }),
  method_not_allowed: server({
    meaning: 'The address exists, and not with this method of HTTP.',
    title: 'Method not allowed',
    remedy: 'The header Allow names the methods; the routes are listed at /openapi.json.',
    http: 405,
    exit: 2,
  }),
  unsupported_media_type: server({
    meaning: 'The body of the request is of a type or an encoding that is not taken there.',
    title: 'Unsupported media type',
    remedy: 'Send JSON as application/json and lines as application/x-ndjson, both without compression.',
    http: 415,
    exit: 2,
  }),
  unreachable: client({
    meaning: 'There was no connection to the server. Nothing was done.',
    title: 'Server not reached',
    remedy: 'Check the address and that the server runs; kdelta start starts one.',
    retryable: true,
    http: 503,
    exit: 6,
  }),
  connection_lost: client({
    meaning: 'The connection broke before the answer came.',
    title: 'Connection lost',
    remedy:
      'The fact outcome tells whether a write may have happened. With an idempotency key it can be sent again; else read the key first.',
    http: 503,
    exit: 6,
  }),
  timeout: client({
    meaning: 'The answer did not come in time.',
    title: 'No answer in time',
    remedy:
      'The fact outcome tells whether a write may have happened. With an idempotency key it can be sent again; else read the key first.',
    http: 504,
    exit: 6,
  }),
  bridge_not_found: client({
    meaning: 'The kdelta program, which opens a folder for a language other than JavaScript, was not found.',
    title: 'kdelta not found',
    remedy: 'Install it, or name it: by argument, in the environment, as the optional extra, or on the PATH.',
    http: 500,
    exit: 6,
  }),
  request_too_large: server({
    meaning: 'The request is larger than the server takes.',
    title: 'Request too large',
    remedy: 'Send bulk data with load, in chunks, or in several calls.',
    http: 413,
    exit: 2,
  }),
  bad_request: engine({
    meaning: 'The request is not what the protocol says.',
    title: 'Bad request',
    remedy: 'The detail names what is wrong; the protocol is written down in docs/protocol.md.',
    http: 400,
    exit: 2,
  }),
  unsupported_protocol: server({
    meaning: 'The two sides share no version of the protocol.',
    title: 'Versions do not fit',
    remedy: 'Update the older side, which the detail names.',
    http: 400,
    exit: 6,
  }),
} satisfies Record<string, Failure>;

export type ErrorCode = keyof typeof errors;
