package koru

import "fmt"

// Value is a value as JSON text, with every number and every character as it is kept. An empty Value is the absence of
// one: a delete has none, nor has what was read with [Values](false).
type Value []byte

// ValueOf writes a Go value as JSON, as encoding/json does, but for two differences: <, > and & stay as they are, and a
// string that is not valid UTF-8 is refused instead of changed. A [Value] or json.RawMessage goes through as it is.
//
// The error is [ErrInvalidJSON] for what JSON cannot say: NaN, a channel, a function, a circle.
func ValueOf(v any) (Value, error) {
	var text jsonText
	if err := text.value(v); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// Decode reads the value into what target points to, as encoding/json does. Numbers in an any become json.Number.
//
// A number that the target would round or cannot hold is refused with [ErrNumberNotExact].
func (v Value) Decode(target any) error {
	if len(v) == 0 {
		return failure(ErrKeyNotFound, "There is no value here: a delete has none, nor what was read without values.")
	}
	return decodeExactly(v, target)
}

// As decodes the value of a version. That of a delete fails with [ErrKeyDeleted].
func As[T any](version Version) (T, error) {
	var target T
	if version.Deleted {
		detail := fmt.Sprintf("Key '%s/%s' was deleted in version %s.", version.Namespace, version.Key, version.Version)
		return target, failure(ErrKeyDeleted, detail)
	}
	err := version.Value.Decode(&target)
	return target, err
}

// String is the JSON text.
func (v Value) String() string {
	return string(v)
}

// MarshalJSON is the text itself; null when there is none.
func (v Value) MarshalJSON() ([]byte, error) {
	if len(v) == 0 {
		return []byte("null"), nil
	}
	return v, nil
}

// UnmarshalJSON keeps the text.
func (v *Value) UnmarshalJSON(text []byte) error {
	*v = append((*v)[:0:0], text...)
	return nil
}
