package koru

import (
	"context"
	"fmt"
	"io"
	"unicode/utf8"
)

// streamCredit is how many messages of a stream may be on their way to us.
const streamCredit = 16

// uploadRoom is more than the messages of credit that can come while nobody looks.
const uploadRoom = 64

// chunkBytes is how much text one message of a stream may carry.
const chunkBytes = 1 << 20

func (c *conversation) download(ctx context.Context, op string, params *members, to io.Writer) error {
	params.set("credit", streamCredit)
	text, err := params.text()
	if err != nil {
		return err
	}
	x, err := c.begin(ctx, op, text, streamCredit+1)
	if err != nil {
		return err
	}
	for {
		r, err := c.next(ctx, x)
		if err != nil {
			return err
		}
		if r.Method == "" {
			_, err := r.answer()
			return err
		}
		if _, err := io.WriteString(to, r.Params.Text); err != nil {
			c.cancel(x)
			return err
		}
		// Where it cannot be told, the next look at the call says why.
		c.tell(ctx, "credit", fmt.Sprintf(`{"id":%d,"more":1}`, x.id))
	}
}

func (c *conversation) upload(ctx context.Context, op string, params *members, lines io.Reader) (Value, error) {
	text, err := params.text()
	if err != nil {
		return nil, err
	}
	x, err := c.begin(ctx, op, text, uploadRoom)
	if err != nil {
		return nil, err
	}
	// Nothing is written before the end of the lines, so until then nothing was sent whole.
	x.last = nil
	chunks := chunker{from: lines, buffer: make([]byte, chunkBytes)}
	for credit := 0; ; {
		r, err := c.next(ctx, x)
		if err != nil {
			return nil, err
		}
		if r.Method == "" {
			return r.answer()
		}
		for credit += r.Params.More; credit > 0 && !chunks.ended; credit-- {
			if err := c.feed(ctx, x, &chunks); err != nil {
				c.cancel(x)
				return nil, err
			}
		}
	}
}

// feed sends the next chunk, or the end when there is none.
func (c *conversation) feed(ctx context.Context, x *exchange, chunks *chunker) error {
	text, err := chunks.next()
	switch {
	case err == io.EOF:
		x.last, err = c.tell(ctx, "end", fmt.Sprintf(`{"id":%d}`, x.id))
	case err != nil:
		return err
	default:
		_, err = c.tell(ctx, "chunk", fmt.Sprintf(`{"id":%d,"text":%s}`, x.id, text))
	}
	if err != nil {
		return c.unsent(ctx, x.op, err)
	}
	return nil
}

// chunker cuts lines into JSON strings of at most chunkBytes, between characters.
type chunker struct {
	from   io.Reader
	buffer []byte
	// How much of the buffer is the beginning of a character.
	held  int
	ended bool
}

// next is the next chunk, or io.EOF behind the last.
func (c *chunker) next() (Value, error) {
	n, err := io.ReadFull(c.from, c.buffer[c.held:])
	n += c.held
	if err == io.ErrUnexpectedEOF || err == io.EOF && n > 0 {
		err = nil
	}
	if err != nil {
		c.ended = err == io.EOF
		return nil, err
	}
	whole := n
	if n == len(c.buffer) {
		whole -= partial(c.buffer)
	}
	chunk := c.buffer[:whole]
	if !utf8.Valid(chunk) {
		return nil, failure(ErrInvalidLine, "The lines are not valid UTF-8.").leaving(NotDone)
	}
	text, err := ValueOf(string(chunk))
	c.held = copy(c.buffer, c.buffer[whole:n])
	return text, err
}

// partial is how many bytes at the end are the beginning of a character.
func partial(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
