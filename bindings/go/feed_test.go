package koru_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	koru "github.com/koru-delta/go-client"
)

func TestChangesGoOnBehindACursor(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		var items []koru.Item
		for i := range 2_500 {
			items = append(items, koru.Item{Namespace: []string{"even", "odd"}[i%2], Key: fmt.Sprintf("k%04d", i), Value: i})
		}
		must(db.BatchPut(ctx, items))
		must(db.Delete(ctx, "odd", "k0001"))
		var seqs []int64
		cursor := ""
		for change, err := range db.Changes(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			if seqs = append(seqs, change.Seq); len(seqs) == 1_200 {
				cursor = change.Cursor
				break
			}
		}
		for change, err := range db.Changes(ctx, koru.Since(cursor)) {
			if err != nil {
				t.Fatal(err)
			}
			seqs = append(seqs, change.Seq)
		}
		for i, seq := range seqs {
			if seq != int64(i+1) {
				t.Fatalf("change %d has seq %d", i, seq)
			}
		}
		if len(seqs) != 2_501 {
			t.Errorf("there were %d changes", len(seqs))
		}
		var odd []string
		for change, err := range db.Changes(ctx, koru.In("odd"), koru.Prefix("k000"), koru.Values(false)) {
			odd = append(odd, fmt.Sprintf("%s %v %d %v", change.Key, change.Deleted, len(change.Value), err))
		}
		want := []string{"k0001 false 0 <nil>", "k0003 false 0 <nil>", "k0005 false 0 <nil>", "k0007 false 0 <nil>", "k0009 false 0 <nil>", "k0001 true 0 <nil>"}
		if !slices.Equal(odd, want) {
			t.Errorf("the odd ones are %v", odd)
		}
		for _, err := range db.Changes(ctx, koru.Since("nonsense")) {
			if !errors.Is(err, koru.ErrInvalidCursor) {
				t.Errorf("a bad cursor is %v", err)
			}
		}
	})
}

func TestWatchMissesNothingBehindItsCall(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		must(db.Put(ctx, "n", "before", 0))
		watch := db.Watch(ctx, koru.In("n"))
		must(db.Put(ctx, "n", "at once", 1))
		must(db.Put(ctx, "other", "elsewhere", 2))
		_, ends := allAtOnce(1, func(int) error {
			time.Sleep(100 * time.Millisecond)
			return second(db.Put(ctx, "n", "later", 3))
		})
		var keys []string
		for change, err := range watch {
			if err != nil {
				t.Fatal(err)
			}
			if keys = append(keys, change.Key); len(keys) == 2 {
				break
			}
		}
		if err := errors.Join(ends()...); err != nil || !slices.Equal(keys, []string{"at once", "later"}) {
			t.Errorf("the watch saw %v, and the writer %v", keys, err)
		}
	})
}

func TestAWatchEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx, cancel := context.WithCancel(soon(t))
		time.AfterFunc(50*time.Millisecond, cancel)
		var ends []error
		for _, err := range db.Watch(ctx) {
			ends = append(ends, err)
		}
		if len(ends) != 1 || !errors.Is(ends[0], koru.ErrCancelled) || !errors.Is(ends[0], context.Canceled) {
			t.Errorf("the watch ended with %v", ends)
		}
	})
}
