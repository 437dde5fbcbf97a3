// Generated from packages/protocol by `npm run gen`. Do not edit.
// Code generated from packages/protocol; DO NOT EDIT.

package koru

// Every kind of failure that this version knows. Compare with errors.Is.
const (
	// The key has never been written.
	ErrKeyNotFound Code = "key_not_found"
	// The key was deleted; its history is still there.
	ErrKeyDeleted Code = "key_deleted"
	// The key exists, but did not yet at the moment asked for.
	ErrNotYetWritten Code = "not_yet_written"
	// The moment lies in a past that is no longer kept.
	ErrPruned Code = "pruned"
	// A guarded write found another version than it expected.
	ErrConflict Code = "conflict"
	// The idempotency key names another write than this one.
	ErrIdempotencyMismatch Code = "idempotency_mismatch"
	// There is no change to undo.
	ErrNothingToRevert Code = "nothing_to_revert"
	// A namespace's name is empty, too long, reserved or holds a forbidden character.
	ErrInvalidNamespace Code = "invalid_namespace"
	// A key is empty or too long.
	ErrInvalidKey Code = "invalid_key"
	// The value is not JSON text that can be kept exactly.
	ErrInvalidJSON Code = "invalid_json"
	// A batch holds more versions or bytes than one commit can.
	ErrBatchTooLarge Code = "batch_too_large"
	// The value is larger than 16 MiB.
	ErrValueTooLarge Code = "value_too_large"
	// The text given for a moment is not a version, a time, a relative time or a seq.
	ErrInvalidMoment Code = "invalid_moment"
	// A cursor was altered or belongs to another call.
	ErrInvalidCursor Code = "invalid_cursor"
	// A parameter is missing, unknown or of the wrong type.
	ErrInvalidParams Code = "invalid_params"
	// There is no operation of that name.
	ErrUnknownOperation Code = "unknown_operation"
	// A line of an import or of a batch cannot be taken.
	ErrInvalidLine Code = "invalid_line"
	// The history cannot be joined to what the database already holds.
	ErrImportRefused Code = "import_refused"
	// An export is shorter than it says or was changed.
	ErrExportDamaged Code = "export_damaged"
	// Another process holds the folder for writing.
	ErrDatabaseLocked Code = "database_locked"
	// There is no database at that place.
	ErrDatabaseNotFound Code = "database_not_found"
	// The folder holds something that is not a database of ours.
	ErrNotADatabase Code = "not_a_database"
	// The files were written by a newer version.
	ErrNewerFormat Code = "newer_format"
	// A file is damaged or missing.
	ErrCorrupt Code = "corrupt"
	// The database is sealed and no key was given.
	ErrSealKeyRequired Code = "seal_key_required"
	// The key given does not open the seal.
	ErrWrongSealKey Code = "wrong_seal_key"
	// A key was given for a database that is not sealed.
	ErrNotSealed Code = "not_sealed"
	// The key text, file or passphrase cannot be used as a key.
	ErrInvalidSealKey Code = "invalid_seal_key"
	// The database was opened for reading only.
	ErrReadOnly Code = "read_only"
	// The operating system refused access.
	ErrPermissionDenied Code = "permission_denied"
	// The disk or the quota is full.
	ErrDiskFull Code = "disk_full"
	// The device or the operating system failed.
	ErrIOError Code = "io_error"
	// An earlier write failed in a way that makes further writes unsafe until the database is opened again.
	ErrPoisoned Code = "poisoned"
	// The database was closed.
	ErrClosed Code = "closed"
	// The engine met a mistake of its own.
	ErrInternal Code = "internal"
	// The caller asked to stop.
	ErrCancelled Code = "cancelled"
	// A stored number would be rounded by the language that reads it.
	ErrNumberNotExact Code = "number_not_exact"
	// The caller is known, and may not do this.
	ErrForbidden Code = "forbidden"
	// The server wants an API key, and none that it knows came with the call.
	ErrUnauthorized Code = "unauthorized"
	// The client has made more calls than it may in this time.
	ErrRateLimited Code = "rate_limited"
	// The server is starting, stopping or overloaded. Nothing was done.
	ErrUnavailable Code = "unavailable"
	// The address exists, and not with this method of HTTP.
	ErrMethodNotAllowed Code = "method_not_allowed"
	// The body of the request is of a type or an encoding that is not taken there.
	ErrUnsupportedMediaType Code = "unsupported_media_type"
	// There was no connection to the server. Nothing was done.
	ErrUnreachable Code = "unreachable"
	// The connection broke before the answer came.
	ErrConnectionLost Code = "connection_lost"
	// The answer did not come in time.
	ErrTimeout Code = "timeout"
	// The kdelta program, which opens a folder for a language other than JavaScript, was not found.
	ErrBridgeNotFound Code = "bridge_not_found"
	// The request is larger than the server takes.
	ErrRequestTooLarge Code = "request_too_large"
	// The request is not what the protocol says.
	ErrBadRequest Code = "bad_request"
	// The two sides share no version of the protocol.
	ErrUnsupportedProtocol Code = "unsupported_protocol"
)

// What is always the same of a failure.
var catalogue = map[Code]constant{
	ErrKeyNotFound:          {title: "Key not found", retryable: false, httpStatus: 404, exitCode: 3},
	ErrKeyDeleted:           {title: "Key was deleted", retryable: false, httpStatus: 404, exitCode: 3},
	ErrNotYetWritten:        {title: "Key did not exist yet", retryable: false, httpStatus: 404, exitCode: 3},
	ErrPruned:               {title: "That past is no longer kept", retryable: false, httpStatus: 410, exitCode: 3},
	ErrConflict:             {title: "Somebody else wrote first", retryable: false, httpStatus: 409, exitCode: 4},
	ErrIdempotencyMismatch:  {title: "Key of another write", retryable: false, httpStatus: 422, exitCode: 4},
	ErrNothingToRevert:      {title: "Nothing to revert", retryable: false, httpStatus: 409, exitCode: 4},
	ErrInvalidNamespace:     {title: "Invalid namespace", retryable: false, httpStatus: 400, exitCode: 2},
	ErrInvalidKey:           {title: "Invalid key", retryable: false, httpStatus: 400, exitCode: 2},
	ErrInvalidJSON:          {title: "Invalid JSON", retryable: false, httpStatus: 400, exitCode: 2},
	ErrBatchTooLarge:        {title: "Batch too large", retryable: false, httpStatus: 413, exitCode: 2},
	ErrValueTooLarge:        {title: "Value too large", retryable: false, httpStatus: 413, exitCode: 2},
	ErrInvalidMoment:        {title: "Invalid moment", retryable: false, httpStatus: 400, exitCode: 2},
	ErrInvalidCursor:        {title: "Invalid cursor", retryable: false, httpStatus: 400, exitCode: 2},
	ErrInvalidParams:        {title: "Invalid parameters", retryable: false, httpStatus: 400, exitCode: 2},
	ErrUnknownOperation:     {title: "Unknown operation", retryable: false, httpStatus: 404, exitCode: 2},
	ErrInvalidLine:          {title: "Invalid line", retryable: false, httpStatus: 400, exitCode: 2},
	ErrImportRefused:        {title: "Import refused", retryable: false, httpStatus: 409, exitCode: 4},
	ErrExportDamaged:        {title: "Export is incomplete or was altered", retryable: false, httpStatus: 400, exitCode: 5},
	ErrDatabaseLocked:       {title: "Database is in use", retryable: true, httpStatus: 503, exitCode: 6},
	ErrDatabaseNotFound:     {title: "No database there", retryable: false, httpStatus: 404, exitCode: 3},
	ErrNotADatabase:         {title: "Not a KoruDelta database", retryable: false, httpStatus: 409, exitCode: 5},
	ErrNewerFormat:          {title: "Written by a newer version", retryable: false, httpStatus: 409, exitCode: 5},
	ErrCorrupt:              {title: "Damaged file", retryable: false, httpStatus: 500, exitCode: 5},
	ErrSealKeyRequired:      {title: "The database is sealed", retryable: false, httpStatus: 403, exitCode: 7},
	ErrWrongSealKey:         {title: "Wrong key", retryable: false, httpStatus: 403, exitCode: 7},
	ErrNotSealed:            {title: "The database is not sealed", retryable: false, httpStatus: 409, exitCode: 7},
	ErrInvalidSealKey:       {title: "Unusable key", retryable: false, httpStatus: 400, exitCode: 7},
	ErrReadOnly:             {title: "Opened for reading only", retryable: false, httpStatus: 403, exitCode: 8},
	ErrPermissionDenied:     {title: "Permission denied", retryable: false, httpStatus: 403, exitCode: 8},
	ErrDiskFull:             {title: "Disk full", retryable: true, httpStatus: 507, exitCode: 9},
	ErrIOError:              {title: "Input/output error", retryable: true, httpStatus: 500, exitCode: 9},
	ErrPoisoned:             {title: "Writing stopped after a failure", retryable: false, httpStatus: 503, exitCode: 9},
	ErrClosed:               {title: "Database is closed", retryable: false, httpStatus: 409, exitCode: 1},
	ErrInternal:             {title: "Internal error", retryable: false, httpStatus: 500, exitCode: 70},
	ErrCancelled:            {title: "Cancelled", retryable: false, httpStatus: 499, exitCode: 130},
	ErrNumberNotExact:       {title: "Number not exact in this language", retryable: false, httpStatus: 400, exitCode: 2},
	ErrForbidden:            {title: "Not allowed", retryable: false, httpStatus: 403, exitCode: 8},
	ErrUnauthorized:         {title: "API key required", retryable: false, httpStatus: 401, exitCode: 7},
	ErrRateLimited:          {title: "Too many requests", retryable: true, httpStatus: 429, exitCode: 6},
	ErrUnavailable:          {title: "Server unavailable", retryable: true, httpStatus: 503, exitCode: 6},
	ErrMethodNotAllowed:     {title: "Method not allowed", retryable: false, httpStatus: 405, exitCode: 2},
	ErrUnsupportedMediaType: {title: "Unsupported media type", retryable: false, httpStatus: 415, exitCode: 2},
	ErrUnreachable:          {title: "Server not reached", retryable: true, httpStatus: 503, exitCode: 6},
	ErrConnectionLost:       {title: "Connection lost", retryable: false, httpStatus: 503, exitCode: 6},
	ErrTimeout:              {title: "No answer in time", retryable: false, httpStatus: 504, exitCode: 6},
	ErrBridgeNotFound:       {title: "kdelta not found", retryable: false, httpStatus: 500, exitCode: 6},
	ErrRequestTooLarge:      {title: "Request too large", retryable: false, httpStatus: 413, exitCode: 2},
	ErrBadRequest:           {title: "Bad request", retryable: false, httpStatus: 400, exitCode: 2},
	ErrUnsupportedProtocol:  {title: "Versions do not fit", retryable: false, httpStatus: 400, exitCode: 6},
}
