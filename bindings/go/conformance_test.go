package koru_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	koru "github.com/koru-delta/go-client"
)

// What packages/conformance/README.md says: conversations with a database, and what every client is answered.
type script struct {
	Name  string
	Seed  *int64
	Steps []step
}

type step struct {
	Op     string
	Params koru.Value
	Expect koru.Value
	Error  koru.Value
	As     string
	Take   int
	During []step
	Lines  koru.Value
	Fresh  bool
	Close  bool
}

func TestConformance(t *testing.T) {
	t.Parallel()
	folders := []string{"../../packages/conformance/vectors", "../../packages/conformance/vectors/generated"}
	if more := os.Getenv("KORU_VECTORS"); more != "" {
		folders = append(folders, more)
	}
	for _, folder := range folders {
		files := must(filepath.Glob(filepath.Join(folder, "*.json")))
		if len(files) == 0 {
			t.Fatalf("there are no vectors in %s", folder)
		}
		for _, file := range files {
			var content struct{ Scripts []script }
			if err := json.Unmarshal(must(os.ReadFile(file)), &content); err != nil {
				t.Fatal(file, err)
			}
			for _, s := range content.Scripts {
				for carrier, open := range carriers {
					t.Run(fmt.Sprintf("%s/%s/%s", filepath.Base(file), s.Name, carrier), func(t *testing.T) {
						t.Parallel()
						player := &player{t: t, open: open, names: map[string]koru.Value{}}
						player.db = open(t)
						if s.Seed != nil {
							t.Logf("the seed is %d", *s.Seed)
						}
						player.play(s.Steps)
					})
				}
			}
		}
	}
}

type player struct {
	t     *testing.T
	open  func(testing.TB, ...koru.Setting) *koru.DB
	db    *koru.DB
	names map[string]koru.Value
}

func (p *player) play(steps []step) {
	for i, s := range steps {
		if err := p.carryOut(s); err != nil {
			p.t.Fatalf("step %d, %s %.200s: %v", i+1, s.Op, s.Params, err)
		}
	}
}

func (p *player) carryOut(s step) error {
	switch {
	case s.Fresh:
		p.db = p.open(p.t)
		return nil
	case s.Close:
		return p.db.Close()
	}
	ctx, done := context.WithTimeout(p.t.Context(), time.Minute)
	defer done()
	answer, err := p.answer(ctx, s)
	var failure *koru.Error
	switch {
	case errors.As(err, &failure) && s.Error != nil:
		return p.compare(open(s.Error), recordOf(failure), "error")
	case err != nil:
		return err
	case s.Error != nil:
		return fmt.Errorf("it was to fail with %s and answered %.300s", s.Error, answer)
	}
	if s.As != "" {
		p.names[s.As] = answer
	}
	if s.Expect == nil {
		return nil
	}
	return p.compare(s.Expect, answer, "answer")
}

func (p *player) answer(ctx context.Context, s step) (answer koru.Value, err error) {
	params := p.expanded(s.Params)
	switch s.Op {
	case "watch":
		return p.watched(ctx, s, options(params))
	case "export":
		var lines bytes.Buffer
		err = p.db.Export(ctx, &lines, options(params)...)
		return listOf(strings.Split(strings.TrimSpace(lines.String()), "\n")), err
	case "import":
		report, err := p.db.Import(ctx, iotest.OneByteReader(p.lines(s)), options(params)...)
		return wire(report), err
	case "load":
		receipt, err := p.db.Load(ctx, iotest.OneByteReader(p.lines(s)), options(params)...)
		return wireReceipt(receipt), err
	}
	err = p.db.Call(ctx, s.Op, params, &answer)
	return answer, err
}

func (p *player) watched(ctx context.Context, s step, options []koru.Option) (koru.Value, error) {
	feed := p.db.Watch(ctx, options...)
	written := make(chan struct{})
	go func() {
		defer close(written)
		p.play(s.During)
	}()
	defer func() { <-written }()
	var seen []string
	for change, err := range feed {
		if err != nil {
			return nil, err
		}
		seen = append(seen, string(wire(change.Version)))
		if len(seen) == s.Take {
			break
		}
	}
	return listOf(seen), nil
}

func (p *player) lines(s step) *strings.Reader {
	var lines []string
	if s.Lines[0] == '"' {
		for _, line := range items(p.named(text(s.Lines))) {
			lines = append(lines, string(line))
		}
	} else if err := json.Unmarshal(s.Lines, &lines); err != nil {
		p.t.Fatal(err)
	}
	return strings.NewReader(strings.Join(append(lines, ""), "\n"))
}

// expanded is a value of a vector with what stands for something else in its place.
func (p *player) expanded(value koru.Value) koru.Value {
	switch {
	case value == nil:
		return koru.Value("{}")
	case reference.Match(value):
		return p.named(text(value))
	case value[0] == '[':
		list := items(value)
		for i, item := range list {
			list[i] = p.expanded(item)
		}
		return must(koru.ValueOf(list))
	case value[0] != '{':
		return value
	}
	if short := shorthand(value); short != nil {
		return short
	}
	return mapped(value, func(_ string, inner koru.Value) koru.Value { return p.expanded(inner) })
}

var reference = regexp.MustCompile(`^"\$[a-z]\w*(\.\w+)*"$`)

// named is what a text such as $first.version stands for.
func (p *player) named(place string) koru.Value {
	steps := strings.Split(place[1:], ".")
	value, ok := p.names[steps[0]]
	for _, step := range steps[1:] {
		if index, err := strconv.Atoi(step); err == nil && value[0] == '[' {
			value = items(value)[index]
			continue
		}
		value, ok = members(value)[step]
	}
	if !ok {
		p.t.Fatalf("there is nothing at %s", place)
	}
	return value
}

// shorthand is the text that an object stands for, or nil.
func shorthand(value koru.Value) koru.Value {
	var short struct {
		JSON   *string `json:"$json"`
		Repeat *string `json:"$repeat"`
		Times  int
		Nest   *int `json:"$nest"`
	}
	switch json.Unmarshal(value, &short); {
	case short.JSON != nil:
		return koru.Value(*short.JSON)
	case short.Repeat != nil:
		return must(koru.ValueOf(strings.Repeat(*short.Repeat, short.Times)))
	case short.Nest != nil:
		return koru.Value(strings.Repeat("[", *short.Nest) + strings.Repeat("]", *short.Nest))
	}
	return nil
}

var words = map[string]*regexp.Regexp{
	"<version>":   regexp.MustCompile(`^"[0-7][0-9A-HJKMNP-TV-Z]{25}"$`),
	"<timestamp>": regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"$`),
	"<text>":      regexp.MustCompile(`^".`),
	"<count>":     regexp.MustCompile(`^(0|[1-9]\d*)$`),
	"<list>":      regexp.MustCompile(`^\[`),
	"<any>":       regexp.MustCompile(``),
}

// compare tells how an answer differs from what is expected; both are texts, so no number is rounded.
func (p *player) compare(expected, answer koru.Value, place string) error {
	wrong := fmt.Errorf("%s is %.300s and not %.300s", place, answer, expected)
	if reference.Match(expected) {
		expected = p.named(text(expected))
	}
	switch {
	case expected[0] == '"':
		if word := words[text(expected)]; word != nil {
			return unless(word.Match(answer), wrong)
		}
		return unless(answer[0] == '"' && text(answer) == text(expected), wrong)
	case expected[0] == '[':
		want, found := items(expected), items(answer)
		if answer[0] != '[' || len(want) != len(found) {
			return wrong
		}
		for i := range want {
			if err := p.compare(want[i], found[i], fmt.Sprintf("%s/%d", place, i)); err != nil {
				return err
			}
		}
		return nil
	case expected[0] != '{':
		return unless(bytes.Equal(expected, answer), wrong)
	}
	if short := shorthand(expected); short != nil {
		return unless(bytes.Equal(short, answer), wrong)
	}
	if answer[0] != '{' {
		return wrong
	}
	want, found := members(expected), members(answer)
	_, isOpen := want["..."]
	delete(want, "...")
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if found[name] == nil {
			return fmt.Errorf("%s/%s is missing", place, name)
		}
		if err := p.compare(want[name], found[name], place+"/"+name); err != nil {
			return err
		}
	}
	return unless(isOpen || len(found) == len(want), fmt.Errorf("%s has members that are not expected: %.300s", place, answer))
}

func unless(fits bool, wrong error) error {
	if fits {
		return nil
	}
	return wrong
}

// open lets an object have more members than it names.
func open(value koru.Value) koru.Value {
	return koru.Value(`{"...":true,` + string(value[1:]))
}

func options(params koru.Value) (options []koru.Option) {
	for name, value := range members(params) {
		options = append(options, koru.Param(name, value))
	}
	return options
}
