package koru

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// retry tries calls again as docs/protocol.md has it.
type retry struct {
	times int
}

const (
	firstPause = 500 * time.Millisecond
	longPause  = 8 * time.Second
)

// do makes a call, and makes it again while that may help and can do no harm.
func (r retry) do(ctx context.Context, repeatable bool, call func() (Value, error)) (Value, error) {
	for tries := 0; ; tries++ {
		result, err := call()
		var own *Error
		if err == nil || tries >= r.times || !errors.As(err, &own) || !worthwhile(own, repeatable) {
			return result, err
		}
		select {
		case <-time.After(pause(tries, own.after)):
		case <-ctx.Done():
			// Why it failed says more than that there was no time left to try again.
			return nil, err
		}
	}
}

// worthwhile tells whether a call that failed so may be made again. A conflict is an answer and never is. A call that
// cannot be repeated is, where nothing was done for sure.
func worthwhile(e *Error, repeatable bool) bool {
	if repeatable && (e.Code == ErrConnectionLost || e.Code == ErrTimeout && e.cause == nil) {
		return true
	}
	notDone := e.HTTPStatus == http.StatusServiceUnavailable || e.HTTPStatus == http.StatusTooManyRequests
	return e.Retryable && (repeatable || notDone)
}

// pause is half a second, twice as long each time up to eight, less a random quarter; or what the server asks for, up to
// eight too.
func pause(tries int, asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, longPause)
	}
	full := min(firstPause<<min(tries, 8), longPause)
	return full - time.Duration(rand.Int64N(int64(full)/4))
}
