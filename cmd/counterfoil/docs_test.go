package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestDocsNameEveryKey keeps docs/configuration.md complete.
func TestDocsNameEveryKey(t *testing.T) {
	text := readDoc(t, "configuration.md")
	for _, key := range yamlKeys(reflect.TypeFor[Config](), "") {
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
		if c.Example == "" && !c.HasSubCommands() {
			t.Errorf("%s has no example", c.CommandPath())
		}
		if !strings.Contains(text, c.Name()) {
			t.Errorf("docs/cli.md does not name %s", c.CommandPath())
		}
	}
	walk(newRootCmd(&app{}))
}

func TestExitCodesAreDocumented(t *testing.T) {
	text := readDoc(t, "cli.md")
	for line := range strings.Lines(exitCodesText) {
		var code int
		if _, err := fmt.Sscanf(line, "%d", &code); err != nil {
			continue
		}
		if code < exitInvalid || code > exitToolInternal {
			if !strings.Contains(text, fmt.Sprintf("\n| %d | ", code)) {
				t.Errorf("docs/cli.md does not list exit code %d", code)
			}
		}
	}
	for c, code := range codeExits {
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
