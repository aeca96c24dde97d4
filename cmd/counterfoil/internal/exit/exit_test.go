package exit

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// constants returns the constants of a Go file with literal values, by name.
func constants(t *testing.T, file string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
			all[spec.Names[0].Name] = literal.Value
		}
		return true
	})
	return all
}

// explained maps each code that the text explains to its line.
func explained(t *testing.T) map[int]string {
	t.Helper()
	all := map[int]string{}
	for _, m := range regexp.MustCompile(`(?m)^ {2,4}(\d+)  (.*)$`).FindAllStringSubmatch(CodesText, -1) {
		code, err := strconv.Atoi(m[1])
		if err != nil || all[code] != "" {
			t.Errorf("%s is explained twice", m[1])
		}
		all[code] = m[2]
	}
	return all
}

// TestCodesAreExplained: each code is one number, and the text explains these and
// no others.
func TestCodesAreExplained(t *testing.T) {
	said, names := explained(t), map[int]string{}
	for name, value := range constants(t, "exit.go") {
		code, err := strconv.Atoi(value)
		if err != nil || name == "maxDigitsSaid" {
			continue
		}
		if names[code] != "" {
			t.Errorf("%s and %s are both %d", name, names[code], code)
		}
		names[code] = name
		if said[code] == "" {
			t.Errorf("%s, %d, is not explained", name, code)
		}
	}
	if len(names) != 19 || len(said) != len(names) {
		t.Errorf("there are %d codes, and %d are explained", len(names), len(said))
	}
}

// TestRefusalsHaveCodes: whatever a tool is refused with has an exit code of its
// own, whose explanation begins with its name; what has none is no success.
func TestRefusalsHaveCodes(t *testing.T) {
	said, taken, n := explained(t), map[int]bool{}, 0
	for name, value := range constants(t, "../../../../tools/error.go") {
		if !strings.HasPrefix(name, "Code") {
			continue
		}
		n++
		code := tools.Code(strings.Trim(value, `"`))
		got := Classify(&tools.Error{Code: code, Message: "m"}, false, true).Code
		if got < Invalid || taken[got] || !strings.HasPrefix(said[got], string(code)) {
			t.Errorf("%s exits with %d, %q", code, got, said[got])
		}
		taken[got] = true
	}
	if n == 0 || n != len(Refusals) {
		t.Errorf("%d codes of tools, %d exit codes", n, len(Refusals))
	}
	if got := Classify(&tools.Error{Code: "of_tomorrow", Message: "m"}, false, true).Code; got != ToolInternal {
		t.Errorf("a code that is not known exits with %d", got)
	}
}

func TestClassify(t *testing.T) {
	wrapped := func(err error) error { return fmt.Errorf("doing: %w", err) }
	for _, tt := range []struct {
		name                 string
		err                  error
		interrupted, started bool
		code                 int
		hint                 bool
	}{
		{"one that has its code", wrapped(Fail(Found, "h", "x")), false, true, Found, true},
		{"the same before a command began", wrapped(Fail(Found, "", "x")), false, false, Found, false},
		{"interrupted", wrapped(context.Canceled), true, true, Interrupted, false},
		{"cancelled by nobody", wrapped(context.Canceled), false, true, Internal, false},
		{"another error while interrupted", wrapped(syscall.ENOSPC), true, true, Data, true},
		{"before a command began", errors.New("unknown flag: --x"), false, false, Usage, true},
		{"a flag is missing", errors.New(`required flag(s) "x" not set`), false, true, Usage, true},
		{"late", wrapped(context.DeadlineExceeded), false, true, Timeout, false},
		{"not found", wrapped(store.ErrNotFound), false, true, NotFound, true},
		{"a path of others", wrapped(&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}), false, true, Data, true},
		{"anything else", errors.New("surprise"), false, true, Internal, false},
	} {
		got := Classify(tt.err, tt.interrupted, tt.started)
		if got.Code != tt.code || (got.Hint != "") != tt.hint {
			t.Errorf("%s: got %d with hint %q", tt.name, got.Code, got.Hint)
		}
	}
	for _, s := range sentinels {
		if got := Classify(wrapped(wrapped(s.err)), false, true); got.Code != s.code || got.Hint != s.hint || !errors.Is(got, s.err) {
			t.Errorf("%v: got %d with hint %q", s.err, got.Code, got.Hint)
		}
	}
}

// TestWithoutNumbers: of the words of a command line those with many digits, in any
// script, are not said again, and all others are.
func TestWithoutNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"unknown flag: --page-2026":       "unknown flag: --page-2026",
		"unknown flag: --12345":           "unknown flag: (withheld)",
		`unknown command "a1b2c3d4e5" of`: "unknown command (withheld) of",
		"--x=12-34-5  4":                  "(withheld)  4",
		"٤١١١١١ ４１１１１":                    "(withheld) (withheld)",
		"a\t1234\n5678":                   "(withheld)",
	} {
		if got := WithoutNumbers(in); got != want {
			t.Errorf("%q is said as %q, want %q", in, got, want)
		}
	}
	if got := Classify(errors.New("unknown flag: --4111111111111111"), false, false); strings.Contains(got.Error(), "1111") {
		t.Errorf("said: %v", got)
	}
}

// TestPanickedTellsThePlace: of a panic its place is told, not its text.
func TestPanickedTellsThePlace(t *testing.T) {
	var nothing map[string]int
	for name, fall := range map[string]func(){
		"a panic":        func() { panic("account 55779911") },
		"of the runtime": func() { nothing["account 55779911"] = 1 },
	} {
		got := func() (f *Failure) {
			defer func() {
				if recover() != nil {
					f = Panicked()
				}
			}()
			fall()
			return nil
		}()
		if got == nil || got.Code != Internal || got.Hint == "" || !regexp.MustCompile(`^internal error at exit_test\.go:\d+$`).MatchString(got.Error()) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
