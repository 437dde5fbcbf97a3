package koru_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	koru "github.com/koru-delta/go-client"
)

// allAtOnce makes many calls at once, tells when they are under way, and collects how they end.
func allAtOnce(calls int, call func(i int) error) (begun *sync.WaitGroup, ends func() []error) {
	begun, done := &sync.WaitGroup{}, &sync.WaitGroup{}
	errs := make([]error, calls)
	begun.Add(calls)
	done.Add(calls)
	for i := range calls {
		go func() {
			defer done.Done()
			begun.Done()
			errs[i] = call(i)
		}()
	}
	return begun, func() []error {
		done.Wait()
		return errs
	}
}

func TestABridgeThatDies(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	path := t.TempDir()
	db := must(koru.Open(ctx, path))
	must(db.Put(ctx, "n", "before", 1))
	// A stopped process answers nothing, so all of these wait until it dies.
	if err := db.Bridge().Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	begun, ends := allAtOnce(200, func(i int) error {
		if i%2 == 0 {
			return second(db.Get(ctx, "n", "before"))
		}
		return second(db.Put(ctx, "n", fmt.Sprint(i), i))
	})
	_, watchEnds := allAtOnce(1, func(int) error {
		for _, err := range db.Changes(ctx, koru.Since("seq:1"), koru.Param("waitMs", 60_000)) {
			return err
		}
		return nil
	})
	_, loadEnds := allAtOnce(1, func(int) error {
		return second(db.Load(ctx, strings.NewReader("{\"key\":\"n/k\",\"value\":1}\n")))
	})
	begun.Wait()
	time.Sleep(50 * time.Millisecond)
	if err := db.Bridge().Kill(); err != nil {
		t.Fatal(err)
	}
	for i, err := range append(append(ends(), watchEnds()...), loadEnds()...) {
		var own *koru.Error
		if !errors.As(err, &own) || own.Code != koru.ErrConnectionLost {
			t.Fatalf("call %d ended with %v", i, err)
		}
		want := koru.Outcome("")
		switch {
		case i == 201:
			want = koru.NotDone
		case i%2 == 1:
			want = koru.Unknown
		}
		if own.Outcome != want {
			t.Errorf("the outcome of call %d is %q, and not %q: %v", i, own.Outcome, want, err)
		}
	}
	var own *koru.Error
	if _, err := db.Put(ctx, "n", "after", 1); !errors.As(err, &own) || own.Code != koru.ErrConnectionLost || own.Outcome != koru.NotDone {
		t.Errorf("a write behind the end is %v, %s", err, own.Outcome)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	again := opened(t)(koru.Open(ctx, path))
	if got := must(koru.Get[int](ctx, again, "n", "before")); got != 1 {
		t.Errorf("what was acknowledged is %d", got)
	}
}

func TestAWriteIsSentAgainByItsName(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	path := t.TempDir()
	name := koru.NewIdempotencyKey()
	var first koru.Version
	for round := range 3 {
		db := must(koru.Open(ctx, path))
		version := must(db.Put(ctx, "n", "k", 1, koru.IdempotencyKey(name)))
		if round == 0 {
			first = version
		}
		if version.Version != first.Version {
			t.Errorf("round %d wrote %s, and the first %s", round, version.Version, first.Version)
		}
		if _, err := db.Put(ctx, "n", "other", 1, koru.IdempotencyKey(name)); !errors.Is(err, koru.ErrIdempotencyMismatch) {
			t.Errorf("another write with this name is %v", err)
		}
		if err := db.Bridge().Kill(); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCloseWaitsForWhatWasAsked(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	path := t.TempDir()
	db := must(koru.Open(ctx, path))
	begun, ends := allAtOnce(100, func(i int) error { return second(db.Put(ctx, "n", fmt.Sprint(i), i)) })
	begun.Wait()
	if err := errors.Join(db.Close(), db.Close()); err != nil {
		t.Error(err)
	}
	acknowledged := int64(0)
	for _, err := range ends() {
		var own *koru.Error
		switch {
		case err == nil:
			acknowledged++
		case !errors.As(err, &own) || own.Code != koru.ErrClosed && own.Code != koru.ErrConnectionLost || own.Outcome != koru.NotDone:
			t.Errorf("a call ended with %v", err)
		}
	}
	if _, err := db.Get(ctx, "n", "0"); !errors.Is(err, koru.ErrClosed) {
		t.Errorf("a read behind the end is %v", err)
	}
	again := opened(t)(koru.Open(ctx, path))
	if versions := must(again.Stats(ctx)).Versions; versions != acknowledged {
		t.Errorf("%d puts were acknowledged, and %d are there", acknowledged, versions)
	}
}

func TestACallThatIsCancelled(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		must(db.Put(ctx, "n", "k", 1))
		over, cancel := context.WithCancel(ctx)
		cancel()
		_, err := db.Put(over, "n", "k", 2)
		var own *koru.Error
		if !errors.As(err, &own) || own.Code != koru.ErrCancelled || own.Outcome != koru.NotDone || !errors.Is(err, context.Canceled) {
			t.Errorf("a write that was cancelled before it began is %#v", err)
		}
		brief, done := context.WithTimeout(ctx, 50*time.Millisecond)
		defer done()
		began := time.Now()
		for _, err := range db.Watch(brief) {
			if !errors.Is(err, koru.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a watch that ran out of time is %v", err)
			}
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		lines, writer := io.Pipe()
		loading, stop := context.WithCancel(ctx)
		go func() {
			fmt.Fprintln(writer, `{"key":"n/k","value":3}`)
			stop()
			writer.CloseWithError(errBroken)
		}()
		if _, err := db.Load(loading, lines); err == nil {
			t.Error("a load that was cancelled went well")
		}
		if got := must(koru.Get[int](ctx, db, "n", "k")); got != 1 {
			t.Errorf("the value is %d", got)
		}
	})
}

// The bridge is a real one, with a copy of all that it is told.
func TestACancelledCallIsTold(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	told := filepath.Join(t.TempDir(), "told")
	script := fmt.Sprintf(`tee '%s' | node '%s' "$@"`, told, kdelta)
	db := opened(t)(koru.Start(ctx, koru.WithBridge("sh", "-c", script, "sh")))
	brief, done := context.WithTimeout(ctx, 50*time.Millisecond)
	defer done()
	for range db.Watch(brief) {
	}
	must(db.Put(ctx, "n", "k", 1))
	call := regexp.MustCompile(`"id":(\d+),"method":"changes"`).FindSubmatch(must(os.ReadFile(told)))
	if want := fmt.Sprintf(`"method":"cancel","params":{"id":%s}`, call[1]); !strings.Contains(string(must(os.ReadFile(told))), want) {
		t.Errorf("the bridge was never told %s", want)
	}
}

func TestNothingLeaks(t *testing.T) {
	_, address := server(t, "--memory")
	before := runtime.NumGoroutine()
	for round := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		local := round < 3
		open := func() (*koru.DB, error) { return koru.Start(ctx) }
		if !local {
			open = func() (*koru.DB, error) { return koru.Connect(ctx, address) }
		}
		db := must(open())
		must(db.BatchPut(ctx, []koru.Item{{Namespace: "n", Key: "a", Value: 1}, {Namespace: "n", Key: "b", Value: 2}}))
		for range db.List(ctx, "n") {
			break
		}
		for range db.Changes(ctx) {
			break
		}
		time.AfterFunc(10*time.Millisecond, cancel)
		for range db.Watch(ctx) {
		}
		if round == 1 {
			db.Bridge().Kill()
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if !local {
			continue
		}
		if err := db.Bridge().Signal(syscall.Signal(0)); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("the bridge is still there: %v", err)
		}
	}
	for wait := time.Millisecond; runtime.NumGoroutine() > before; wait *= 2 {
		if wait > time.Second {
			stacks := make([]byte, 64<<10)
			t.Fatalf("%d goroutines are left of %d:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(wait)
	}
}

// holdVariable makes of the program of these tests one that holds a folder until it is killed.
const holdVariable = "KORU_TEST_HOLD"

func holdFolder(path string) {
	db := must(koru.Open(context.Background(), path))
	must(db.Put(context.Background(), "n", "k", 1))
	fmt.Println("held")
	select {}
}

// A process that opens a database and is killed takes its bridge with it, so the folder is free again.
func TestABridgeEndsWithItsParent(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), holdVariable+"="+path)
	out := must(holder.StdoutPipe())
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the holder said %q and ended with %v", said, err)
	}
	if _, err := koru.Open(soon(t), path); !errors.Is(err, koru.ErrDatabaseLocked) {
		t.Errorf("a folder that is held opens with %v", err)
	}
	holder.Process.Kill()
	holder.Wait()
	db := opened(t)(koru.Open(soon(t), path))
	if got := must(koru.Get[int](t.Context(), db, "n", "k")); got != 1 {
		t.Errorf("the value is %d", got)
	}
}

func TestWhereTheBridgeIsFound(t *testing.T) {
	ctx := soon(t)
	node := must(exec.LookPath("node"))
	t.Setenv("PATH", t.TempDir())
	t.Setenv("KDELTA_BRIDGE", "")
	_, err := koru.Start(ctx)
	for _, way := range []string{"WithBridge", "KDELTA_BRIDGE", "PATH", "npm install", "koru.Connect"} {
		if !errors.Is(err, koru.ErrBridgeNotFound) || !strings.Contains(err.Error(), way) {
			t.Errorf("%s is not in: %v", way, err)
		}
	}
	if _, err = koru.Start(ctx, koru.WithBridge("/nowhere/kdelta")); !errors.Is(err, koru.ErrBridgeNotFound) {
		t.Errorf("a program that is not there is %v", err)
	}
	opened(t)(koru.Start(ctx, koru.WithBridge(node, kdelta)))
	script := filepath.Join(os.Getenv("PATH"), "kdelta")
	text := fmt.Sprintf("#!/bin/sh\nexec '%s' '%s' \"$@\"\n", node, kdelta)
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	opened(t)(koru.Start(ctx))
	t.Setenv("KDELTA_BRIDGE", fmt.Sprintf(`"%s" '%s'`, node, kdelta))
	t.Setenv("PATH", "")
	opened(t)(koru.Start(ctx))
}

func TestWhatABridgeSaysBeforeItEnds(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := koru.Open(ctx, file); !errors.Is(err, koru.ErrNotADatabase) {
		t.Errorf("a file is %v", err)
	}
	folder := filepath.Dir(file)
	if _, err := koru.Open(ctx, folder); !errors.Is(err, koru.ErrNotADatabase) {
		t.Errorf("a folder of other files is %v", err)
	}
	_, err := koru.Start(ctx, koru.WithBridge("sh", "-c", "echo out of order >&2; exit 3"))
	if !errors.Is(err, koru.ErrConnectionLost) || !strings.Contains(err.Error(), "exit status 3 and said: out of order") {
		t.Errorf("a program that fails is %v", err)
	}
	for _, line := range []string{"hello", `{"id":1}`, `{"jsonrpc":"2.0","id":null,"error":{"code":1}}`, `{"id":1,"result":`} {
		_, err := koru.Start(ctx, koru.WithBridge("sh", "-c", fmt.Sprintf("echo '%s'; exec cat >/dev/null", line)))
		if !errors.Is(err, koru.ErrBadRequest) {
			t.Errorf("a program that says %s is %v", line, err)
		}
	}
	_, err = koru.Start(ctx, koru.WithBridge("sleep", "60"), koru.WithTimeout(100*time.Millisecond))
	if err == nil {
		t.Error("a program that says nothing went well")
	}
}
