package koru

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Tx is reads and writes that take effect together or not at all. All reads show one moment, that of the first of them, and the
// transaction's own writes. Nothing is written before its function returns. It is used by one goroutine.
type Tx struct {
	db     *DB
	moment string
	seen   map[name]Version
	writes []Item
	ended  bool
}

type name struct{ namespace, key string }

// conflictRetries is how often a transaction begins again when somebody else wrote first.
const conflictRetries = 20

// Transact runs fn and writes what it asked for, if nothing that it read has changed meanwhile; else it runs it again, up to
// 20 times, then fails with [ErrConflict]. fn has no other effect than by its Tx, since it may run several times. An error of
// fn ends it, and nothing is written.
//
// It takes [Actor] and [Reason].
func (db *DB) Transact(ctx context.Context, fn func(tx *Tx) error, options ...Option) error {
	for tries := 0; ; tries++ {
		tx := &Tx{db: db, seen: make(map[name]Version)}
		err := fn(tx)
		tx.ended = true
		if err != nil {
			return err
		}
		err = tx.commit(ctx, options)
		if !errors.Is(err, ErrConflict) || tries >= conflictRetries {
			return err
		}
		select {
		case <-time.After(rand.N(time.Millisecond << min(tries, 6))):
		case <-ctx.Done():
			return interrupted(ctx, "transact", NotDone)
		}
	}
}

// GetJSON is the exact JSON text of a value; [Get] with a Tx decodes it. It takes no option of another moment.
func (tx *Tx) GetJSON(ctx context.Context, namespace, key string, options ...Option) (Value, error) {
	if err := tx.check(); err != nil {
		return nil, err
	}
	if own := tx.find(name{namespace, key}); own >= 0 {
		item := tx.writes[own]
		if item.Delete {
			return nil, failure(ErrKeyDeleted, fmt.Sprintf("Key '%s/%s' is deleted by this transaction.", namespace, key))
		}
		return ValueOf(item.Value)
	}
	if tx.moment == "" {
		stats, err := tx.db.Stats(ctx)
		if err != nil {
			return nil, err
		}
		tx.moment = Seq(stats.LastSeq)
	}
	version, err := tx.db.At(tx.moment).GetVersion(ctx, namespace, key, options...)
	if err == nil || errors.Is(err, ErrNotFound) {
		tx.seen[name{namespace, key}] = version
	}
	return version.Value, err
}

// Get is the value of a key, with numbers as json.Number.
func (tx *Tx) Get(ctx context.Context, namespace, key string) (any, error) {
	return Get[any](ctx, tx, namespace, key)
}

// Put writes a value at the end of the transaction. The value is taken as it is now.
func (tx *Tx) Put(namespace, key string, value any) error {
	text, err := ValueOf(value)
	if err != nil {
		return err
	}
	return tx.write(Item{Namespace: namespace, Key: key, Value: text})
}

// Delete deletes a key at the end of the transaction.
func (tx *Tx) Delete(namespace, key string) error {
	return tx.write(Item{Namespace: namespace, Key: key, Delete: true})
}

func (tx *Tx) write(item Item) error {
	if err := tx.check(); err != nil {
		return err
	}
	if own := tx.find(name{item.Namespace, item.Key}); own >= 0 {
		tx.writes = slices.Delete(tx.writes, own, own+1)
	}
	tx.writes = append(tx.writes, item)
	return nil
}

func (tx *Tx) find(wanted name) int {
	return slices.IndexFunc(tx.writes, func(item Item) bool { return name{item.Namespace, item.Key} == wanted })
}

func (tx *Tx) check() error {
	if tx.ended {
		return failure(ErrClosed, "The transaction has ended: its function returned.")
	}
	return nil
}

// commit writes what was asked for. What was only read by a transaction that writes nothing needs no proof, since all of it
// was read at one moment.
func (tx *Tx) commit(ctx context.Context, options []Option) error {
	if len(tx.writes) == 0 {
		return nil
	}
	var expect []BatchExpectation
	for read, version := range tx.seen {
		guard := NoVersion()
		if version.Version != "" {
			guard = VersionIs(version.Version)
		}
		expect = append(expect, BatchExpectation{Namespace: read.namespace, Key: read.key, Version: guard})
	}
	_, err := tx.db.BatchPut(ctx, tx.writes, append(slices.Clip(options), func(m *members) {
		if len(expect) > 0 {
			m.set("expect", expect)
		}
	})...)
	return err
}
