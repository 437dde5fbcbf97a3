package koru

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// jsonText is JSON that is being written.
type jsonText struct {
	bytes.Buffer
	encoder *json.Encoder
}

// value writes what encoding/json makes of v, or nothing and the reason.
func (t *jsonText) value(v any) error {
	if t.encoder == nil {
		t.encoder = json.NewEncoder(&t.Buffer)
		t.encoder.SetEscapeHTML(false)
	}
	start := t.Len()
	if err := t.encoder.Encode(v); err != nil {
		t.Truncate(start)
		return failure(ErrInvalidJSON, fmt.Sprintf("A value of type %T is not JSON: %v.", v, err)).because(err)
	}
	// The encoder ends with a line feed, which would end the line of the wire too.
	t.Truncate(t.Len() - 1)
	if path, found := malformed(t.Bytes()[start:], v); found {
		t.Truncate(start)
		return failure(ErrInvalidJSON, fmt.Sprintf("The text%s of the value is not valid UTF-8.", path))
	}
	return nil
}

// name writes a text that is no value; code is the failure of one that is not UTF-8.
func (t *jsonText) name(text string, code Code) error {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if !plain {
		if !utf8.ValidString(text) {
			return failure(code, fmt.Sprintf("The text %.100q is not valid UTF-8.", text))
		}
		return t.value(text)
	}
	t.WriteByte('"')
	t.WriteString(text)
	t.WriteByte('"')
	return nil
}
