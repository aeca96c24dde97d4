package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
)

// TestDocsNameEveryKey keeps docs/configuration.md complete.
func TestDocsNameEveryKey(t *testing.T) {
	text := readDoc(t, "configuration.md")
	for _, key := range yamlKeys(reflect.TypeFor[config.Config](), "") {
		if !strings.Contains(text, "`"+key+"`") {
			t.Errorf("docs/configuration.md does not name %s", key)
		}
	}
}

// yamlKeys lists the keys of a struct; those of a map of structs are the
// business of the struct's own entry.
func yamlKeys(typ reflect.Type, prefix string) (keys []string) {
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if strings.Contains(options, "inline") {
			keys = append(keys, yamlKeys(f.Type, prefix)...)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		switch {
		case f.Type.Kind() == reflect.Struct && f.Type.NumField() > 0:
			keys = append(keys, yamlKeys(f.Type, prefix+name+".")...)
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			keys = append(keys, yamlKeys(f.Type.Elem(), prefix+name+"[].")...)
		default:
			keys = append(keys, prefix+name)
		}
	}
	return keys
}

// TestCommandsAreDocumented: each command has an example, and docs/cli.md
// names it.
func TestCommandsAreDocumented(t *testing.T) {
	text := readDoc(t, "cli.md")
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		if !c.HasParent() || !c.Runnable() || c.Name() == "help" || c.Name() == "completion" || c.Parent().Name() == "completion" {
			return
		}
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		if !strings.Contains(text, c.Name()) {
			t.Errorf("docs/cli.md does not name %s", c.CommandPath())
		}
	}
	walk(newRootCmd(&app{Home: &home.Home{}}))
}

// TestExamplesAreTrue: every line of an example is a command that there is, with
// flags and arguments that it takes. A group shows commands of its own.
func TestExamplesAreTrue(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		text := strings.ReplaceAll(c.Example, "\\\n", " ")
		for line := range strings.Lines(text) {
			words := exampleWords(line)
			if len(words) == 0 || words[0] != "counterfoil" {
				continue
			}
			target, rest, err := newRootCmd(&app{Home: &home.Home{}}).Find(words[1:])
			if err == nil {
				err = target.ParseFlags(rest)
			}
			if err == nil {
				err = target.ValidateArgs(target.Flags().Args())
			}
			if err != nil || c.HasSubCommands() && !strings.HasPrefix(target.CommandPath()+" ", c.CommandPath()+" ") {
				t.Errorf("%s shows %s, which is %s: %v", c.CommandPath(), strings.TrimSpace(line), target.CommandPath(), err)
			}
		}
	}
	walk(newRootCmd(&app{Home: &home.Home{}}))
}

// exampleWords splits a line as a shell would, up to a comment, a pipe or a
// redirection.
func exampleWords(line string) (words []string) {
	word, quote, open := "", rune(0), false
	for _, r := range strings.TrimSpace(line) + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word += string(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case strings.ContainsRune("#|><", r):
			return words
		case r != ' ':
			word, open = word+string(r), true
		case open:
			words, word, open = append(words, word), "", false
		}
	}
	return words
}

func TestExitCodesAreDocumented(t *testing.T) {
	text := readDoc(t, "cli.md")
	for line := range strings.Lines(exit.CodesText) {
		var code int
		if _, err := fmt.Sscanf(line, "%d", &code); err != nil {
			continue
		}
		if code < exit.Invalid || code > exit.ToolInternal {
			if !strings.Contains(text, fmt.Sprintf("\n| %d | ", code)) {
				t.Errorf("docs/cli.md does not list exit code %d", code)
			}
		}
	}
	for c, code := range exit.Refusals {
		if !strings.Contains(text, fmt.Sprintf("%d %s", code, c)) {
			t.Errorf("docs/cli.md does not list %d for %s", code, c)
		}
	}
}

func readDoc(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
