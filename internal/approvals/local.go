package approvals

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// maxFile bounds what is read of one file, in bytes.
const maxFile = 1 << 20

// local is a folder of this machine.
type local string

func (dir local) path(name string) string { return filepath.Join(string(dir), name) }

// Read implements Files.
func (dir local) Read(name string) ([]byte, error) {
	info, err := os.Stat(dir.path(name))
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("reading approvals: a file of %d bytes", info.Size())
	}
	return os.ReadFile(dir.path(name))
}

// Create implements Files.
func (dir local) Create(name string, data []byte) error {
	return durable.Create(dir.path(name), data, durable.FileMode)
}

// Rename implements Files.
func (dir local) Rename(from, to string) error {
	if err := os.Rename(dir.path(from), dir.path(to)); err != nil {
		return err
	}
	return durable.SyncDir(string(dir))
}

// Names implements Files.
func (dir local) Names(suffix string) (names []string, err error) {
	entries, err := os.ReadDir(string(dir))
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	return names, err
}
