package koru_test

import (
	"fmt"
	"strings"
	"testing"

	koru "github.com/koru-delta/go-client"
)

// document has about a hundred bytes as JSON.
type document struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Age   int    `json:"age"`
	City  string `json:"city"`
}

func documentNumbered(i int) document {
	return document{fmt.Sprintf("Person %07d", i), fmt.Sprintf("person%07d@example.org", i), i % 100, "Rio de Janeiro"}
}

// onDisk opens a folder in each way, synced as by default.
var onDisk = map[string]func(b *testing.B) *koru.DB{
	"stdio": func(b *testing.B) *koru.DB { return opened(b)(koru.Open(b.Context(), b.TempDir())) },
	"http": func(b *testing.B) *koru.DB {
		_, url := server(b, "--db", b.TempDir())
		return opened(b)(koru.Connect(b.Context(), url))
	},
}

func benchEach(b *testing.B, bench func(b *testing.B, db *koru.DB)) {
	for _, name := range []string{"stdio", "http"} {
		b.Run(name, func(b *testing.B) {
			db := onDisk[name](b)
			b.ResetTimer()
			bench(b, db)
		})
	}
}

const benchDocuments = 100_000

func perSecond(b *testing.B, each int) {
	b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), "documents/s")
}

// A batch of structs, encoded on the way.
func BenchmarkBatchPut(b *testing.B) {
	items := make([]koru.Item, benchDocuments)
	for i := range items {
		items[i] = koru.Item{Namespace: "people", Key: fmt.Sprintf("p%07d", i), Value: documentNumbered(i)}
	}
	benchEach(b, func(b *testing.B, db *koru.DB) {
		for b.Loop() {
			must(db.BatchPut(b.Context(), items))
		}
		perSecond(b, benchDocuments)
	})
}

// Lines that are JSON already.
func BenchmarkLoad(b *testing.B) {
	var lines strings.Builder
	for i := range benchDocuments {
		fmt.Fprintf(&lines, "{\"key\":\"people/p%07d\",\"value\":%s}\n", i, must(koru.ValueOf(documentNumbered(i))))
	}
	benchEach(b, func(b *testing.B, db *koru.DB) {
		for b.Loop() {
			must(db.Load(b.Context(), strings.NewReader(lines.String())))
		}
		perSecond(b, benchDocuments)
	})
}

// One call after the other.
func BenchmarkGet(b *testing.B) {
	benchEach(b, func(b *testing.B, db *koru.DB) {
		must(db.Put(b.Context(), "people", "p", documentNumbered(1)))
		for b.Loop() {
			must(koru.Get[document](b.Context(), db, "people", "p"))
		}
	})
}

func BenchmarkPut(b *testing.B) {
	benchEach(b, func(b *testing.B, db *koru.DB) {
		for b.Loop() {
			must(db.Put(b.Context(), "people", "p", documentNumbered(1)))
		}
	})
}

// Calls of many goroutines, which share syncs of the disk.
func BenchmarkPutsAtOnce(b *testing.B) {
	benchEach(b, func(b *testing.B, db *koru.DB) {
		b.SetParallelism(64)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				must(db.Put(b.Context(), "people", "p", documentNumbered(1)))
			}
		})
	})
}
