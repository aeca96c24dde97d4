package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/common"
)

// Problem is one thing wrong with, or doubtful in, a policy file. Line and
// Column count from 1; a column of 0 means the line as a whole, and both are 0
// where a problem has no place.
type Problem struct {
	Line, Column int
	Message      string
}

// CompileError is the error of Compile: every problem that was found, in the
// order of the file. It wraps ErrCompile. Its text quotes the policy, so it is
// for the operator who wrote it and not for callers.
type CompileError struct {
	Name     string // file name from Source.Name
	Problems []Problem
}

// maxProblems bounds how much a broken policy can make an error say.
const maxProblems = 50

// Error lists one problem a line, as "file:line:column: message".
func (e *CompileError) Error() string {
	var b strings.Builder
	b.WriteString(ErrCompile.Error() + ":")
	for _, p := range e.Problems {
		b.WriteString("\n" + p.String(e.Name))
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrCompile) hold.
func (e *CompileError) Unwrap() error { return ErrCompile }

// String renders the problem with the name of its file.
func (p Problem) String(file string) string {
	if p.Line == 0 {
		return file + ": " + p.Message
	}
	if p.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", file, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", file, p.Line, p.Column, p.Message)
}

// problems collects what is wrong while a policy is compiled.
type problems struct {
	list      []Problem
	arguments []string // of all tools, to suggest one for a misspelt name
}

func (ps *problems) add(line, column int, format string, args ...any) {
	ps.list = append(ps.list, Problem{line, column, fmt.Sprintf(format, args...)})
}

func (ps *problems) addCEL(errs []*common.Error) {
	for _, e := range errs {
		line, col := 0, 0
		if e.Location != nil && e.Location.Line() > 0 {
			line, col = e.Location.Line(), e.Location.Column()+1
		}
		ps.list = append(ps.list, Problem{line, col, ps.inOurWords(e.Message)})
	}
}

// wrongNode words what cel-go calls a node of a wrong type: "null, wanted type(s)
// [tag:yaml.org,2002:str !txt]".
func wrongNode(got string) string {
	got, want, _ := strings.Cut(got, ",")
	switch {
	case strings.Contains(want, ":map"):
		return "this has to be a mapping: KEY: VALUE lines, indented alike"
	case strings.Contains(want, ":seq"):
		return "this has to be a list: each entry begins with \"- \""
	case got == "null":
		return "this is empty: write an expression, or leave the key out"
	case got == "map" || got == "seq":
		return "this has to be text, not a list or a mapping"
	}
	return "this has to be text: put the expression in quotes"
}

// inOurWords replaces some of cel-go's messages that do not say what to do, and
// adds to others what does.
func (ps *problems) inOurWords(message string) string {
	if got, ok := strings.CutPrefix(message, "got yaml node type tag:yaml.org,2002:"); ok {
		return wrongNode(got)
	}
	switch {
	case message == "match creates unreachable outputs":
		return "a match without a condition always decides, so what follows it is never reached"
	}
	if what := advice(message, ps.arguments); what != "" {
		return message + "; " + what
	}
	return message
}

// err returns what was collected as one error, sorted and without repeats.
func (ps *problems) err(name string) error {
	if len(ps.list) == 0 {
		return nil
	}
	slices.SortStableFunc(ps.list, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	list := slices.Compact(ps.list)
	if len(list) > maxProblems {
		list = append(list[:maxProblems:maxProblems], Problem{Message: "further problems left out"})
	}
	return &CompileError{Name: name, Problems: list}
}
