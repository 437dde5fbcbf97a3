package koru_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	goBlock     = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")
	indentation = regexp.MustCompile(`(?m)^\s+`)
	examples    = regexp.MustCompile(`(?ms)^func (Example\w*)\(.*?^}$`)
)

// What a page shows is a piece of an example or of a test, which this run executes and compares with what it says.
func TestThePagesShowWhatRuns(t *testing.T) {
	var run strings.Builder
	for _, file := range []string{"example_test.go", "visit_test.go"} {
		run.Write(must(os.ReadFile(file)))
	}
	for _, example := range examples.FindAllStringSubmatch(run.String(), -1) {
		if !strings.Contains(example[0], "// Output:") {
			t.Errorf("%s is compiled and not run: it has no output", example[1])
		}
	}
	source := indentation.ReplaceAllString(run.String(), "")
	for _, page := range []string{"README.md", "../../docs/guides/go.md"} {
		blocks := goBlock.FindAllSubmatch(must(os.ReadFile(page)), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows nothing", page)
		}
		for _, block := range blocks {
			if !strings.Contains(source, indentation.ReplaceAllString(string(block[1]), "")) {
				t.Errorf("%s shows what does not run:\n%s", page, block[1])
			}
		}
	}
}
