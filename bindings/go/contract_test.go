package koru_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	koru "github.com/koru-delta/go-client"
)

type user struct {
	Name string `json:"name"`
	City string `json:"city,omitempty"`
}

func TestWritesAndReads(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		first := must(db.Put(ctx, "users", "alice", user{Name: "Alice", City: "Paris"}, koru.Actor("ann"), koru.Reason("new")))
		if first.Seq != 1 || first.Previous != "" || first.Actor != "ann" || first.Reason != "new" || first.Value != nil {
			t.Errorf("the first version is %+v", first)
		}
		if age := time.Since(first.Timestamp); age < -time.Minute || age > time.Minute {
			t.Errorf("it was written at %v", first.Timestamp)
		}
		second := must(db.Put(ctx, "users", "alice", user{Name: "Alice", City: "Rome"}))
		if second.Previous != first.Version {
			t.Errorf("%s follows %s", second.Previous, first.Version)
		}
		if got := must(koru.Get[user](ctx, db, "users", "alice")); got != (user{"Alice", "Rome"}) {
			t.Errorf("got %v", got)
		}
		if got := must(db.Get(ctx, "users", "alice")); !reflect.DeepEqual(got, map[string]any{"name": "Alice", "city": "Rome"}) {
			t.Errorf("got %v", got)
		}
		for _, moment := range []string{first.Version, koru.Seq(1), koru.Time(first.Timestamp)} {
			if got := must(koru.GetAt[user](ctx, db, "users", "alice", moment)); got.City != "Paris" {
				t.Errorf("at %s she was in %v", moment, got)
			}
			if got := must(koru.Get[user](ctx, db.At(moment), "users", "alice")); got.City != "Paris" {
				t.Errorf("in the view of %s she was in %v", moment, got)
			}
		}
		if got := must(db.GetVersion(ctx, "users", "alice")); got.Version != second.Version || got.Value.String() != `{"name":"Alice","city":"Rome"}` {
			t.Errorf("got %+v", got)
		}
		diff := must(db.Diff(ctx, "users", "alice"))
		if len(diff.Patch) != 1 || diff.Patch[0].Path != "/city" || diff.Patch[0].Value.String() != `"Rome"` {
			t.Errorf("the diff is %+v", diff)
		}
		if diff := must(db.At(first.Version).Diff(ctx, "users", "alice")); diff.To != first.Version || diff.From != "" {
			t.Errorf("the diff in the view is %+v", diff)
		}
		if names := must(db.At("seq:0").Namespaces(ctx)); len(names) != 0 {
			t.Errorf("the view of the beginning has %v", names)
		}
		must(db.Delete(ctx, "users", "alice"))
		if _, err := db.Get(ctx, "users", "alice"); !errors.Is(err, koru.ErrKeyDeleted) || !errors.Is(err, koru.ErrNotFound) {
			t.Errorf("a deleted key is %v", err)
		}
		must(db.Revert(ctx, "users", "alice"))
		must(db.Revert(ctx, "users", "alice", koru.At(first.Version)))
		var cities []string
		for version, err := range db.History(ctx, "users", "alice") {
			if err != nil {
				t.Fatal(err)
			}
			if version.Deleted {
				cities = append(cities, "-")
				continue
			}
			cities = append(cities, must(koru.As[user](version)).City)
		}
		if want := []string{"Paris", "Rome", "-", "Rome", "Paris"}; !slices.Equal(cities, want) {
			t.Errorf("her history is %v", cities)
		}
	})
}

func TestErrorsSayWhatWasMeant(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		version := must(db.Put(ctx, "users", "alice", 1))
		_, err := db.Get(ctx, "users", "alic")
		var own *koru.Error
		if !errors.As(err, &own) || own.Code != koru.ErrKeyNotFound || own.Outcome != "" || own.ExitCode != 3 || len(own.Hints) == 0 {
			t.Fatalf("got %#v", err)
		}
		want := "koru: key_not_found: Key 'users/alic' not found. Did you mean users/alice (different spelling)?"
		if err.Error() != want {
			t.Errorf("the error reads %q", err)
		}
		if errors.Is(err, koru.ErrKeyDeleted) || errors.Is(err, koru.ErrConflict) {
			t.Error("it is of one kind alone")
		}
		_, err = db.GetAt(ctx, "users", "alice", "2020-01-01T00:00:00Z")
		if !errors.Is(err, koru.ErrNotYetWritten) || !errors.Is(err, koru.ErrNotFound) {
			t.Errorf("before the first version there is %v", err)
		}
		must(db.Put(ctx, "users", "alice", 2, koru.IfVersion(version.Version)))
		for _, guard := range []koru.Option{koru.IfVersion(version.Version), koru.IfAbsent()} {
			_, err = db.Put(ctx, "users", "alice", 3, guard)
			if !errors.As(err, &own) || !errors.Is(err, koru.ErrConflict) || own.Facts["currentValue"].String() != "2" {
				t.Errorf("a guard that does not hold is %#v", err)
			}
		}
		refused := map[koru.Code]error{
			koru.ErrInvalidNamespace: second(db.Put(ctx, "a/b", "k", 1)),
			koru.ErrInvalidKey:       second(db.Put(ctx, "a", "", 1)),
			koru.ErrInvalidMoment:    second(db.GetAt(ctx, "users", "alice", "soon")),
			koru.ErrInvalidParams:    second(db.Put(ctx, "a", "k", 1, koru.Prefix("x"))),
			koru.ErrUnknownOperation: db.Call(ctx, "putt", nil, nil),
			koru.ErrNothingToRevert:  second(db.Revert(ctx, "users", "alice", koru.At("now"))),
		}
		for code, err := range refused {
			if !errors.Is(err, code) {
				t.Errorf("%s is %v", code, err)
			}
		}
	})
}

func TestLookingAround(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		var items []koru.Item
		for i := range 250 {
			items = append(items, koru.Item{Namespace: "n", Key: fmt.Sprintf("k%03d", i), Value: i})
		}
		receipt := must(db.BatchPut(ctx, items))
		if receipt.Count != 250 || receipt.Durability != "none" && receipt.Durability != "sync" {
			t.Errorf("the receipt is %+v", receipt)
		}
		keys := func(options ...koru.Option) (keys []string) {
			for version, err := range db.List(ctx, "n", options...) {
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, version.Key)
			}
			return keys
		}
		if all := keys(); len(all) != 250 || !slices.IsSorted(all) {
			t.Errorf("%d keys are listed", len(all))
		}
		lists := map[string][]string{
			"prefix":  keys(koru.Prefix("k24"), koru.Limit(3)),
			"range":   keys(koru.From("k002"), koru.To("k004")),
			"reverse": keys(koru.Reverse(), koru.Limit(2)),
			"past":    keys(koru.At("seq:0")),
			"limit":   keys(koru.Limit(201))[198:],
		}
		want := map[string][]string{
			"prefix":  {"k240", "k241", "k242"},
			"range":   {"k002", "k003"},
			"reverse": {"k249", "k248"},
			"past":    nil,
			"limit":   {"k198", "k199", "k200"},
		}
		if !reflect.DeepEqual(lists, want) {
			t.Errorf("lists are %v", lists)
		}
		for _, err := range db.List(ctx, "n", koru.Limit(0)) {
			if !errors.Is(err, koru.ErrInvalidParams) {
				t.Errorf("a limit of nothing is %v", err)
			}
		}
		must(db.Delete(ctx, "n", "k000"))
		must(db.Put(ctx, "m", "x", nil))
		names := must(db.Namespaces(ctx, koru.Counts()))
		if len(names) != 2 || names[0].Name != "m" || *names[0].Keys != 1 || *names[1].Keys != 249 {
			t.Errorf("the namespaces are %+v", names)
		}
		var changed []string
		for diff, err := range db.DiffNamespace(ctx, "n", koru.Seq(receipt.LastSeq)) {
			changed = append(changed, fmt.Sprint(diff.Change, diff.Key, err))
		}
		if !slices.Equal(changed, []string{"deletedk000<nil>"}) {
			t.Errorf("the differences are %v", changed)
		}
		stats := must(db.Stats(ctx, koru.Counts()))
		if stats.Versions != 252 || *stats.Keys != 250 || !stats.Writable {
			t.Errorf("the stats are %+v", stats)
		}
		if report := must(db.Verify(ctx)); !report.OK || report.Versions != 252 {
			t.Errorf("the check says %+v", report)
		}
	})
}

func TestExportAndImport(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		for i := range 3 {
			must(db.Put(ctx, "n", "k", fmt.Sprint(i, strings.Repeat("ö", 600_000))))
		}
		var file bytes.Buffer
		if err := db.Export(ctx, &file); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Import(ctx, bytes.NewReader(file.Bytes())); !errors.Is(err, koru.ErrImportRefused) {
			t.Errorf("an import over what is there is %v", err)
		}
		other := opened(t)(koru.Start(ctx))
		report := must(other.Import(ctx, bytes.NewReader(file.Bytes())))
		if report.Versions != 3 || report.Commits != 3 || !report.FirstTimestamp.Before(report.LastTimestamp) {
			t.Errorf("the report is %+v", report)
		}
		if err := errors.Join(equalHistories(t, db, other)); err != nil {
			t.Error(err)
		}
		if _, err := other.Import(ctx, bytes.NewReader(file.Bytes()[:file.Len()-100]), koru.Restamp()); !errors.Is(err, koru.ErrExportDamaged) {
			t.Errorf("half a file is %v", err)
		}
		broken := &brokenWriter{}
		if err := db.Export(ctx, broken); err != errBroken {
			t.Errorf("a writer that fails ends it with %v", err)
		}
		must(db.Get(ctx, "n", "k"))
	})
}

func equalHistories(t *testing.T, one, other *koru.DB) error {
	histories := [2][]koru.Version{}
	for i, db := range []*koru.DB{one, other} {
		for version, err := range db.History(t.Context(), "n", "k") {
			if err != nil {
				return err
			}
			version.Seq = 0
			histories[i] = append(histories[i], version)
		}
	}
	if len(histories[0]) == 0 || !reflect.DeepEqual(histories[0], histories[1]) {
		return errors.New("the histories differ")
	}
	return nil
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (*brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func second[T any](_ T, err error) error { return err }
