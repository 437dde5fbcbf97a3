package koru

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// conversation is a carrier over a pair of streams: a JSON text a line, as docs/protocol.md has it.
type conversation struct {
	outbox *outbox
	// Closed when nothing comes back any more; end then says why.
	done chan struct{}
	end  error

	mu     sync.Mutex
	calls  map[int64]*exchange
	lastID int64
	closed bool
}

// exchange is a call that is under way.
type exchange struct {
	id      int64
	op      string
	replies chan *reply
	// What makes the request whole; nil as long as more of it follows.
	last *letter
}

// converse begins a conversation. ended is called when no line comes any more, and says why.
func converse(in io.WriteCloser, out io.Reader, ended func(error) error) *conversation {
	c := &conversation{outbox: newOutbox(in), done: make(chan struct{}), calls: make(map[int64]*exchange)}
	go func() {
		err := c.read(bufio.NewReaderSize(out, burst))
		c.end = ended(err)
		close(c.done)
	}()
	return c
}

// read takes lines until the last, and gives each to the call it belongs to.
func (c *conversation) read(lines *bufio.Reader) error {
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return err
		}
		r, err := readReply(line)
		if err != nil {
			return err
		}
		if err := c.deliver(r); err != nil {
			return err
		}
	}
}

func (c *conversation) deliver(r *reply) error {
	isEvent := r.Method != ""
	id := r.Params.ID
	if !isEvent {
		if r.ID == nil {
			_, err := r.answer()
			return err
		}
		id = *r.ID
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	x, ok := c.calls[id]
	if !ok {
		// Its caller has gone.
		return nil
	}
	if !isEvent {
		delete(c.calls, id)
	}
	select {
	case x.replies <- r:
		return nil
	default:
		return failure(ErrBadRequest, fmt.Sprintf("More messages of %s came than there was credit for.", x.op))
	}
}

// begin sends a call that is answered by at most so many messages at a time.
func (c *conversation) begin(ctx context.Context, op string, params Value, room int) (*exchange, error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, failure(ErrClosed, "The database is closed.").leaving(outcomeOf(op, false))
	}
	c.lastID++
	x := &exchange{id: c.lastID, op: op, replies: make(chan *reply, room)}
	c.calls[x.id] = x
	c.mu.Unlock()

	line, err := requestLine(x.id, op, params)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		x.last, err = c.outbox.post(ctx, line)
	}
	if err != nil {
		c.forget(x)
		return nil, c.unsent(ctx, op, err)
	}
	return x, nil
}

// unsent is the failure of a call that was never written.
func (c *conversation) unsent(ctx context.Context, op string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own.leaving(outcomeOf(op, false))
	}
	// Why nothing is written any more is known when nothing is read either.
	select {
	case <-ctx.Done():
		return interrupted(ctx, op, outcomeOf(op, false))
	case <-c.done:
		return lost(c.end, op, outcomeOf(op, false))
	}
}

// next brings the next message that answers a call, or the failure that ends it.
func (c *conversation) next(ctx context.Context, x *exchange) (*reply, error) {
	select {
	case r := <-x.replies:
		return r, nil
	case <-ctx.Done():
		outcome := outcomeOf(x.op, x.sent())
		c.cancel(x)
		return nil, interrupted(ctx, x.op, outcome)
	case <-c.done:
	}
	// It may have come just before the end.
	select {
	case r := <-x.replies:
		return r, nil
	default:
		return nil, lost(c.end, x.op, outcomeOf(x.op, x.sent()))
	}
}

// sent tells whether the request may have been written whole, and sees to it that it is not from now on.
func (x *exchange) sent() bool {
	return x.last != nil && !x.last.withdraw()
}

// cancel tells the other side that nobody waits for a call any more.
func (c *conversation) cancel(x *exchange) {
	if c.forget(x) {
		// Nobody waits for a pipe that is full either.
		go c.tell(context.Background(), "cancel", fmt.Sprintf(`{"id":%d}`, x.id))
	}
}

// forget ends the waiting for a call, and tells whether it was still under way.
func (c *conversation) forget(x *exchange) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, waiting := c.calls[x.id]
	delete(c.calls, x.id)
	return waiting
}

// tell sends a message that has no answer.
func (c *conversation) tell(ctx context.Context, method, params string) (*letter, error) {
	line, err := requestLine(0, method, Value(params))
	if err != nil {
		return nil, err
	}
	return c.outbox.post(ctx, line)
}

func (c *conversation) call(ctx context.Context, op string, params Value, _ bool) (Value, error) {
	x, err := c.begin(ctx, op, params, 1)
	if err != nil {
		return nil, err
	}
	r, err := c.next(ctx, x)
	if err != nil {
		return nil, err
	}
	return r.answer()
}

// shut refuses calls from now on, and closes the stream to the other side behind those that were made.
func (c *conversation) shut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		c.outbox.close()
	}
}

// lost is the failure of a call whose conversation broke off.
func lost(end error, op string, outcome Outcome) *Error {
	detail := fmt.Sprintf("The connection ended before the answer to %s came: %v.", op, end)
	return failure(ErrConnectionLost, detail).because(end).leaving(outcome)
}
