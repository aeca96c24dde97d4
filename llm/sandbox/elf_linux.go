//go:build amd64 || arm64

package sandbox

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxLibraries bounds the libraries of an engine; one with every GPU backend
// has some forty.
const maxLibraries = 256

// libraryDirs are where the dynamic linkers of the common distributions look
// when nothing else says where.
var libraryDirs = []string{
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib",
}

// linked lists the files that an ELF executable needs to start: its
// interpreter and the libraries it is linked against, by the paths under which
// the interpreter will look for them.
func linked(executable string) ([]string, error) {
	found := map[string]string{} // by name
	var files []string
	todo := []string{executable}
	for len(todo) > 0 {
		file := todo[0]
		todo = todo[1:]
		interpreter, needed, dirs, err := dynamics(file)
		if err != nil {
			return nil, fmt.Errorf("%w: it, or a library of it, is not an ELF file", ErrSpec)
		}
		if interpreter != "" && !slices.Contains(files, interpreter) {
			files = append(files, interpreter)
		}
		for _, name := range needed {
			if found[name] != "" {
				continue
			}
			path := lookup(name, dirs)
			if path == "" {
				return nil, fmt.Errorf("%w: its library %q was not found", ErrSpec, name)
			}
			found[name] = path
			files = append(files, path)
			todo = append(todo, path)
		}
		if len(files) > maxLibraries {
			return nil, fmt.Errorf("%w: it has more than %d libraries", ErrSpec, maxLibraries)
		}
	}
	return files, nil
}

// dynamics reads what the dynamic linker will: the interpreter, the names of
// the libraries, and the folders to look in first.
func dynamics(path string) (interpreter string, needed, dirs []string, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return "", nil, nil, err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			text := make([]byte, p.Filesz)
			if _, err := p.ReadAt(text, 0); err != nil {
				return "", nil, nil, err
			}
			interpreter = strings.TrimRight(string(text), "\x00")
		}
	}
	if needed, err = f.ImportedLibraries(); err != nil {
		return "", nil, nil, err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", nil, nil, err
	}
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		texts, err := f.DynString(tag)
		if err != nil {
			return "", nil, nil, err
		}
		for _, dir := range strings.Split(strings.Join(texts, ":"), ":") {
			dir = strings.NewReplacer("$ORIGIN", filepath.Dir(real), "${ORIGIN}", filepath.Dir(real)).Replace(dir)
			if filepath.IsAbs(dir) {
				dirs = append(dirs, filepath.Clean(dir))
			}
		}
	}
	return interpreter, needed, dirs, nil
}

func lookup(name string, dirs []string) string {
	if strings.Contains(name, "/") {
		return ""
	}
	for _, dir := range append(dirs, libraryDirs...) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// plugins are the shared objects beside an engine that it may load while it
// runs, such as a backend for the processor at hand.
func plugins(executable string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(executable))
	if errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "libggml") && strings.Contains(e.Name(), ".so") {
			files = append(files, filepath.Join(filepath.Dir(executable), e.Name()))
		}
	}
	return files, nil
}
