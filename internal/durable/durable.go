// Package durable writes small files so that a crash at any moment leaves
// either the old content or the new, never a mixture, and so that what was
// acknowledged is on the disk: write a temporary file beside the target, sync
// it, give it its name, sync the folder.
package durable

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// The modes of everything in the data folder: nobody but its owner reads it.
const (
	FileMode fs.FileMode = 0o600
	DirMode  fs.FileMode = 0o700
)

// TempPrefix starts the name of every temporary file, so that leftovers of a
// crash can be told from content.
const TempPrefix = ".tmp-"

// Create writes a new file. It fails with fs.ErrExist if the name is taken,
// also when another process takes it at the same moment, and then leaves the
// existing file alone.
func Create(path string, data []byte, mode fs.FileMode) error {
	tmp, err := writeTemp(path, data, mode)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	// A hard link fails if the name exists, which rename would not.
	if err := os.Link(tmp, path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Replace writes a file that may exist already.
func Replace(path string, data []byte, mode fs.FileMode) error {
	tmp, err := writeTemp(path, data, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// OldPrefix starts the name that Supersede gives to old content until it is
// overwritten, so that what a crash left of it can be found.
const OldPrefix = ".old-"

// Supersede is Replace for secrets: it also overwrites what the file held
// before, as Shred does. Where the file system knows no second names, the old
// content is only replaced.
func Supersede(path string, data []byte, mode fs.FileMode) error {
	old := filepath.Join(filepath.Dir(path), OldPrefix+filepath.Base(path))
	if err := Shred(old); err != nil { // what a crash left
		return err
	}
	if err := os.Link(path, old); err != nil && errors.Is(err, fs.ErrNotExist) {
		old = ""
	}
	if err := Replace(path, data, mode); err != nil {
		if old != "" {
			os.Remove(old) // a second name of what is still in place
		}
		return err
	}
	if old == "" {
		return nil
	}
	return Shred(old)
}

// Shred overwrites a file with random bytes, syncs it, removes it and syncs
// its folder. A file that is not there is no error. On copy-on-write file
// systems and flash disks the old blocks may outlive this; docs/cli.md says so.
func Shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := overwrite(f); err != nil {
		f.Close()
		return fmt.Errorf("overwriting: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

func overwrite(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	noise := make([]byte, info.Size())
	rand.Read(noise)
	if _, err := f.WriteAt(noise, 0); err != nil {
		return err
	}
	return f.Sync()
}

// SyncDir makes names that were made or removed in a folder durable. Windows
// cannot sync a folder and journals names by itself.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func writeTemp(path string, data []byte, mode fs.FileMode) (string, error) {
	var suffix [8]byte
	rand.Read(suffix[:])
	tmp := filepath.Join(filepath.Dir(path), TempPrefix+hex.EncodeToString(suffix[:]))
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	if err := fill(f, data); err != nil {
		f.Close()
		os.Remove(tmp)
		return "", err
	}
	if err := f.Close(); err != nil {
		os.Remove(tmp)
		return "", err
	}
	return tmp, nil
}

func fill(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}
