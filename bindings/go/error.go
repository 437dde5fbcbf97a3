package koru

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Code is a kind of failure. The constants Err… are codes, and each is an error to compare with:
//
//	if errors.Is(err, koru.ErrConflict) { … }
//
// A newer server may answer with codes that have no constant here.
type Code string

// Error is the title of the code.
func (c Code) Error() string {
	if known, ok := catalogue[c]; ok {
		return "koru: " + strings.ToLower(known.title[:1]) + known.title[1:]
	}
	return "koru: " + string(c)
}

// ErrNotFound is in the chain of every failure that says there is no value: [ErrKeyNotFound], [ErrKeyDeleted] and
// [ErrNotYetWritten].
var ErrNotFound = errors.New("koru: there is no value")

var notFound = []Code{ErrKeyNotFound, ErrKeyDeleted, ErrNotYetWritten}

// Outcome says whether a write that failed may have happened.
type Outcome string

const (
	// NotDone says that nothing was written.
	NotDone Outcome = "not_done"
	// Unknown says that it may have been written. Read the key or its history, or send it again with its idempotency key.
	Unknown Outcome = "unknown"
)

// Error is a failure, the same in every language. Programs compare its code, with errors.Is and the constants Err….
type Error struct {
	Code Code
	// A short title for people.
	Title string
	// What happened and why, in whole sentences.
	Detail string
	// What was probably meant, nearest first.
	Suggestions []Suggestion
	// What to do next, most useful first.
	Hints []Hint
	// Whether the same call may succeed later without any change.
	Retryable bool
	// The exit code of the kdelta command, and the status of a server's answer.
	ExitCode, HTTPStatus int
	// The page that explains the code.
	Docs string
	// Whether a write may have happened, where that is a question; else empty.
	Outcome Outcome
	// What else is known, such as currentVersion and currentValue of a conflict.
	Facts map[string]Value

	cause error
	// How long the server asks to wait.
	after time.Duration
}

// constant is what is always the same of a code.
type constant struct {
	title                string
	retryable            bool
	httpStatus, exitCode int
}

// Error is the detail and what was probably meant, on one line.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "koru: %s: %s", string(e.Code), e.Detail)
	for i, suggestion := range e.Suggestions {
		lead := ", "
		if i == 0 {
			lead = " Did you mean "
		}
		fmt.Fprintf(&text, "%s%s (%s)", lead, suggestion.Text, suggestion.Why)
	}
	if len(e.Suggestions) > 0 {
		text.WriteString("?")
	}
	return text.String()
}

// Is makes errors.Is true for the code, and for [ErrNotFound] where there is no value.
func (e *Error) Is(target error) bool {
	if target == ErrNotFound {
		return slices.Contains(notFound, e.Code)
	}
	return target == e.Code
}

// Unwrap is the error beneath: context.Canceled, one of the network, or nil.
func (e *Error) Unwrap() error {
	return e.cause
}

// record is an Error as it is on the wire, without its facts.
type record struct {
	Code        Code         `json:"code"`
	Title       string       `json:"title"`
	Detail      string       `json:"detail"`
	Suggestions []Suggestion `json:"suggestions"`
	Hints       []Hint       `json:"hints"`
	Retryable   bool         `json:"retryable"`
	ExitCode    int          `json:"exitCode"`
	HTTPStatus  int          `json:"httpStatus"`
	Docs        string       `json:"docs"`
	Outcome     Outcome      `json:"outcome,omitempty"`
}

var recordMembers = []string{
	"code", "title", "detail", "suggestions", "hints", "retryable", "exitCode", "httpStatus", "docs", "outcome",
	// Of problem+json, which says them a second time.
	"type", "status",
}

// UnmarshalJSON reads the record as it is on every wire; members that are none of the record's are facts.
func (e *Error) UnmarshalJSON(text []byte) error {
	var known record
	if err := json.Unmarshal(text, &known); err != nil {
		return err
	}
	var facts map[string]Value
	if err := json.Unmarshal(text, &facts); err != nil {
		return err
	}
	for _, name := range recordMembers {
		delete(facts, name)
	}
	*e = Error{
		Code: known.Code, Title: known.Title, Detail: known.Detail, Suggestions: known.Suggestions, Hints: known.Hints,
		Retryable: known.Retryable, ExitCode: known.ExitCode, HTTPStatus: known.HTTPStatus, Docs: known.Docs,
		Outcome: known.Outcome, Facts: facts,
	}
	return nil
}

// failure is a failure that this side finds.
func failure(code Code, detail string) *Error {
	known := catalogue[code]
	return &Error{
		Code: code, Title: known.title, Detail: detail, Retryable: known.retryable, HTTPStatus: known.httpStatus,
		ExitCode: known.exitCode, Docs: "https://korudelta.io/errors/" + string(code),
	}
}

func (e *Error) because(cause error) *Error {
	e.cause = cause
	return e
}

func (e *Error) hint(text, code string) *Error {
	e.Hints = append(e.Hints, Hint{Text: text, Code: code})
	return e
}

func (e *Error) leaving(outcome Outcome) *Error {
	e.Outcome = outcome
	return e
}

// interrupted is the failure of a call whose context has ended.
func interrupted(ctx context.Context, op string, outcome Outcome) *Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return failure(ErrTimeout, fmt.Sprintf("The answer to %s did not come in time.", op)).because(ctx.Err()).leaving(outcome)
	}
	return failure(ErrCancelled, fmt.Sprintf("The call of %s was cancelled.", op)).because(ctx.Err()).leaving(outcome)
}
