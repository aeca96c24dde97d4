package setup

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// withSections puts the sections of a file in place of those of a new config;
// what has no place there yet goes to its end. All else stays byte for byte. ""
// is no file.
func withSections(text []byte, path string) ([]byte, error) {
	if path == "" {
		return text, nil
	}
	added, err := bounded.ReadFile(path, config.MaxSize)
	if err != nil {
		return nil, exit.Fail(exit.Config, "", "--with: %w", bounded.Reason(err))
	}
	keys, err := sectionsOf(added)
	if err != nil {
		return nil, exit.Fail(exit.Config, "write it as a part of config.yaml (docs/configuration.md)", "--with: the file is not a mapping of sections")
	}
	for _, key := range keys {
		text = dropSection(text, key)
	}
	out := append(bytes.TrimRight(text, "\n"), "\n\n"...)
	return append(out, added...), nil
}

// sectionsOf lists the keys at the top of a YAML text.
func sectionsOf(text []byte) (keys []string, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("no mapping")
	}
	for i := 0; i < len(doc.Content[0].Content); i += 2 {
		keys = append(keys, doc.Content[0].Content[i].Value)
	}
	return keys, nil
}

// dropSection removes the lines of a section: its key, and the lines that are
// indented, or indented and commented out, right below it.
func dropSection(text []byte, key string) []byte {
	var out [][]byte
	within := false
	for line := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(line, []byte(key+":")):
			within = true
		case within && (line[0] == ' ' || line[0] == '#' && bytes.HasPrefix(line, []byte("#  "))):
		default:
			within = false
		}
		if !within {
			out = append(out, line)
		}
	}
	return bytes.Join(out, nil)
}
