package koru

import (
	"io"
	"sync"
	"sync/atomic"
)

// source is the lines of an upload. It remembers how they ended, and leaves their reader alone once the upload has: the client
// of HTTP may still read when it has given its answer.
type source struct {
	// Whether all of it was read.
	ended atomic.Bool

	mu      sync.Mutex
	from    io.Reader
	stopped bool
	err     error
}

func (s *source) Read(to []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return 0, io.ErrClosedPipe
	}
	n, err := s.from.Read(to)
	if err == io.EOF {
		s.ended.Store(true)
	} else if err != nil {
		s.err = err
	}
	return n, err
}

// stop waits for the reader, and lets go of it.
func (s *source) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

// broken is the failure of the reader itself, if it failed; then nothing was written.
func (s *source) broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
