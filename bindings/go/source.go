package koru

import (
	"io"
	"sync"
	"sync/atomic"
)

// source is the lines of an upload, and remembers how they ended.
type source struct {
	from io.Reader
	// Whether all of it was read.
	ended atomic.Bool

	mu  sync.Mutex
	err error
}

func (s *source) Read(to []byte) (int, error) {
	n, err := s.from.Read(to)
	if err == io.EOF {
		s.ended.Store(true)
	} else if err != nil {
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
	}
	return n, err
}

// broken is the failure of the reader itself, if it failed; then nothing was written.
func (s *source) broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
