package koru_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	koru "github.com/koru-delta/go-client"
)

func TestTransactionsLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		must(db.Put(ctx, "accounts", "alice", 0))
		var all sync.WaitGroup
		for range 8 {
			all.Add(1)
			go func() {
				defer all.Done()
				for range 5 {
					err := db.Transact(ctx, func(tx *koru.Tx) error {
						balance, err := koru.Get[int](ctx, tx, "accounts", "alice")
						if err != nil {
							return err
						}
						return tx.Put("accounts", "alice", balance+1)
					})
					if err != nil {
						t.Error(err)
					}
				}
			}()
		}
		all.Wait()
		if got := must(koru.Get[int](ctx, db, "accounts", "alice")); got != 40 {
			t.Errorf("40 steps of one are %d", got)
		}
	})
}

func TestATransactionSeesOneMomentAndItself(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		must(db.Put(ctx, "n", "a", 1))
		must(db.Put(ctx, "n", "b", 1))
		runs := 0
		large := strings.Repeat("x", 13<<20)
		err := db.Transact(ctx, func(tx *koru.Tx) error {
			runs++
			a := must(koru.Get[int](ctx, tx, "n", "a"))
			if runs == 1 {
				// Somebody else writes both in between.
				must(db.BatchPut(ctx, []koru.Item{{Namespace: "n", Key: "a", Value: 2}, {Namespace: "n", Key: "b", Value: 2}}))
			}
			if b := must(koru.Get[int](ctx, tx, "n", "b")); a != b {
				t.Errorf("it sees a = %d and b = %d", a, b)
			}
			if _, err := tx.Get(ctx, "n", "absent"); !errors.Is(err, koru.ErrKeyNotFound) {
				t.Errorf("an absent key is %v", err)
			}
			if err := tx.Delete("n", "a"); err != nil {
				return err
			}
			if _, err := tx.Get(ctx, "n", "a"); !errors.Is(err, koru.ErrNotFound) {
				t.Errorf("a key that it deleted is %v", err)
			}
			// This is more than one piece of a batch.
			if err := errors.Join(tx.Put("n", "c", large), tx.Put("n", "absent", a)); err != nil {
				return err
			}
			if got := must(koru.Get[string](ctx, tx, "n", "c")); got != large {
				t.Error("it does not see what it wrote")
			}
			return nil
		}, koru.Actor("bank"))
		if err != nil || runs != 2 {
			t.Fatalf("%d runs ended with %v", runs, err)
		}
		if version := must(db.GetVersion(ctx, "n", "absent")); version.Actor != "bank" || version.Value.String() != "2" {
			t.Errorf("it wrote %+v", version)
		}
		before := must(db.Stats(ctx)).Versions
		if err := db.Transact(ctx, func(tx *koru.Tx) error { return errors.Join(tx.Put("n", "e", 1), errBroken) }); !errors.Is(err, errBroken) {
			t.Errorf("its error comes back as %v", err)
		}
		if after := must(db.Stats(ctx)).Versions; after != before {
			t.Error("a transaction that failed wrote something")
		}
		var late *koru.Tx
		if err := db.Transact(ctx, func(tx *koru.Tx) error { late = tx; return nil }); err != nil {
			t.Error(err)
		}
		if err := late.Put("n", "k", 1); !errors.Is(err, koru.ErrClosed) {
			t.Error("it can be used behind its end", fmt.Sprint(err))
		}
	})
}
