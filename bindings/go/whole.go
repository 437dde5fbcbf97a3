package koru

import (
	"context"
	"io"
)

// Load writes lines of JSON as one batch, all of it or nothing, without looking at them: the fastest way in. A line is
// {"key":"namespace/key","value":…}, or with "delete":true a delete; or with [In] and [KeyField] a document, of which one
// member is its key.
//
// It takes [In], [KeyField], [SkipBad], [Actor], [Reason] and [IdempotencyKey]. The error is [ErrInvalidLine] with the number
// of the line among its facts, or that of the reader. ctx is looked at between reads, and does not interrupt one.
func (db *DB) Load(ctx context.Context, lines io.Reader, options ...Option) (Receipt, error) {
	params := params(options)
	db.sign(params)
	return db.load(ctx, params, lines)
}

func (db *DB) load(ctx context.Context, params *members, lines io.Reader) (Receipt, error) {
	var receipt Receipt
	answer, err := db.carrier.upload(ctx, "load", params, lines)
	if err == nil {
		err = readResult("load", answer, &receipt)
	}
	return receipt, err
}

// Import adds a history in the lines that Export writes, all of it or nothing. It needs a database that is empty or ends before
// the first of them, or [Restamp].
func (db *DB) Import(ctx context.Context, lines io.Reader, options ...Option) (ImportReport, error) {
	var report ImportReport
	answer, err := db.carrier.upload(ctx, "import", params(options), lines)
	if err == nil {
		err = readResult("import", answer, &report)
	}
	return report, err
}

// Export writes the whole history, as it is now or as it was with [At], in lines that Import takes. When it fails, what was
// written is not whole; its last line says how many there are, so that Import finds out.
func (db *DB) Export(ctx context.Context, to io.Writer, options ...Option) error {
	return db.carrier.download(ctx, "export", params(options), to)
}

// Stats is what the database is made of. [Counts] counts keys and namespaces too.
func (db *DB) Stats(ctx context.Context, options ...Option) (Stats, error) {
	var stats Stats
	err := db.call(ctx, "stats", params(options), &stats)
	return stats, err
}

// Sync makes durable what was acknowledged under a weaker durability than sync. It returns the seq up to which everything is
// on stable storage.
func (db *DB) Sync(ctx context.Context) (int64, error) {
	var synced Synced
	err := db.call(ctx, "sync", params(nil), &synced)
	return synced.ThroughSeq, err
}

// Verify reads and checks every byte of every file. Damage is in the report and is no error.
func (db *DB) Verify(ctx context.Context) (Verification, error) {
	var report Verification
	err := db.call(ctx, "verify", params(nil), &report)
	return report, err
}
