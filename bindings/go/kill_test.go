package koru_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	koru "github.com/koru-delta/go-client"
)

// holders open a folder, and give what holds it, to be killed.
var holders = map[string]func(t *testing.T, folder string) (*koru.DB, *os.Process){
	"stdio": func(t *testing.T, folder string) (*koru.DB, *os.Process) {
		db := opened(t)(koru.Open(t.Context(), folder))
		return db, db.Bridge()
	},
	"http": func(t *testing.T, folder string) (*koru.DB, *os.Process) {
		process, url := server(t, "--db", folder)
		return opened(t)(koru.Connect(t.Context(), url, koru.WithRetries(0))), process
	},
}

// Whenever the holder of a folder is killed, a batch is written whole or not at all, its client knows what it does not know, and
// sending it again by its name writes it once.
func TestABatchInWhichTheHolderIsKilled(t *testing.T) {
	t.Parallel()
	for name, hold := range holders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := soon(t)
			folder := t.TempDir()
			items := make([]koru.Item, 5_000)
			for i := range items {
				items[i] = koru.Item{Namespace: "n", Key: fmt.Sprint(i), Value: documentNumbered(i)}
			}
			const rounds = 3
			for round := range rounds {
				named := koru.IdempotencyKey(koru.NewIdempotencyKey())
				db, holder := hold(t, folder)
				delay := rand.N(60 * time.Millisecond)
				time.AfterFunc(delay, func() { holder.Kill() })
				_, err := db.BatchPut(ctx, items, named)
				checkLoss(t, delay, err)

				again, holder := hold(t, folder)
				receipt := must(again.BatchPut(ctx, items, named))
				stats := must(again.Stats(ctx))
				if want := int64(len(items) * (round + 1)); receipt.Count != 5_000 || receipt.LastSeq != want || stats.Versions != want {
					t.Errorf("killed after %v, the receipt is %+v, and there are %d versions and not %d", delay, receipt, stats.Versions, want)
				}
				holder.Kill()
			}
		})
	}
}

// checkLoss says whether a batch ended as one may whose holder was killed.
func checkLoss(t *testing.T, delay time.Duration, err error) {
	t.Helper()
	var own *koru.Error
	switch {
	case err == nil:
	case !errors.As(err, &own):
		t.Errorf("killed after %v, the batch ended with %v", delay, err)
	case own.Code == koru.ErrUnreachable && own.Outcome == koru.NotDone:
	case own.Code == koru.ErrConnectionLost && own.Outcome != "":
	default:
		t.Errorf("killed after %v, the batch ended with %v, outcome %q", delay, err, own.Outcome)
	}
}
