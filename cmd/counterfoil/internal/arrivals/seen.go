package arrivals

import (
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/internal/durable"
)

// Seen is what was imported into this data folder: kinds of files, which need
// no preview any more, and the digests of files that --watch has taken. It is a
// text file with one of them on each line. Without it previews are shown again
// and watched files read again, which changes nothing in the store.
type Seen struct{ path string }

// NewSeen is what the file at a path says.
func NewSeen(path string) *Seen { return &Seen{path: path} }

const (
	// maxSeen bounds the lines; the oldest go first. A folder with ten new files
	// a day takes five years to fill it.
	maxSeen = 20_000
	// maxSeenFile bounds the file in bytes: maxSeen digests and then some.
	maxSeenFile = 4 << 20
)

// KindOf names a kind of file.
func KindOf(format, profile string) string {
	if profile == "" {
		return "kind " + format
	}
	return "kind " + format + " " + console.Plain(profile)
}

// lines reads the file. One that is not there, or cannot be read, is empty.
func (s *Seen) lines() []string {
	text, err := bounded.ReadFile(s.path, maxSeenFile)
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func (s *Seen) Has(what string) bool { return slices.Contains(s.lines(), what) }

// Add reads the file again, because another process may have added to it.
func (s *Seen) Add(what string) error {
	lines := s.lines()
	if slices.Contains(lines, what) {
		return nil
	}
	lines = append(lines, what)
	if over := len(lines) - maxSeen; over > 0 {
		lines = slices.Delete(lines, 0, over)
	}
	return durable.Replace(s.path, []byte(strings.Join(lines, "\n")+"\n"), durable.FileMode)
}
