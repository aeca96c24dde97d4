package config

import (
	"strings"
	"testing"
)

// TestWrongKinds: what a mapping is, is said of sections too, and what Parse
// fills in itself is no key.
func TestWrongKinds(t *testing.T) {
	for text, want := range map[string]string{
		"store: 5\n":                     "config.yaml:1: wrong kind of value, want a mapping",
		"keys: {vault: x}\n":             "config.yaml:1: wrong kind of value, want a mapping",
		"limits: {principals: {a: 7}}\n": "config.yaml:1: wrong kind of value, want text",
		"principals: {}\n":               "config.yaml:1: wrong kind of value, want a list",
		"path: x\n":                      `config.yaml:1: unknown key "path"`,
		"digest: []\n":                   `config.yaml:1: unknown key "digest"`,
		"zone: x\n":                      `config.yaml:1: unknown key "zone"`,
	} {
		_, err := Parse("config.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
