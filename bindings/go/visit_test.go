package koru_test

import (
	"testing"

	koru "github.com/koru-delta/go-client"
)

// testDB is an empty database in memory that ends with its test.
func testDB(t *testing.T) *koru.DB {
	t.Helper()
	db, err := koru.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestVisitsAreCounted(t *testing.T) {
	db := testDB(t)
	for want := 1; want <= 2; want++ {
		if got, err := visit(t.Context(), db, "alice"); got != want || err != nil {
			t.Errorf("visit %d is %d, %v", want, got, err)
		}
	}
}
