package koru

import "context"

// Put writes a value as the newest version of a key, and returns that version without its value. The value is anything that
// encoding/json encodes, or a [Value] as it is.
//
// It takes [IfVersion], [IfAbsent], [Actor], [Reason] and [IdempotencyKey]. The error is [ErrConflict] when its guard does not
// hold. A failure of the network or of time tells by its Outcome whether the write may have happened.
func (db *DB) Put(ctx context.Context, namespace, key string, value any, options ...Option) (Version, error) {
	return db.write(ctx, "put", params(options, "namespace", namespace, "key", key, "value", value))
}

// Delete writes a version that says the key has no value from here on. Its history stays.
//
// It takes what [DB.Put] takes. The error is [ErrKeyNotFound] or [ErrKeyDeleted] when there is nothing to delete.
func (db *DB) Delete(ctx context.Context, namespace, key string, options ...Option) (Version, error) {
	return db.write(ctx, "delete", params(options, "namespace", namespace, "key", key))
}

// Revert writes what the key had before its last change, or at the moment of [At], as a new version.
//
// It takes what [DB.Put] takes. The error is [ErrNothingToRevert] when that is what the key has already.
func (db *DB) Revert(ctx context.Context, namespace, key string, options ...Option) (Version, error) {
	return db.write(ctx, "revert", params(options, "namespace", namespace, "key", key))
}

func (db *DB) write(ctx context.Context, op string, params *members) (Version, error) {
	var version Version
	db.sign(params)
	err := db.call(ctx, op, params, &version)
	return version, err
}

// sign says who writes, unless the call does.
func (db *DB) sign(params *members) {
	if db.actor != "" {
		params.preset("actor", db.actor)
	}
}
