package koru

import (
	"bufio"
	"context"
	"io"
	"sync/atomic"
)

// outbox writes lines in the order in which they are given, so that a caller never waits in a write to a pipe that nobody
// reads.
type outbox struct {
	lines   chan *letter
	closing chan struct{}
	// Closed when nothing is written any more.
	done chan struct{}
}

// letter is a line on its way. It was sent as soon as any part of it may have been.
type letter struct {
	line  []byte
	state atomic.Int32
}

const (
	waiting int32 = iota
	sent
	withdrawn
)

// outboxLines is how many lines wait before those who bring more have to.
const outboxLines = 256

// burst is how many bytes of short lines are written at once.
const burst = 64 << 10

func newOutbox(to io.WriteCloser) *outbox {
	o := &outbox{lines: make(chan *letter, outboxLines), closing: make(chan struct{}), done: make(chan struct{})}
	go o.run(to)
	return o
}

// post gives a line to be written.
func (o *outbox) post(ctx context.Context, line []byte) (*letter, error) {
	l := &letter{line: line}
	select {
	case o.lines <- l:
		return l, nil
	case <-o.closing:
		return l, io.ErrClosedPipe
	case <-o.done:
		return l, io.ErrClosedPipe
	case <-ctx.Done():
		return l, ctx.Err()
	}
}

// close ends the stream behind the lines that were given before. It is called once.
func (o *outbox) close() {
	close(o.closing)
}

func (o *outbox) run(to io.WriteCloser) {
	defer close(o.done)
	defer to.Close()
	out := bufio.NewWriterSize(to, burst)
	for last := false; !last; {
		select {
		case l := <-o.lines:
			out.Write(l.take())
		case <-o.closing:
			last = true
		}
		for len(o.lines) > 0 {
			out.Write((<-o.lines).take())
		}
		// It tells of a failure of any write before it.
		if out.Flush() != nil {
			return
		}
	}
}

// take marks a line as sent, unless it was withdrawn.
func (l *letter) take() []byte {
	if !l.state.CompareAndSwap(waiting, sent) {
		return nil
	}
	return l.line
}

// withdraw takes a line back, and tells whether that was still possible.
func (l *letter) withdraw() bool {
	return l.state.CompareAndSwap(waiting, withdrawn)
}
