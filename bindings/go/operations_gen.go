// Generated from packages/protocol by `npm run gen`. Do not edit.
// Code generated from packages/protocol; DO NOT EDIT.

package koru

import "context"

// readOps are the operations that change nothing, and may be repeated at any time.
var readOps = map[string]bool{
	"get":           true,
	"history":       true,
	"list":          true,
	"namespaces":    true,
	"diff":          true,
	"diffNamespace": true,
	"changes":       true,
	"stats":         true,
	"verify":        true,
}

// streamRoutes are the routes of what carries lines over HTTP.
var streamRoutes = map[string]route{
	"export": {method: "GET", path: "/v1/export"},
	"import": {method: "POST", path: "/v1/import"},
	"load":   {method: "POST", path: "/v1/load"},
}

// Put calls put: writes a value as the key's newest version.
func (o Operations) Put(ctx context.Context, params PutParams) (Version, error) {
	var result Version
	err := o.db.Call(ctx, "put", params, &result)
	return result, err
}

// Batch calls batch: writes many versions together or not at all, with one sync of the disk.
func (o Operations) Batch(ctx context.Context, params BatchParams) (Receipt, error) {
	var result Receipt
	err := o.db.Call(ctx, "batch", params, &result)
	return result, err
}

// Delete calls delete: writes a version that says the key has no value from here on. Its history stays.
func (o Operations) Delete(ctx context.Context, params DeleteParams) (Version, error) {
	var result Version
	err := o.db.Call(ctx, "delete", params, &result)
	return result, err
}

// Revert calls revert: writes what the key had at a moment, by default before its last change, as a new version.
func (o Operations) Revert(ctx context.Context, params RevertParams) (Version, error) {
	var result Version
	err := o.db.Call(ctx, "revert", params, &result)
	return result, err
}

// Get calls get: the newest version of a key with its value, now or at a moment; null when it has none.
func (o Operations) Get(ctx context.Context, params GetParams) (*Version, error) {
	var result *Version
	err := o.db.Call(ctx, "get", params, &result)
	return result, err
}

// History calls history: the versions of a key, newest first, deletes included.
func (o Operations) History(ctx context.Context, params HistoryParams) (History, error) {
	var result History
	err := o.db.Call(ctx, "history", params, &result)
	return result, err
}

// List calls list: the keys of a namespace that have a value, in the order of their bytes, each with its newest version.
func (o Operations) List(ctx context.Context, params ListParams) (List, error) {
	var result List
	err := o.db.Call(ctx, "list", params, &result)
	return result, err
}

// Namespaces calls namespaces: the namespaces that hold at least one key with a value.
func (o Operations) Namespaces(ctx context.Context, params NamespacesParams) (Namespaces, error) {
	var result Namespaces
	err := o.db.Call(ctx, "namespaces", params, &result)
	return result, err
}

// Diff calls diff: how a key differs between two moments, as a JSON Patch (RFC 6902): by default, what the last change did.
func (o Operations) Diff(ctx context.Context, params DiffParams) (Diff, error) {
	var result Diff
	err := o.db.Call(ctx, "diff", params, &result)
	return result, err
}

// DiffNamespace calls diffNamespace: how the keys of a namespace differ between two moments.
func (o Operations) DiffNamespace(ctx context.Context, params DiffNamespaceParams) (NamespaceDiff, error) {
	var result NamespaceDiff
	err := o.db.Call(ctx, "diffNamespace", params, &result)
	return result, err
}

// Changes calls changes: the feed of all versions in the order of their commits, from the first or from behind a cursor.
func (o Operations) Changes(ctx context.Context, params ChangesParams) (Changes, error) {
	var result Changes
	err := o.db.Call(ctx, "changes", params, &result)
	return result, err
}

// Sync calls sync: makes durable what was acknowledged under a weaker durability than sync.
func (o Operations) Sync(ctx context.Context, params SyncParams) (Synced, error) {
	var result Synced
	err := o.db.Call(ctx, "sync", params, &result)
	return result, err
}

// Stats calls stats: what the database is made of.
func (o Operations) Stats(ctx context.Context, params StatsParams) (Stats, error) {
	var result Stats
	err := o.db.Call(ctx, "stats", params, &result)
	return result, err
}

// Verify calls verify: reads and checks every byte of every file.
func (o Operations) Verify(ctx context.Context, params VerifyParams) (Verification, error) {
	var result Verification
	err := o.db.Call(ctx, "verify", params, &result)
	return result, err
}
