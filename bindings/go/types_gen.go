// Generated from packages/protocol by `npm run gen`. Do not edit.
// Code generated from packages/protocol; DO NOT EDIT.

package koru

import "time"

// Version: a version of a key.
type Version struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// The name of a version: 26 characters of Crockford base32 that sort in the order of the commits and are unique in the world.
	Version string `json:"version"`
	// The place in this database's own order of commits, from 1, without gaps.
	Seq int64 `json:"seq"`
	// When it was committed. Rises with every commit, whatever the clock does.
	Timestamp time.Time `json:"timestamp"`
	// The value; absent of a delete, and where values were not asked for.
	Value Value `json:"value,omitempty"`
	// Present when this version says that the key was deleted.
	Deleted bool `json:"deleted,omitempty"`
	// The version of the key before it; null of its first. Zero for null.
	Previous string `json:"previous"`
	// Who wrote it.
	Actor string `json:"actor,omitempty"`
	// Why it was written.
	Reason string `json:"reason,omitempty"`
	// Where an imported version came from.
	Origin *Origin `json:"origin,omitempty"`
}

// Origin: what an imported version was called where it came from.
type Origin struct {
	// When it was written there.
	Timestamp time.Time `json:"timestamp,omitzero"`
	// Its id there.
	Version string `json:"version,omitempty"`
}

// Receipt: the proof of a batch. Of an empty one the count is 0 and the rest is null.
type Receipt struct {
	// How many versions were written.
	Count int64 `json:"count"`
	// The seq of the first version; the others follow without gaps. Zero for null.
	FirstSeq int64 `json:"firstSeq"`
	// The seq of the last version. Zero for null.
	LastSeq int64 `json:"lastSeq"`
	// The id of the first version. Zero for null.
	First string `json:"first"`
	// The id of the last version. Zero for null.
	Last string `json:"last"`
	// When the batch was committed: one moment for all of it. Zero for null.
	Timestamp time.Time `json:"timestamp"`
	// What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the operating system.
	Durability string `json:"durability"`
	// How many lines were left out; of a load.
	Rejected *int64 `json:"rejected,omitempty"`
	// The lines that were left out; of a load with skipBad.
	Rejects []RejectedLine `json:"rejects,omitempty"`
}

// RejectedLine: a line that was left out.
type RejectedLine struct {
	// Its number, from 1.
	Line int64 `json:"line"`
	// Why, as a sentence.
	Reason string `json:"reason"`
	// Its beginning.
	Text string `json:"text"`
	// A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict.
	Error *Error `json:"error"`
}

// Suggestion: something near to what was asked for.
type Suggestion struct {
	// What was probably meant.
	Text string `json:"text"`
	// How it relates to what was asked, such as "different spelling".
	Why string `json:"why"`
}

// Hint: a next step.
type Hint struct {
	// A sentence.
	Text string `json:"text"`
	// The command line that does it.
	Command string `json:"command,omitempty"`
	// The code that does it, in the language of the client.
	Code string `json:"code,omitempty"`
}

// PutParams: what put takes.
type PutParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// Any JSON value up to 16 MiB of text and 128 levels deep. null is a value; it is not "deleted".
	Value Value `json:"value"`
	// What the key's newest version must be for the write to happen.
	IfVersion Guard `json:"ifVersion,omitzero"`
	// Who writes; kept with the version.
	Actor string `json:"actor,omitempty"`
	// Why; kept with the version.
	Reason string `json:"reason,omitempty"`
	// Names this write, so that sending it again does not write it twice.
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
}

// BatchParams: what batch takes.
type BatchParams struct {
	// The writes, in their order.
	Ops []BatchOp `json:"ops,omitempty"`
	// The same as columns; they come before ops.
	Columns *BatchColumns `json:"columns,omitempty"`
	// What must be there; else nothing is written.
	Expect []BatchExpectation `json:"expect,omitempty"`
	// Who writes; kept with the version.
	Actor string `json:"actor,omitempty"`
	// Why; kept with the version.
	Reason string `json:"reason,omitempty"`
	// Names this write, so that sending it again does not write it twice.
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
}

// BatchOp: one write of a batch: a value, or a delete.
type BatchOp struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// The value to write.
	Value Value `json:"value,omitempty"`
	// Delete the key. In a batch that is a version also when there is none.
	Delete bool `json:"delete,omitempty"`
	// What the key's newest version must be for the write to happen.
	IfVersion Guard `json:"ifVersion,omitzero"`
}

// BatchExpectation: what a key must be for the batch to be written, whether the batch writes it or not.
type BatchExpectation struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// The id of the version that must be the key's newest; null: the key must have no value.
	Version Guard `json:"version"`
}

// BatchColumns: many writes as columns of one length, which are shorter to write and to read than as many objects.
type BatchColumns struct {
	// The namespace of each write.
	Namespaces []string `json:"namespaces"`
	// The key of each write.
	Keys []string `json:"keys"`
	// At the place of a delete, anything.
	Values []Value `json:"values"`
	// The places that are deletes, ascending, from 0.
	Deletes []int64 `json:"deletes,omitempty"`
}

// DeleteParams: what delete takes.
type DeleteParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// What the key's newest version must be for the write to happen.
	IfVersion Guard `json:"ifVersion,omitzero"`
	// Who writes; kept with the version.
	Actor string `json:"actor,omitempty"`
	// Why; kept with the version.
	Reason string `json:"reason,omitempty"`
	// Names this write, so that sending it again does not write it twice.
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
}

// RevertParams: what revert takes.
type RevertParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// The moment whose state comes back; without it, the state before the last change.
	At string `json:"at,omitempty"`
	// What the key's newest version must be for the write to happen.
	IfVersion Guard `json:"ifVersion,omitzero"`
	// Who writes; kept with the version.
	Actor string `json:"actor,omitempty"`
	// Why; kept with the version.
	Reason string `json:"reason,omitempty"`
	// Names this write, so that sending it again does not write it twice.
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
}

// GetParams: what get takes.
type GetParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// Read what was there at this moment, instead of what is there now.
	At string `json:"at,omitempty"`
	// Nothing there is an error, which tells why.
	Required bool `json:"required,omitempty"`
}

// HistoryParams: what history takes.
type HistoryParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// Read what was there at this moment, instead of what is there now.
	At string `json:"at,omitempty"`
	// At most so many on this page. Default: 100.
	Limit int64 `json:"limit,omitempty"`
	// Where the page before ended.
	Cursor string `json:"cursor,omitempty"`
	// False leaves the values out. Default: true.
	Values *bool `json:"values,omitempty"`
	// Nothing there is an error, which tells why.
	Required bool `json:"required,omitempty"`
}

// History: versions of a key, newest first, deletes included.
type History struct {
	// Newest first.
	Versions []Version `json:"versions"`
	// For the next page; null on the last. Zero for null.
	Cursor string `json:"cursor"`
}

// ListParams: what list takes.
type ListParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// Only keys that begin with this.
	Prefix string `json:"prefix,omitempty"`
	// Only keys from this one on.
	From string `json:"from,omitempty"`
	// Only keys before this one.
	To string `json:"to,omitempty"`
	// Begin with the last key.
	Reverse bool `json:"reverse,omitempty"`
	// Read what was there at this moment, instead of what is there now.
	At string `json:"at,omitempty"`
	// At most so many on this page. Default: 100.
	Limit int64 `json:"limit,omitempty"`
	// Where the page before ended.
	Cursor string `json:"cursor,omitempty"`
	// False leaves the values out. Default: true.
	Values *bool `json:"values,omitempty"`
	// Nothing there is an error, which tells why.
	Required bool `json:"required,omitempty"`
}

// List: the keys of a namespace that have a value, in the order of their bytes, each with its newest version.
type List struct {
	// One for each key.
	Items []Version `json:"items"`
	// For the next page; null on the last. Zero for null.
	Cursor string `json:"cursor"`
}

// NamespacesParams: what namespaces takes.
type NamespacesParams struct {
	// Read what was there at this moment, instead of what is there now.
	At string `json:"at,omitempty"`
	// Count the keys, which reads all of them.
	Counts bool `json:"counts,omitempty"`
}

// Namespaces: the namespaces that hold at least one key with a value.
type Namespaces struct {
	// In the order of their names.
	Namespaces []NamespaceInfo `json:"namespaces"`
}

// NamespaceInfo: a namespace.
type NamespaceInfo struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Name string `json:"name"`
	// How many keys have a value, where that was asked for.
	Keys *int64 `json:"keys,omitempty"`
}

// DiffParams: what diff takes.
type DiffParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// The earlier moment; without it, the state before the last change.
	From string `json:"from,omitempty"`
	// The later moment; without it, now.
	To string `json:"to,omitempty"`
}

// Diff: how a key differs between two moments.
type Diff struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// The version at the earlier moment; null when there was no value. Zero for null.
	From string `json:"from"`
	// The version at the later moment; null when there was no value. Zero for null.
	To string `json:"to"`
	// A JSON Patch (RFC 6902) that makes the later value of the earlier.
	Patch Patch `json:"patch"`
	// The value at the earlier moment, where there was one.
	Before Value `json:"before,omitempty"`
	// The value at the later moment, where there was one.
	After Value `json:"after,omitempty"`
}

// Patch: a JSON Patch (RFC 6902) that makes the later value of the earlier.
type Patch []PatchOp

// PatchOp: one step of a patch.
type PatchOp struct {
	// What is done.
	Op string `json:"op"`
	// Where, as a JSON Pointer (RFC 6901).
	Path string `json:"path"`
	// What is put there; absent of a removal.
	Value Value `json:"value,omitempty"`
}

// DiffNamespaceParams: what diffNamespace takes.
type DiffNamespaceParams struct {
	// The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.
	Namespace string `json:"namespace"`
	// The earlier moment.
	From string `json:"from"`
	// The later moment; without it, now.
	To string `json:"to,omitempty"`
	// Only keys that begin with this.
	Prefix string `json:"prefix,omitempty"`
	// At most so many on this page. Default: 100.
	Limit int64 `json:"limit,omitempty"`
	// Where the page before ended.
	Cursor string `json:"cursor,omitempty"`
}

// NamespaceDiff: how the keys of a namespace differ between two moments; keys that do not differ are left out.
type NamespaceDiff struct {
	// In the order of the keys.
	Changes []KeyDiff `json:"changes"`
	// For the next page; null on the last. Zero for null.
	Cursor string `json:"cursor"`
}

// KeyDiff: how one key of a namespace differs.
type KeyDiff struct {
	// The name of a document in its namespace: 1 to 1,024 bytes of any characters.
	Key string `json:"key"`
	// What happened to the key.
	Change string `json:"change"`
	// The version at the earlier moment; null when there was no value. Zero for null.
	From string `json:"from"`
	// The version at the later moment; null when there was no value. Zero for null.
	To string `json:"to"`
	// A JSON Patch (RFC 6902) that makes the later value of the earlier.
	Patch Patch `json:"patch"`
}

// ChangesParams: what changes takes.
type ChangesParams struct {
	// Go on behind this place; without it, from the first version.
	Since string `json:"since,omitempty"`
	// Only this namespace.
	Namespace string `json:"namespace,omitempty"`
	// Only keys that begin with this.
	Prefix string `json:"prefix,omitempty"`
	// At most so many on this page. Default: 1000.
	Limit int64 `json:"limit,omitempty"`
	// False leaves the values out. Default: true.
	Values *bool `json:"values,omitempty"`
	// Where there is nothing yet, wait so long for it, in milliseconds; without it, not at all.
	WaitMS int64 `json:"waitMs,omitempty"`
}

// Changes: versions in the order of their commits, deletes included.
type Changes struct {
	// Oldest first.
	Changes []Version `json:"changes"`
	// Where this page ended; good for ever, also when nothing came.
	Cursor string `json:"cursor"`
	// Whether there is more already.
	More bool `json:"more"`
}

// SyncParams: what sync takes.
type SyncParams struct {
}

// Synced: how far everything is on stable storage.
type Synced struct {
	// Up to this seq; 0 for nothing.
	ThroughSeq int64 `json:"throughSeq"`
}

// StatsParams: what stats takes.
type StatsParams struct {
	// Count namespaces and keys, which reads all of them.
	Counts bool `json:"counts,omitempty"`
}

// Stats: what the database is made of.
type Stats struct {
	// The folder, or "memory".
	Location string `json:"location"`
	// The version of the file format.
	Format int64 `json:"format"`
	// Whether everything in its files is encrypted.
	Sealed bool `json:"sealed"`
	// Whether it was opened for reading only.
	ReadOnly bool `json:"readOnly"`
	// Whether it takes writes: not when opened for reading only, nor after a sync that failed.
	Writable bool `json:"writable"`
	// What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the operating system.
	Durability string `json:"durability"`
	// How many versions there are.
	Versions int64 `json:"versions"`
	// The seq of the newest version; 0 when there is none.
	LastSeq int64 `json:"lastSeq"`
	// The newest version. Zero for null.
	LastVersion string `json:"lastVersion"`
	// When the first version was committed. Zero for null.
	FirstTimestamp time.Time `json:"firstTimestamp"`
	// When the newest version was committed. Zero for null.
	LastTimestamp time.Time `json:"lastTimestamp"`
	// How many namespaces hold a key with a value, where that was asked for.
	Namespaces *int64 `json:"namespaces,omitempty"`
	// How many keys have a value, where that was asked for.
	Keys *int64 `json:"keys,omitempty"`
	// Bytes on disk.
	Bytes StatsBytes `json:"bytes"`
	// How many files.
	Files StatsFiles `json:"files"`
	// Bytes in memory.
	Memory StatsMemory `json:"memory"`
	// What the last open found.
	Recovery StatsRecovery `json:"recovery"`
	// How far the stamps are ahead of the wall clock, in microseconds.
	ClockDriftUs int64 `json:"clockDriftUs"`
}

// StatsBytes: bytes on disk.
type StatsBytes struct {
	// All files.
	Total int64 `json:"total"`
	// Logs.
	Log int64 `json:"log"`
	// Sorted segments.
	Segments int64 `json:"segments"`
	// Large values.
	Values int64 `json:"values"`
	// The manifest.
	Manifest int64 `json:"manifest"`
}

// StatsFiles: how many files.
type StatsFiles struct {
	// Logs.
	Logs int64 `json:"logs"`
	// Sorted segments.
	Segments int64 `json:"segments"`
	// Files of large values.
	Values int64 `json:"values"`
}

// StatsMemory: bytes in memory.
type StatsMemory struct {
	// What may be used.
	Budget int64 `json:"budget"`
	// Newest versions.
	Memtable int64 `json:"memtable"`
	// Blocks read.
	Cache int64 `json:"cache"`
	// What open segments hold.
	Segments int64 `json:"segments"`
}

// StatsRecovery: what the last open found.
type StatsRecovery struct {
	// Versions taken from the log.
	ReplayedVersions int64 `json:"replayedVersions"`
	// Bytes of a torn tail that never counted.
	DroppedBytes int64 `json:"droppedBytes"`
	// 1 when a slot of the manifest was repaired.
	RepairedManifest int64 `json:"repairedManifest"`
}

// VerifyParams: what verify takes.
type VerifyParams struct {
}

// Verification: what a check of every byte found. Damage is told here and is no error.
type Verification struct {
	// Whether everything is sound.
	OK bool `json:"ok"`
	// How many versions were read.
	Versions int64 `json:"versions"`
	// Every file of the database.
	Files []FileReport `json:"files"`
	// What is wrong across files, such as a version that is missing.
	Failures []*Error `json:"failures"`
	// How much of the history can be read.
	Reach Reach `json:"reach"`
}

// Reach: how much of the history can be read.
type Reach struct {
	// The newest seq that is known of, readable or not.
	Newest int64 `json:"newest"`
	// Every version up to this seq can be read.
	CompleteThrough int64 `json:"completeThrough"`
	// What cannot be read; no more than the first hundred stretches.
	Missing []SeqRange `json:"missing"`
	// When the oldest version that can be read was committed. Zero for null.
	FirstTimestamp time.Time `json:"firstTimestamp"`
	// When the newest version that can be read was committed. Zero for null.
	LastTimestamp time.Time `json:"lastTimestamp"`
}

// SeqRange: a stretch of seqs.
type SeqRange struct {
	// The first of them.
	FirstSeq int64 `json:"firstSeq"`
	// The last of them.
	LastSeq int64 `json:"lastSeq"`
}

// FileReport: what was found of one file.
type FileReport struct {
	// Its name in the folder.
	Name string `json:"name"`
	// Its length.
	Bytes int64 `json:"bytes"`
	// Whether it is sound.
	OK bool `json:"ok"`
	// What is wrong with it.
	Error *Error `json:"error,omitempty"`
}

// ImportReport: what an import added.
type ImportReport struct {
	// How many versions.
	Versions int64 `json:"versions"`
	// In how many commits.
	Commits int64 `json:"commits"`
	// The time of the first; null when nothing was added. Zero for null.
	FirstTimestamp time.Time `json:"firstTimestamp"`
	// The time of the last; null when nothing was added. Zero for null.
	LastTimestamp time.Time `json:"lastTimestamp"`
}
