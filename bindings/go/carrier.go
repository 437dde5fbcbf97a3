package koru

import (
	"context"
	"io"
)

// carrier takes calls to the engine and brings their answers. Whatever it returns as an error of its own is an *Error.
type carrier interface {
	// call carries out one operation. repeatable says that doing it twice is the same as doing it once.
	call(ctx context.Context, op string, params Value, repeatable bool) (Value, error)
	// download writes the lines that an operation answers.
	download(ctx context.Context, op string, params *members, to io.Writer) error
	// upload carries out an operation that takes lines.
	upload(ctx context.Context, op string, params *members, lines io.Reader) (Value, error)
	// close lets what was sent end, and then goes.
	close() error
}

// outcomeOf is what can be said of a call whose answer did not come; nothing of one that changes nothing.
func outcomeOf(op string, sent bool) Outcome {
	switch {
	case readOps[op] || op == "export" || op == "hello":
		return ""
	case sent:
		return Unknown
	default:
		return NotDone
	}
}
