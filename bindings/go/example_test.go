package koru_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	koru "github.com/koru-delta/go-client"
)

// folder is a path of its own for an example.
func folder() string {
	path, err := os.MkdirTemp("", "koru-example-")
	if err != nil {
		log.Fatal(err)
	}
	return path
}

func Example() {
	ctx := context.Background()

	db, err := koru.Connect(ctx, "http://localhost:7878")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	db.Put(ctx, "users", "alice", map[string]any{"name": "Alice", "city": "Paris"})
	db.Put(ctx, "users", "alice", map[string]any{"name": "Alice", "city": "Rome"}, koru.Reason("moved"))

	type User struct{ Name, City string }
	alice, err := koru.Get[User](ctx, db, "users", "alice")
	fmt.Println(alice.City, err)

	for version, err := range db.History(ctx, "users", "alice", koru.Limit(2)) {
		if err != nil {
			log.Fatal(err)
		}
		user, _ := koru.As[User](version)
		fmt.Println(user.City, version.Reason)
	}
	// Output:
	// Rome <nil>
	// Rome moved
	// Paris
}

func ExampleOpen() {
	ctx := context.Background()
	path := folder()
	defer os.RemoveAll(path)

	db, err := koru.Open(ctx, path)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	version, err := db.Put(ctx, "users", "bob", map[string]any{"name": "Bob"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(version.Seq, version.Previous == "")

	db.Delete(ctx, "users", "bob")
	_, err = db.Get(ctx, "users", "bob")
	fmt.Println(errors.Is(err, koru.ErrNotFound), errors.Is(err, koru.ErrKeyDeleted))

	db.Revert(ctx, "users", "bob") // what was there before the last change, as a new version
	bob, err := db.Get(ctx, "users", "bob")
	fmt.Println(bob, err)
	// Output:
	// 1 true
	// true true
	// map[name:Bob] <nil>
}

func ExampleDB_Put() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	first, _ := db.Put(ctx, "stock", "A1", 7, koru.IfAbsent())
	_, err = db.Put(ctx, "stock", "A1", 6, koru.IfVersion(first.Version))
	fmt.Println(err)

	_, err = db.Put(ctx, "stock", "A1", 5, koru.IfVersion(first.Version))
	var conflict *koru.Error
	if errors.As(err, &conflict) && errors.Is(err, koru.ErrConflict) {
		fmt.Println("somebody wrote", conflict.Facts["currentValue"])
	}
	// Output:
	// <nil>
	// somebody wrote 6
}

func ExampleGetAt() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	one, _ := db.Put(ctx, "stock", "A1", map[string]int{"count": 7})
	db.Put(ctx, "stock", "A1", map[string]int{"count": 4})
	db.Put(ctx, "stock", "B2", map[string]int{"count": 1})

	for _, moment := range []string{one.Version, koru.Seq(1), koru.Time(one.Timestamp), "seq:2", "now"} {
		stock, err := koru.GetAt[map[string]int](ctx, db, "stock", "A1", moment)
		fmt.Println(stock["count"], err)
	}

	then := db.At(one.Version)
	for version, err := range then.List(ctx, "stock") {
		fmt.Println(version.Key, version.Value, err)
	}

	_, err = db.GetAt(ctx, "stock", "A1", koru.Ago(24*time.Hour))
	fmt.Println(errors.Is(err, koru.ErrNotYetWritten))

	diff, _ := db.Diff(ctx, "stock", "A1")
	fmt.Println(diff.Patch[0].Op, diff.Patch[0].Path, diff.Patch[0].Value)
	// Output:
	// 7 <nil>
	// 7 <nil>
	// 7 <nil>
	// 4 <nil>
	// 4 <nil>
	// A1 {"count":7} <nil>
	// true
	// replace /count 4
}

func ExampleDB_BatchPut() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	receipt, err := db.BatchPut(ctx, []koru.Item{
		{Namespace: "users", Key: "alice", Value: map[string]any{"name": "Alice"}, IfVersion: koru.NoVersion()},
		{Namespace: "users", Key: "bob", Delete: true},
	})
	fmt.Println(receipt.Count, err)

	lines := strings.NewReader("{\"id\":1,\"name\":\"Carol\"}\n{\"id\":2,\"name\":\"Dave\"}\n") // or a file
	receipt, err = db.Load(ctx, lines, koru.In("people"), koru.KeyField("id"))
	fmt.Println(receipt.Count, err)

	dave, err := db.GetJSON(ctx, "people", "2")
	fmt.Println(dave, err)
	// Output:
	// 2 <nil>
	// 2 <nil>
	// {"id":2,"name":"Dave"} <nil>
}

func ExampleDB_Transact() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	db.Put(ctx, "accounts", "alice", 100)
	db.Put(ctx, "accounts", "bob", 0)
	err = db.Transact(ctx, func(tx *koru.Tx) error {
		alice, err := koru.Get[int](ctx, tx, "accounts", "alice")
		if err != nil {
			return err
		}
		bob, err := koru.Get[int](ctx, tx, "accounts", "bob")
		if err != nil {
			return err
		}
		return errors.Join(tx.Put("accounts", "alice", alice-10), tx.Put("accounts", "bob", bob+10))
	}, koru.Reason("rent"))

	bob, _ := db.Get(ctx, "accounts", "bob")
	fmt.Println(bob, err)
	// Output: 10 <nil>
}

func ExampleDB_Watch() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	db.Put(ctx, "users", "alice", 1)
	var cursor string
	for change, err := range db.Changes(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		cursor = change.Cursor // good for ever: Since(cursor) goes on behind this change
	}

	go db.Put(ctx, "users", "bob", 2) // by somebody else, meanwhile
	for change, err := range db.Watch(ctx, koru.Since(cursor), koru.In("users")) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(change.Key, change.Value)
		break
	}
	// Output: bob 2
}

func ExampleError() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	db.Put(ctx, "users", "alice", map[string]any{"name": "Alice"})
	_, err = db.Get(ctx, "users", "alic")
	fmt.Println(err)

	var failure *koru.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Code == koru.ErrKeyNotFound, failure.Suggestions[0].Text, failure.Retryable)
	}
	switch {
	case errors.Is(err, koru.ErrKeyDeleted):
		fmt.Println("it was there once")
	case errors.Is(err, koru.ErrNotFound):
		fmt.Println("there is no value")
	}
	// Output:
	// koru: key_not_found: Key 'users/alic' not found. Did you mean users/alice (different spelling)?
	// true users/alice false
	// there is no value
}

func ExampleIdempotencyKey() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	name := koru.NewIdempotencyKey()
	first, _ := db.Put(ctx, "orders", "17", "paid", koru.IdempotencyKey(name))
	again, _ := db.Put(ctx, "orders", "17", "paid", koru.IdempotencyKey(name)) // such as after a lost answer
	fmt.Println(first.Version == again.Version)
	// Output: true
}

func ExampleValue_Decode() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	db.Put(ctx, "ids", "big", json.RawMessage("9007199254740993"))
	exact, _ := db.GetJSON(ctx, "ids", "big")
	number, _ := db.Get(ctx, "ids", "big") // a json.Number
	whole, _ := koru.Get[int64](ctx, db, "ids", "big")
	fmt.Println(exact, number, whole)

	_, err = koru.Get[float64](ctx, db, "ids", "big")
	fmt.Println(errors.Is(err, koru.ErrNumberNotExact))
	// Output:
	// 9007199254740993 9007199254740993 9007199254740993
	// true
}

func ExampleDB_Export() {
	ctx := context.Background()
	db, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.Put(ctx, "users", "alice", 1)
	db.Put(ctx, "users", "alice", 2)

	var file bytes.Buffer // or a file, or the body of a response
	if err := db.Export(ctx, &file); err != nil {
		log.Fatal(err)
	}

	copy, err := koru.Start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer copy.Close()
	report, err := copy.Import(ctx, &file)
	fmt.Println(report.Versions, err)
	// Output: 2 <nil>
}

// A function of an application, and its test.
func visit(ctx context.Context, db *koru.DB, name string) (int, error) {
	var visits int
	err := db.Transact(ctx, func(tx *koru.Tx) error {
		before, err := koru.Get[int](ctx, tx, "visits", name)
		if err != nil && !errors.Is(err, koru.ErrNotFound) {
			return err
		}
		visits = before + 1
		return tx.Put("visits", name, visits)
	})
	return visits, err
}
