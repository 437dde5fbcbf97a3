package koru

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
)

// BatchPut writes items together or not at all, with one sync of the disk. One key twice makes two versions.
//
// It takes [Actor], [Reason] and [IdempotencyKey]. The error is [ErrConflict] when a guard does not hold.
func (db *DB) BatchPut(ctx context.Context, items []Item, options ...Option) (Receipt, error) {
	return db.BatchPutSeq(ctx, slices.Values(items), options...)
}

// BatchPutSeq is [DB.BatchPut] for items that are made as they are sent. A batch of more than 12 MiB goes piece by piece; it is
// written when the last of them has come, and is not sent again by itself.
func (db *DB) BatchPutSeq(ctx context.Context, items iter.Seq[Item], options ...Option) (Receipt, error) {
	next, stop := iter.Pull2(pieces(items))
	defer stop()
	params := params(options)
	db.sign(params)
	first, err, _ := next()
	if err != nil {
		return Receipt{}, err
	}
	second, err, more := next()
	if err != nil {
		return Receipt{}, err
	}
	if more {
		return db.load(ctx, params, linesOf(params, next, first, second))
	}
	var receipt Receipt
	first.giveTo(params)
	err = db.call(ctx, "batch", params, &receipt)
	return receipt, err
}

// linesOf are the pieces of a batch as lines. What must be there for the batch to be written is a line too.
func linesOf(params *members, next func() (*piece, error, bool), begun ...*piece) *pieceReader {
	r := &pieceReader{next: next}
	if at := params.find("expect"); at >= 0 {
		r.rest = fmt.Appendf(nil, "{\"expect\":%s}\n", params.list[at].text)
		params.list = slices.Delete(params.list, at, at+1)
	}
	for _, piece := range begun {
		r.rest = append(r.rest, piece.line()...)
	}
	params.set("form", "batches")
	return r
}

// pieceReader is the pieces of a batch as lines.
type pieceReader struct {
	next func() (*piece, error, bool)
	rest []byte
}

func (r *pieceReader) Read(to []byte) (int, error) {
	for len(r.rest) == 0 {
		piece, err, more := r.next()
		if err != nil {
			return 0, err
		}
		if !more {
			return 0, io.EOF
		}
		r.rest = piece.line()
	}
	n := copy(to, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
