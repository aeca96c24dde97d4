package bounded

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadFile: what is as long as it may be is read, and nothing longer.
func TestReadFile(t *testing.T) {
	const limit = 1000
	path := filepath.Join(t.TempDir(), "55779911.txt")
	for _, n := range []int{0, 1, limit - 1, limit, limit + 1, 10 * limit} {
		text := bytes.Repeat([]byte("x"), n)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(path, limit)
		if (err == nil) != (n <= limit) || err == nil && !bytes.Equal(got, text) {
			t.Errorf("%d bytes: %d and %v", n, len(got), err)
		}
		if err != nil && (got != nil || strings.Contains(err.Error(), "5577")) {
			t.Errorf("%d bytes: %d and %v", n, len(got), err)
		}
	}
}

// TestReason: the reason says what is wrong and nothing of the path, and is still
// the error that it was.
func TestReason(t *testing.T) {
	dir := t.TempDir()
	_, missing := ReadFile(filepath.Join(dir, "55779911"), 10)
	_, folder := ReadFile(dir, 10)
	_, name := ReadFile(dir+"/5577\x009911", 10)
	for _, err := range []error{missing, folder, name, &fs.PathError{Op: "open", Path: "55779911", Err: fs.ErrClosed}} {
		if err == nil {
			t.Fatal("what is no file was read")
		}
		got := Reason(err)
		if got == nil || strings.Contains(got.Error(), dir) || strings.Contains(got.Error(), "5577") {
			t.Errorf("%v: %v", err, got)
		}
	}
	if !errors.Is(Reason(missing), fs.ErrNotExist) {
		t.Errorf("what is missing is told as %v", Reason(missing))
	}
	if err := errors.New("too long"); Reason(err) != err {
		t.Error("an error without a path has changed")
	}
}
