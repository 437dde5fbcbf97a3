// Generated from packages/protocol by `npm run gen`. Do not edit.

catalogue! {
    /// The key has never been written.
    KeyNotFound = "key_not_found", "Key not found", retryable false, http 404, exit 3;
    /// The key was deleted; its history is still there.
    KeyDeleted = "key_deleted", "Key was deleted", retryable false, http 404, exit 3;
    /// The key exists, but did not yet at the moment asked for.
    NotYetWritten = "not_yet_written", "Key did not exist yet", retryable false, http 404, exit 3;
    /// The moment lies in a past that is no longer kept.
    Pruned = "pruned", "That past is no longer kept", retryable false, http 410, exit 3;
    /// A guarded write found another version than it expected.
    Conflict = "conflict", "Somebody else wrote first", retryable false, http 409, exit 4;
    /// The idempotency key names another write than this one.
    IdempotencyMismatch = "idempotency_mismatch", "Key of another write", retryable false, http 422, exit 4;
    /// There is no change to undo.
    NothingToRevert = "nothing_to_revert", "Nothing to revert", retryable false, http 409, exit 4;
    /// A namespace's name is empty, too long, reserved or holds a forbidden character.
    InvalidNamespace = "invalid_namespace", "Invalid namespace", retryable false, http 400, exit 2;
    /// A key is empty or too long.
    InvalidKey = "invalid_key", "Invalid key", retryable false, http 400, exit 2;
    /// The value is not JSON text that can be kept exactly.
    InvalidJson = "invalid_json", "Invalid JSON", retryable false, http 400, exit 2;
    /// A batch holds more versions or bytes than one commit can.
    BatchTooLarge = "batch_too_large", "Batch too large", retryable false, http 413, exit 2;
    /// The value is larger than 16 MiB.
    ValueTooLarge = "value_too_large", "Value too large", retryable false, http 413, exit 2;
    /// The text given for a moment is not a version, a time, a relative time or a seq.
    InvalidMoment = "invalid_moment", "Invalid moment", retryable false, http 400, exit 2;
    /// A cursor was altered or belongs to another call.
    InvalidCursor = "invalid_cursor", "Invalid cursor", retryable false, http 400, exit 2;
    /// A parameter is missing, unknown or of the wrong type.
    InvalidParams = "invalid_params", "Invalid parameters", retryable false, http 400, exit 2;
    /// There is no operation of that name.
    UnknownOperation = "unknown_operation", "Unknown operation", retryable false, http 404, exit 2;
    /// A line of an import or of a batch cannot be taken.
    InvalidLine = "invalid_line", "Invalid line", retryable false, http 400, exit 2;
    /// The history cannot be joined to what the database already holds.
    ImportRefused = "import_refused", "Import refused", retryable false, http 409, exit 4;
    /// An export is shorter than it says or was changed.
    ExportDamaged = "export_damaged", "Export is incomplete or was altered", retryable false, http 400, exit 5;
    /// Another process holds the folder for writing.
    DatabaseLocked = "database_locked", "Database is in use", retryable true, http 503, exit 6;
    /// There is no database at that place.
    DatabaseNotFound = "database_not_found", "No database there", retryable false, http 404, exit 3;
    /// The folder holds something that is not a database of ours.
    NotADatabase = "not_a_database", "Not a KoruDelta database", retryable false, http 409, exit 5;
    /// The files were written by a newer version.
    NewerFormat = "newer_format", "Written by a newer version", retryable false, http 409, exit 5;
    /// A file is damaged or missing.
    Corrupt = "corrupt", "Damaged file", retryable false, http 500, exit 5;
    /// The database is sealed and no key was given.
    SealKeyRequired = "seal_key_required", "The database is sealed", retryable false, http 403, exit 7;
    /// The key given does not open the seal.
    WrongSealKey = "wrong_seal_key", "Wrong key", retryable false, http 403, exit 7;
    /// A key was given for a database that is not sealed.
    NotSealed = "not_sealed", "The database is not sealed", retryable false, http 409, exit 7;
    /// The key text, file or passphrase cannot be used as a key.
    InvalidSealKey = "invalid_seal_key", "Unusable key", retryable false, http 400, exit 7;
    /// The database was opened for reading only.
    ReadOnly = "read_only", "Opened for reading only", retryable false, http 403, exit 8;
    /// The operating system refused access.
    PermissionDenied = "permission_denied", "Permission denied", retryable false, http 403, exit 8;
    /// The disk or the quota is full.
    DiskFull = "disk_full", "Disk full", retryable true, http 507, exit 9;
    /// The device or the operating system failed.
    IoError = "io_error", "Input/output error", retryable true, http 500, exit 9;
    /// An earlier write failed in a way that makes further writes unsafe until the database is opened again.
    Poisoned = "poisoned", "Writing stopped after a failure", retryable false, http 503, exit 9;
    /// The database was closed.
    Closed = "closed", "Database is closed", retryable false, http 409, exit 1;
    /// The engine met a mistake of its own.
    Internal = "internal", "Internal error", retryable false, http 500, exit 70;
    /// The caller asked to stop.
    Cancelled = "cancelled", "Cancelled", retryable false, http 499, exit 130;
    /// The caller is known, and may not do this.
    Forbidden = "forbidden", "Not allowed", retryable false, http 403, exit 8;
    /// The request is not what the protocol says.
    BadRequest = "bad_request", "Bad request", retryable false, http 400, exit 2;
}
