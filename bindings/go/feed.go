package koru

import (
	"context"
	"iter"
	"time"
)

// Change is a version in the feed, and the cursor to go on behind it, which stays good for ever: see [Since].
type Change struct {
	Version
	Cursor string
}

// feedWait is how long a watch lets the other side wait for something new before it asks again.
const feedWait = 20 * time.Second

// Changes is the feed of all versions in the order of their commits, deletes included, up to now.
//
// It takes [Since], [In], [Prefix], [Values] and [Limit].
func (db *DB) Changes(ctx context.Context, options ...Option) iter.Seq2[Change, error] {
	params := params(options)
	return func(yield func(Change, error) bool) {
		db.follow(ctx, params.copy(), 0, yield)
	}
}

// Watch is the feed from this call on, or from behind the cursor of [Since], and goes on until the loop is left or ctx ends,
// which it then yields as [ErrCancelled] or [ErrTimeout].
//
// It takes what Changes takes. A connection that breaks is made again, as often as [WithRetries] says for each time.
func (db *DB) Watch(ctx context.Context, options ...Option) iter.Seq2[Change, error] {
	params := params(options)
	// What is written behind this call is not missed, however late the loop begins.
	if params.find("since") < 0 {
		stats, err := db.Stats(ctx)
		if err != nil {
			params.fail(err)
		}
		params.set("since", Seq(stats.LastSeq))
	}
	return func(yield func(Change, error) bool) {
		db.follow(ctx, params.copy(), feedWait, yield)
	}
}

// follow yields page after page; with a wait, it does not end where there is nothing more.
func (db *DB) follow(ctx context.Context, params *members, wait time.Duration, yield func(Change, error) bool) {
	if wait > 0 {
		params.set("waitMs", wait.Milliseconds())
	}
	for left := params.total; ; {
		size := largePage
		if left > 0 {
			size = min(size, left)
		}
		params.set("limit", size)
		page, err := db.changes(ctx, params, wait)
		if err != nil {
			yield(Change{}, err)
			return
		}
		for _, version := range page.Changes {
			if !yield(Change{version, Seq(version.Seq)}, nil) {
				return
			}
		}
		if left -= len(page.Changes); params.total > 0 && left <= 0 || wait == 0 && !page.More {
			return
		}
		params.set("since", page.Cursor)
	}
}

func (db *DB) changes(ctx context.Context, params *members, wait time.Duration) (Changes, error) {
	var page Changes
	text, err := params.text()
	if err == nil {
		err = db.send(ctx, "changes", text, &page, true, wait)
	}
	return page, err
}
