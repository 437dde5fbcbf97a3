package koru_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	koru "github.com/koru-delta/go-client"
)

// texts are values that a careless client changes on their way.
var texts = []string{
	`null`, `true`, `0`, `-0`, `1.0`, `1e400`, `-5e-324`, `9007199254740993`, `18446744073709551616`,
	`123456789012345678901234567890.123456789012345678901234567890`, `1E+2`, `0.1`,
	`""`, `"<script>&amp;</script>"`, `"\u0000"`, `"\ufffd"`, `"�"`, `"\u2028\u2029"`, `"é"`, `"é"`, `"😀"`, `"\ud83d\ude00"`,
	`{"b":1,"a":2}`, `{"":"","__proto__":{},"constructor":null}`, `[[],{}]`,
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		for _, text := range append(texts, strings.Repeat("[", 128)+strings.Repeat("]", 128)) {
			must(db.Put(ctx, "n", "k", json.RawMessage(text)))
			got := must(db.GetJSON(ctx, "n", "k"))
			// An escape may come back as what it stands for; nothing else may change.
			if got.String() != text && !(strings.Contains(text, `\`) && sameText(got.String(), text)) {
				t.Errorf("%s came back as %s", text, got)
			}
			must(db.Put(ctx, "n", "k", got))
			if again := must(db.GetJSON(ctx, "n", "k")); again.String() != got.String() {
				t.Errorf("%s came back as %s the second time", got, again)
			}
			for version, err := range db.History(ctx, "n", "k", koru.Limit(1)) {
				if err != nil || version.Value.String() != got.String() {
					t.Errorf("the history has %s, %v", version.Value, err)
				}
			}
		}
		for _, name := range []string{"a b", "ä/ö", "%2e%2e", "..", "\x00\n\"\\", "\u202e", "😀", strings.Repeat("k", 1024)} {
			must(db.Put(ctx, "n", name, name))
			if got := must(koru.Get[string](ctx, db, "n", name)); got != name {
				t.Errorf("%q holds %q", name, got)
			}
		}
	})
}

func sameText(one, other string) bool {
	var a, b string
	return json.Unmarshal([]byte(one), &a) == nil && json.Unmarshal([]byte(other), &b) == nil && a == b
}

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	type circle struct{ Next *circle }
	round := &circle{}
	round.Next = round
	values := map[string]any{
		"NaN": math.NaN(), "infinity": math.Inf(1), "channel": make(chan int), "function": func() {}, "complex": 1i, "circle": round,
		"bytes":   "a\xffb",
		"nested":  map[string]any{"a": []any{"\xc3\x28"}},
		"member":  map[string]int{"\xff": 1},
		"field":   user{Name: "\xed\xa0\x80"},
		"pointer": &user{City: "\xff"},
		"raw":     json.RawMessage(`{"a":`),
		"two":     json.RawMessage("1\n{}"),
		"number":  json.Number("0x1"),
		"twice":   json.RawMessage(`{"a":1,"a":2}`),
		"lone":    json.RawMessage(`"\ud800"`),
		"deep":    json.RawMessage(strings.Repeat("[", 129) + strings.Repeat("]", 129)),
		"invalid": json.RawMessage("\"\xff\""),
	}
	each(t, func(t *testing.T, db *koru.DB) {
		ctx := soon(t)
		for name, value := range values {
			if _, err := db.Put(ctx, "n", "k", value); !errors.Is(err, koru.ErrInvalidJSON) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := db.Put(ctx, "n", "\xff", 1); !errors.Is(err, koru.ErrInvalidKey) {
			t.Errorf("a key that is no text: %v", err)
		}
		if _, err := db.Put(ctx, "\xff", "k", 1); !errors.Is(err, koru.ErrInvalidNamespace) {
			t.Errorf("a namespace that is no text: %v", err)
		}
		if _, err := db.Put(ctx, "n", "k", 1, koru.Actor("\xff")); !errors.Is(err, koru.ErrInvalidParams) {
			t.Errorf("an actor that is no text: %v", err)
		}
		if _, err := db.Put(ctx, "n", "k", strings.Repeat("x", 16<<20)); !errors.Is(err, koru.ErrValueTooLarge) {
			t.Errorf("a value that is too large: %v", err)
		}
		if _, err := db.Put(ctx, "n", "k", strings.Repeat("x", 32<<20)); !errors.Is(err, koru.ErrRequestTooLarge) {
			t.Errorf("a line that is too long: %v", err)
		}
		if versions := must(db.Stats(ctx)).Versions; versions != 0 {
			t.Errorf("%d of them were written", versions)
		}
	})
}

func TestTextsThatLookBadAndAreNot(t *testing.T) {
	type holder struct {
		Raw  json.RawMessage
		Text string
	}
	for _, value := range []any{json.RawMessage(`"\ufffd"`), holder{json.RawMessage(`"\ufffd"`), "�"}, `\ufffd`, map[string]any{`\ufffd`: "�"}} {
		if _, err := koru.ValueOf(value); err != nil {
			t.Errorf("%v: %v", value, err)
		}
	}
}

func TestNumbersAreNeverRounded(t *testing.T) {
	type numbers struct {
		Float   float64            `json:"float"`
		Single  float32            `json:"single"`
		Int     int64              `json:"int"`
		Small   uint8              `json:"small"`
		List    []float64          `json:"list"`
		Map     map[string]float64 `json:"map"`
		Pointer *float64           `json:"pointer"`
		Any     any                `json:"any"`
		Number  json.Number        `json:"number"`
		Raw     json.RawMessage    `json:"raw"`
		Nested  struct{ Deep [1]float64 }
	}
	fits := []string{
		`{"float":0.1,"single":0.1,"int":9223372036854775807,"small":255}`,
		`{"float":9007199254740992,"int":9007199254740993}`,
		`{"float":1e22,"single":16777216,"list":[1.5,100000000000000000000],"map":{"a":-0,"b":0e999999999999}}`,
		`{"any":9007199254740993,"number":1e400,"raw":12345678901234567890.5,"unknown":9007199254740993}`,
		`{"float":1.7976931348623157e308,"pointer":5e-324}`,
		`{"any":"9007199254740993"}`,
	}
	for _, text := range fits {
		var into numbers
		if err := koru.Value(text).Decode(&into); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	rounded := map[string]string{
		`{"float":9007199254740993}`:                           "float",
		`{"FLOAT":0.1234567890123456789}`:                      "float",
		`{"float":1e400}`:                                      "float",
		`{"float":1e-400}`:                                     "float",
		`{"single":16777217}`:                                  "single",
		`{"int":9223372036854775808}`:                          "int",
		`{"int":1.5}`:                                          "int",
		`{"small":256}`:                                        "small",
		`{"small":-1}`:                                         "small",
		`{"list":[1,9007199254740993]}`:                        "list[1]",
		`{"map":{"a":9007199254740993}}`:                       "map.a",
		`{"pointer":9007199254740993}`:                         "pointer",
		`{"Nested":{"Deep":[9007199254740993]}}`:               "Nested.Deep[0]",
		`{"float":9007199254740993,"int":9007199254740993}`:    "float",
		`{"float":1e-99999999999999999999,"int":1234567}`:      "float",
		`{"any":"9007199254740993","float":100000000000.01e9}`: "",
	}
	for text, place := range rounded {
		var into numbers
		err := koru.Value(text).Decode(&into)
		if place == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if !errors.Is(err, koru.ErrNumberNotExact) || !strings.Contains(err.Error(), " of "+place+" ") {
			t.Errorf("%s: %v", text, err)
		}
	}
	var wrong *json.UnmarshalTypeError
	if err := koru.Value(`"text"`).Decode(new(int)); !errors.As(err, &wrong) || errors.Is(err, koru.ErrNumberNotExact) {
		t.Errorf("a text in an int is %v", err)
	}
	if err := koru.Value(nil).Decode(new(any)); !errors.Is(err, koru.ErrNotFound) {
		t.Errorf("no value is %v", err)
	}
	if _, err := koru.As[int](koru.Version{Deleted: true}); !errors.Is(err, koru.ErrKeyDeleted) {
		t.Errorf("the value of a delete is %v", err)
	}
}
