package koru

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// DB is an open database. It is safe for use by many goroutines at once, and their writes share syncs of the disk.
type DB struct {
	reads
	carrier carrier
	timeout time.Duration
	actor   string
}

// Connect talks to a server that kdelta start has started, such as http://localhost:7878. It makes sure that the server is
// there and speaks the same protocol.
//
// The error is [ErrUnreachable] when nothing listens there, [ErrUnauthorized] when an API key is asked for, see [WithKey].
func Connect(ctx context.Context, url string, settings ...Setting) (*DB, error) {
	s := settled(settings)
	server, err := newServer(url, s)
	if err != nil {
		return nil, err
	}
	db := newDB(server, s)
	if err := db.Call(ctx, "hello", greeting, nil); err != nil {
		server.close()
		return nil, err
	}
	return db, nil
}

// Open opens a folder, and makes it if there is none. A child process carries it, so nothing else has to run: the kdelta
// program, which is found by [WithBridge], by the variable KDELTA_BRIDGE, or on the PATH. ctx bounds the opening alone.
//
// The error is [ErrBridgeNotFound], [ErrDatabaseLocked] when another process has the folder, or what else is wrong with it.
func Open(ctx context.Context, path string, settings ...Setting) (*DB, error) {
	return open(ctx, settings, "--db", path)
}

// Start opens a database in memory, which is gone when it is closed; for tests above all. See [Open].
func Start(ctx context.Context, settings ...Setting) (*DB, error) {
	return open(ctx, settings, "--memory")
}

func open(ctx context.Context, settings []Setting, place ...string) (*DB, error) {
	s := settled(settings)
	if s.timeout > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, s.timeout)
		defer done()
	}
	bridge, err := startBridge(ctx, s, place...)
	if err != nil {
		return nil, err
	}
	return newDB(bridge, s), nil
}

func newDB(carrier carrier, s settings) *DB {
	db := &DB{carrier: carrier, timeout: s.timeout, actor: s.actor}
	db.reads.db = db
	return db
}

// Close lets go of the database. Calls under way are still answered, and those that come later fail with [ErrClosed]. What was
// acknowledged is safe without it.
//
// The error is [ErrTimeout] when a bridge has not ended after ten seconds; it was killed then.
func (db *DB) Close() error {
	return db.carrier.close()
}

// Call carries out any operation by its name on the wire, also one that is newer than this client. params is what becomes
// a JSON object, or nil; result points to what takes the answer, or is nil. See also [DB.Operations].
func (db *DB) Call(ctx context.Context, op string, params, result any) error {
	text := Value("{}")
	if params != nil {
		var err error
		if text, err = ValueOf(params); err != nil {
			return err
		}
	}
	return db.send(ctx, op, text, result, readOps[op] || op == "hello" || isNamed(text), 0)
}

// call carries out an operation with what was given to a method.
func (db *DB) call(ctx context.Context, op string, params *members, result any) error {
	text, err := params.text()
	if err != nil {
		return err
	}
	return db.send(ctx, op, text, result, readOps[op] || params.find("idempotencyKey") >= 0, 0)
}

// send makes one call within the time that it has; longer is how much more than others it may take.
func (db *DB) send(ctx context.Context, op string, params Value, result any, repeatable bool, longer time.Duration) error {
	if db.timeout > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, db.timeout+longer)
		defer done()
	}
	answer, err := db.carrier.call(ctx, op, params, repeatable)
	if err != nil || result == nil {
		return err
	}
	return readResult(op, answer, result)
}

func readResult(op string, answer Value, result any) error {
	if err := json.Unmarshal(answer, result); err != nil {
		return failure(ErrBadRequest, fmt.Sprintf("The answer to %s does not fit %T: %v.", op, result, err)).because(err)
	}
	return nil
}

// isNamed tells whether the params of a write carry its idempotency key.
func isNamed(params Value) bool {
	var named struct {
		IdempotencyKey string `json:"idempotencyKey"`
	}
	return json.Unmarshal(params, &named) == nil && named.IdempotencyKey != ""
}

// Operations has a method for each operation of the table, with its params as they are on the wire. The methods of [DB] are
// made of the same calls, and more comfortable.
type Operations struct {
	db *DB
}

// Operations are the operations as they are on the wire.
func (db *DB) Operations() Operations {
	return Operations{db}
}
