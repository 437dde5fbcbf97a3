package koru_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	koru "github.com/koru-delta/go-client"
)

func TestBatchesOfEverySize(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		if receipt := must(db.BatchPut(ctx, nil)); receipt.Count != 0 || receipt.First != "" {
			t.Errorf("an empty batch is %+v", receipt)
		}
		// Twice what one message takes, in pieces.
		large := strings.Repeat("€", 100_000)
		for _, count := range []int{1, 45} {
			var items []koru.Item
			for i := range count {
				items = append(items, koru.Item{Namespace: "n", Key: fmt.Sprint(i), Value: large})
			}
			items = append(items, koru.Item{Namespace: "n", Key: "0", Delete: true}, koru.Item{Namespace: "n", Key: "0", Value: count})
			before := must(db.Stats(ctx)).Versions
			receipt := must(db.BatchPut(ctx, items, koru.Actor("ann")))
			if want := int64(count + 2); receipt.Count != want || must(db.Stats(ctx)).Versions-before != want {
				t.Errorf("%d items gave %+v", want, receipt)
			}
			last := must(db.GetVersion(ctx, "n", "0"))
			if last.Value.String() != fmt.Sprint(count) || last.Version != receipt.Last || last.Actor != "ann" {
				t.Errorf("the last of %d items is %+v", count, last)
			}
		}
		if got := must(koru.Get[string](ctx, db, "n", "39")); got != large {
			t.Error("a value of a large batch is another one")
		}
	})
}

func TestABatchIsWholeOrNothing(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		version := must(db.Put(ctx, "n", "guarded", 1)).Version
		guarded := koru.Item{Namespace: "n", Key: "guarded", Value: 2, IfVersion: koru.VersionIs(version)}
		filling := func(count int) (items []koru.Item) {
			for i := range count {
				items = append(items, koru.Item{Namespace: "n", Key: fmt.Sprint(i), Value: strings.Repeat("x", 1_000_000)})
			}
			return items
		}
		for _, size := range []int{1, 13} {
			stale := guarded
			stale.IfVersion = koru.NoVersion()
			bad := map[string]struct {
				item koru.Item
				want error
			}{
				"guard":     {stale, koru.ErrConflict},
				"value":     {koru.Item{Namespace: "n", Key: "k", Value: func() {}}, koru.ErrInvalidJSON},
				"text":      {koru.Item{Namespace: "n", Key: "k", Value: "\xff"}, koru.ErrInvalidJSON},
				"key":       {koru.Item{Namespace: "n", Key: "\xff", Value: 1}, koru.ErrInvalidKey},
				"namespace": {koru.Item{Namespace: "a/b", Key: "k", Value: 1}, koru.ErrInvalidNamespace},
			}
			for name, bad := range bad {
				if size > 1 && name != "guard" && name != "text" {
					continue
				}
				_, err := db.BatchPut(ctx, append(filling(size), bad.item))
				if !errors.Is(err, bad.want) {
					t.Errorf("%d MB with a bad %s are %v", size, name, err)
				}
			}
		}
		if stats := must(db.Stats(ctx)); stats.Versions != 1 {
			t.Fatalf("%d versions were written", stats.Versions)
		}
		for _, size := range []int{1, 13} {
			guarded.IfVersion = koru.VersionIs(must(db.GetVersion(ctx, "n", "guarded")).Version)
			must(db.BatchPut(ctx, append(append(filling(size), guarded), filling(1)...)))
		}
	})
}

func TestLoad(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		var lines strings.Builder
		for i := range 30_000 {
			fmt.Fprintf(&lines, "{\"id\":%d,\"text\":\"Ünïcode %s\"}\n", i, strings.Repeat("é", i%60))
		}
		receipt := must(db.Load(ctx, strings.NewReader(lines.String()), koru.In("docs"), koru.KeyField("id")))
		if receipt.Count != 30_000 {
			t.Errorf("the receipt is %+v", receipt)
		}
		type document struct {
			ID   int    `json:"id"`
			Text string `json:"text"`
		}
		if got := must(koru.Get[document](ctx, db, "docs", "59")); got.Text != "Ünïcode "+strings.Repeat("é", 59) {
			t.Errorf("a document is %+v", got)
		}
		bad := "{\"key\":\"n/a\",\"value\":1}\n{\"key\":\"n/b\",\"value\":}\n"
		_, err := db.Load(ctx, strings.NewReader(bad))
		var own *koru.Error
		if !errors.As(err, &own) || own.Code != koru.ErrInvalidLine || own.Facts["line"].String() != "2" {
			t.Errorf("a bad line is %#v", err)
		}
		receipt = must(db.Load(ctx, strings.NewReader(bad), koru.SkipBad()))
		if receipt.Count != 1 || *receipt.Rejected != 1 || receipt.Rejects[0].Line != 2 {
			t.Errorf("the receipt is %+v", receipt)
		}
		before := must(db.Stats(ctx)).Versions
		_, err = db.Load(ctx, &brokenAfter{text: strings.NewReader(lines.String())}, koru.In("docs"), koru.KeyField("id"))
		if !errors.Is(err, errBroken) {
			t.Errorf("a reader that fails is %v", err)
		}
		if _, err = db.Load(ctx, bytes.NewReader([]byte("{\"key\":\"n/a\",\"value\":\"\xff\"}\n"))); !errors.Is(err, koru.ErrInvalidLine) {
			t.Errorf("bytes that are no text are %v", err)
		}
		if after := must(db.Stats(ctx)).Versions; after != before {
			t.Errorf("%d versions were written by loads that failed", after-before)
		}
	})
}

// brokenAfter is lines whose reader fails behind the last of them.
type brokenAfter struct{ text *strings.Reader }

func (b *brokenAfter) Read(to []byte) (int, error) {
	if b.text.Len() == 0 {
		return 0, errBroken
	}
	return b.text.Read(to)
}
