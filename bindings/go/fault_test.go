package koru_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	koru "github.com/koru-delta/go-client"
)

// fault is what happens to a request on its way to the server. It returns whether the request goes on.
type fault func(answer http.ResponseWriter, request *http.Request, forward http.Handler)

// path is a way to a real server on which faults happen, each to one request.
type path struct {
	url      string
	server   interface{ Kill() error }
	faults   chan fault
	requests atomic.Int64
}

func faultyPath(t *testing.T) *path {
	t.Helper()
	process, address := server(t, "--memory")
	target := must(url.Parse(address))
	p := &path{server: process, faults: make(chan fault, 8)}
	forward := &httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) { request.SetURL(target) }, FlushInterval: -1}
	way := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		p.requests.Add(1)
		select {
		case fault := <-p.faults:
			fault(answer, request, forward)
		default:
			forward.ServeHTTP(answer, request)
		}
	}))
	t.Cleanup(way.Close)
	p.url = way.URL
	return p
}

// dropped cuts the connection after the server has carried the request out.
func dropped(_ http.ResponseWriter, request *http.Request, forward http.Handler) {
	forward.ServeHTTP(httptest.NewRecorder(), request)
	panic(http.ErrAbortHandler)
}

// halved cuts the answer in the middle.
func halved(answer http.ResponseWriter, request *http.Request, forward http.Handler) {
	whole := httptest.NewRecorder()
	forward.ServeHTTP(whole, request)
	answer.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	answer.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// status answers in the place of the server.
func status(code int, headers ...string) fault {
	return func(answer http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i+1 < len(headers); i += 2 {
			answer.Header().Set(headers[i], headers[i+1])
		}
		http.Error(answer, "<h1>a page of a proxy</h1>", code)
	}
}

func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	p := faultyPath(t)
	db := opened(t)(koru.Connect(ctx, p.url))
	once := opened(t)(koru.Connect(ctx, p.url, koru.WithRetries(0)))
	must(db.Put(ctx, "n", "k", 0))
	put := func(db *koru.DB, options ...koru.Option) func() error {
		return func() error { return second(db.Put(ctx, "n", "k", 1, options...)) }
	}
	get := func(db *koru.DB) func() error {
		return func() error { return second(db.Get(ctx, "n", "k")) }
	}
	named := koru.IdempotencyKey(koru.NewIdempotencyKey())
	batch := func() error {
		_, err := db.BatchPut(ctx, []koru.Item{{Namespace: "n", Key: "k", Value: 1}}, koru.IdempotencyKey(koru.NewIdempotencyKey()))
		return err
	}
	cases := []struct {
		name               string
		faults             []fault
		call               func() error
		want               error
		outcome            koru.Outcome
		requests, versions int64
	}{
		{"a read that was dropped", []fault{dropped, dropped}, get(db), nil, "", 3, 0},
		{"a read that is dropped always", []fault{dropped, dropped, dropped}, get(db), koru.ErrConnectionLost, "", 3, 0},
		{"a read without retries", []fault{dropped}, get(once), koru.ErrConnectionLost, "", 1, 0},
		{"a read that was halved", []fault{halved}, get(db), nil, "", 2, 0},
		{"a write that was dropped", []fault{dropped}, put(db), koru.ErrConnectionLost, koru.Unknown, 1, 1},
		{"a write with a name", []fault{dropped, dropped}, put(db, named), nil, "", 3, 1},
		{"a batch with a name", []fault{halved}, batch, nil, "", 2, 1},
		{"a write to a server that is busy", []fault{status(503), status(429, "Retry-After", "1")}, put(db), nil, "", 3, 1},
		{"a write without retries", []fault{status(503)}, put(once), koru.ErrUnavailable, "", 1, 0},
		{"a write that a gateway lost", []fault{status(502)}, put(db), koru.ErrConnectionLost, koru.Unknown, 1, 0},
		{"a read that a gateway gave up", []fault{status(504)}, get(db), nil, "", 2, 0},
		{"a page where an answer should be", []fault{status(418)}, get(db), koru.ErrBadRequest, "", 1, 0},
		{"a conflict", nil, put(db, koru.IfAbsent()), koru.ErrConflict, "", 1, 0},
	}
	for _, c := range cases {
		versions, requests := must(once.Stats(ctx)).Versions, p.requests.Load()
		for _, fault := range c.faults {
			p.faults <- fault
		}
		err := c.call()
		var own *koru.Error
		if !errors.Is(err, c.want) || errors.As(err, &own) && own.Outcome != c.outcome {
			t.Errorf("%s is %v, outcome %q", c.name, err, own.Outcome)
		}
		if made := p.requests.Load() - requests; made != c.requests {
			t.Errorf("%s took %d requests", c.name, made)
		}
		if written := must(once.Stats(ctx)).Versions - versions; written != c.versions {
			t.Errorf("%s wrote %d versions", c.name, written)
		}
	}
}

func TestTransfersThatBreak(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	p := faultyPath(t)
	db := opened(t)(koru.Connect(ctx, p.url))
	must(db.Put(ctx, "n", "k", strings.Repeat("x", 100_000)))
	p.faults <- halved
	var file bytes.Buffer
	if err := db.Export(ctx, &file); !errors.Is(err, koru.ErrConnectionLost) {
		t.Errorf("half an export is %v", err)
	}
	p.faults <- dropped
	_, err := db.Load(ctx, strings.NewReader("{\"key\":\"n/l\",\"value\":1}\n"))
	var own *koru.Error
	if !errors.As(err, &own) || own.Code != koru.ErrConnectionLost || own.Outcome != koru.Unknown {
		t.Errorf("a load whose answer was lost is %v", err)
	}
	// A feed goes on where it was.
	watch := db.Watch(ctx)
	p.faults <- dropped
	must(koru.Connect(ctx, p.url))
	must(db.Put(ctx, "n", "seen", 1))
	for change, err := range watch {
		if err != nil || change.Key != "seen" {
			t.Errorf("the watch saw %s, %v", change.Key, err)
		}
		break
	}
}

func TestAServerThatDies(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	process, address := server(t, "--memory")
	db := opened(t)(koru.Connect(ctx, address, koru.WithRetries(0)))
	must(db.Put(ctx, "n", "k", 1))
	// More than there are calls at once: a feed takes no place of theirs.
	begun, ends := allAtOnce(70, func(i int) error {
		for _, err := range db.Watch(ctx) {
			return err
		}
		return nil
	})
	begun.Wait()
	time.Sleep(200 * time.Millisecond)
	must(db.Get(ctx, "n", "k"))
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, err := range ends() {
		if !errors.Is(err, koru.ErrConnectionLost) && !errors.Is(err, koru.ErrUnreachable) {
			t.Errorf("a watch ended with %v", err)
		}
	}
	_, err := db.Put(ctx, "n", "k", 2)
	var own *koru.Error
	if !errors.As(err, &own) || own.Code != koru.ErrUnreachable || own.Outcome != koru.NotDone || !own.Retryable {
		t.Errorf("a write to a server that is gone is %#v", err)
	}
	if _, err := koru.Connect(ctx, address, koru.WithRetries(0)); !errors.Is(err, koru.ErrUnreachable) {
		t.Errorf("a server that is gone is %v", err)
	}
	for _, address := range []string{"localhost:7878", "ftp://localhost", "", "http://"} {
		if _, err := koru.Connect(ctx, address); !errors.Is(err, koru.ErrInvalidParams) {
			t.Errorf("%q is %v", address, err)
		}
	}
}

func TestAServerThatIsSlow(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	p := faultyPath(t)
	db := opened(t)(koru.Connect(ctx, p.url, koru.WithTimeout(300*time.Millisecond)))
	slow := func(_ http.ResponseWriter, request *http.Request, _ http.Handler) {
		// Only behind the body does a server see that its client has gone.
		io.Copy(io.Discard, request.Body)
		<-request.Context().Done()
	}
	p.faults <- slow
	_, err := db.Put(ctx, "n", "k", 1)
	var own *koru.Error
	if !errors.As(err, &own) || own.Code != koru.ErrTimeout || own.Outcome != koru.Unknown || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a write without an answer is %#v", err)
	}
	p.faults <- slow
	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err = db.Get(brief, "n", "k"); !errors.As(err, &own) || own.Code != koru.ErrTimeout || own.Outcome != "" {
		t.Errorf("a read without an answer is %#v", err)
	}
}

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	ctx := soon(t)
	folder := filepath.Join(t.TempDir(), "data")
	out, err := exec.Command("node", kdelta, "key", "create", "reader", "--read", "open-*", "--db", folder, "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Key string }
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	_, address := server(t, "--db", folder)
	for _, settings := range [][]koru.Setting{nil, {koru.WithKey("kdelta_wrong")}} {
		if _, err := koru.Connect(ctx, address, settings...); !errors.Is(err, koru.ErrUnauthorized) {
			t.Errorf("without the key it is %v", err)
		}
	}
	db := opened(t)(koru.Connect(ctx, address, koru.WithKey(made.Key), koru.WithHTTPClient(&http.Client{})))
	if _, err := db.Put(ctx, "open-1", "k", 1); !errors.Is(err, koru.ErrForbidden) {
		t.Errorf("a write of a reader is %v", err)
	}
	if _, err := db.Get(ctx, "closed", "k"); !errors.Is(err, koru.ErrForbidden) {
		t.Errorf("a read of what it may not see is %v", err)
	}
	if _, err := db.Get(ctx, "open-1", "k"); !errors.Is(err, koru.ErrKeyNotFound) {
		t.Errorf("a read of what is not there is %v", err)
	}
	if strings.Contains(err2text(db.Import(ctx, strings.NewReader(""))), made.Key) {
		t.Error("an error shows the key")
	}
}

func err2text[T any](_ T, err error) string { return err.Error() }
