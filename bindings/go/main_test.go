package koru_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	koru "github.com/koru-delta/go-client"
)

// kdelta is the program under test, as the workspace has built it.
var kdelta = func() string {
	path, err := filepath.Abs("../../packages/cli/dist/kdelta.js")
	if err != nil {
		panic(err)
	}
	return path
}()

// The examples talk to localhost:7878, as users do. Here that is a server of this run, so nothing else may have the port.
func TestMain(m *testing.M) {
	if _, err := os.Stat(kdelta); err != nil {
		fmt.Fprintln(os.Stderr, "The kdelta program is not built: run npm run build at the root of the repository.", err)
		os.Exit(1)
	}
	os.Setenv("KDELTA_BRIDGE", fmt.Sprintf("node '%s'", kdelta))
	if path := os.Getenv(holdVariable); path != "" {
		holdFolder(path)
	}
	server, url, err := startServer("--memory")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	dialer := &net.Dialer{}
	http.DefaultTransport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "localhost:7878" {
			address = url[len("http://"):]
		}
		return dialer.DialContext(ctx, network, address)
	}
	code := m.Run()
	server.Kill()
	os.Exit(code)
}

// startServer starts a server and waits until it listens.
func startServer(place ...string) (*os.Process, string, error) {
	command := exec.Command("node", append([]string{kdelta, "start", "--port", "0", "--json"}, place...)...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := command.Start(); err != nil {
		return nil, "", err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return nil, "", fmt.Errorf("the server said nothing: %w", err)
	}
	var told struct{ URL string }
	if err := json.Unmarshal(line, &told); err != nil {
		return nil, "", fmt.Errorf("the server said %q: %w", line, err)
	}
	go command.Wait()
	return command.Process, told.URL, nil
}

func server(t testing.TB, place ...string) (*os.Process, string) {
	t.Helper()
	process, url, err := startServer(place...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Kill() })
	return process, url
}

// carriers open an empty database in memory, each in its own way.
var carriers = map[string]func(t testing.TB, settings ...koru.Setting) *koru.DB{
	"stdio": func(t testing.TB, settings ...koru.Setting) *koru.DB {
		return opened(t)(koru.Start(t.Context(), settings...))
	},
	"http": func(t testing.TB, settings ...koru.Setting) *koru.DB {
		_, url := server(t, "--memory")
		return opened(t)(koru.Connect(t.Context(), url, settings...))
	},
}

func opened(t testing.TB) func(*koru.DB, error) *koru.DB {
	return func(db *koru.DB, err error) *koru.DB {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
}

// each runs a test over every carrier.
func each(t *testing.T, test func(t *testing.T, db *koru.DB)) {
	t.Parallel()
	for name, open := range carriers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// must is the result of a call that has to go well.
func must[T any](result T, err error) T {
	if err != nil {
		panic(err)
	}
	return result
}

// soon fails a test that hangs, long before go test does.
func soon(t testing.TB) context.Context {
	ctx, done := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(done)
	return ctx
}
