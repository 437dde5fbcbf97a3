package koru_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	koru "github.com/koru-delta/go-client"
)

// wire is the JSON of the protocol for what the client has made a struct of: there, zero stands for null, and a time has no
// fixed number of digits.
func wire(typed any) koru.Value {
	return rewired("", must(koru.ValueOf(typed)))
}

var nullable = []string{"previous", "first", "last", "firstSeq", "lastSeq"}

func rewired(name string, value koru.Value) koru.Value {
	switch {
	case name == "value":
		return value
	case strings.HasSuffix(strings.ToLower(name), "timestamp"):
		var t time.Time
		if err := json.Unmarshal(value, &t); err != nil {
			panic(err)
		}
		if t.IsZero() {
			return koru.Value("null")
		}
		return must(koru.ValueOf(koru.Time(t)))
	case slices.Contains(nullable, name) && (string(value) == `""` || string(value) == "0"):
		return koru.Value("null")
	case value[0] == '{':
		return mapped(value, rewired)
	}
	return value
}

// wireReceipt is wire for a receipt, whose rejected lines hold failures.
func wireReceipt(receipt koru.Receipt) koru.Value {
	type reject struct {
		koru.RejectedLine
		Error koru.Value `json:"error"`
	}
	var rejects []reject
	for _, line := range receipt.Rejects {
		rejects = append(rejects, reject{line, recordOf(line.Error)})
	}
	return wire(struct {
		koru.Receipt
		Rejects []reject `json:"rejects,omitempty"`
	}{receipt, rejects})
}

// recordOf is the error record of a failure, as it was on the wire.
func recordOf(e *koru.Error) koru.Value {
	record := map[string]any{
		"code": e.Code, "title": e.Title, "detail": e.Detail, "suggestions": e.Suggestions, "hints": e.Hints,
		"retryable": e.Retryable, "exitCode": e.ExitCode, "httpStatus": e.HTTPStatus, "docs": e.Docs,
	}
	for name, fact := range e.Facts {
		record[name] = fact
	}
	return must(koru.ValueOf(record))
}

// mapped is an object with other values, its members in their order.
func mapped(object koru.Value, change func(name string, value koru.Value) koru.Value) koru.Value {
	decoder := json.NewDecoder(bytes.NewReader(object))
	must(decoder.Token())
	var pairs []string
	for decoder.More() {
		name := must(decoder.Token()).(string)
		var inner koru.Value
		if err := decoder.Decode(&inner); err != nil {
			panic(err)
		}
		pairs = append(pairs, fmt.Sprintf("%s:%s", must(koru.ValueOf(name)), change(name, inner)))
	}
	return koru.Value("{" + strings.Join(pairs, ",") + "}")
}

func text(value koru.Value) (text string) {
	if err := json.Unmarshal(value, &text); err != nil {
		panic(fmt.Sprintf("%s is no text: %v", value, err))
	}
	return text
}

func items(value koru.Value) (list []koru.Value) {
	json.Unmarshal(value, &list)
	return list
}

func members(value koru.Value) (members map[string]koru.Value) {
	json.Unmarshal(value, &members)
	return members
}

func listOf(texts []string) koru.Value {
	return koru.Value("[" + strings.Join(texts, ",") + "]")
}
