package koru_test

import (
	"reflect"
	"testing"

	koru "github.com/koru-delta/go-client"
)

func TestShellWords(t *testing.T) {
	cases := map[string][]string{
		"":                          nil,
		"  ":                        nil,
		"kdelta":                    {"kdelta"},
		" node  /a/kdelta.js\t-x\n": {"node", "/a/kdelta.js", "-x"},
		`'/a b/node' "/c d/k.js"`:   {"/a b/node", "/c d/k.js"},
		`a\ b "c\"d" 'e\f' ''`:      {"a b", `c"d`, `e\f`, ""},
		`a'b'"c"`:                   {"abc"},
	}
	for line, want := range cases {
		if got := koru.ShellWords(line); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %q, and not %q", line, got, want)
		}
	}
}
