package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// troubles says in plain words what keeps the store from answering.
var troubles = []struct {
	code error
	text string
}{
	{sqlite3.BUSY, "locked by another process"},
	{sqlite3.LOCKED, "locked by another process"},
	{sqlite3.PROTOCOL, "locked by another process"},
	{sqlite3.FULL, "the disk is full"},
	{sqlite3.NOTADB, "wrong key, or the file is not a store"},
	{sqlite3.CORRUPT, "the file is corrupt"},
	{sqlite3.NOMEM, "out of memory"},
	{sqlite3.READONLY, "the file or folder is read-only"},
	{sqlite3.PERM, "no permission to use the file"},
	{sqlite3.AUTH, "no permission to use the file"},
	{sqlite3.CANTOPEN, "the file cannot be opened"},
	{sqlite3.IOERR, "the disk is full, or fails to read or write"},
}

// wrap turns what SQLite reports into the store's errors and says what was
// being done. No text of it holds a path or a value.
func wrap(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sqlite3.INTERRUPT) && ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	if !errors.Is(err, store.ErrUnavailable) {
		for _, t := range troubles {
			if errors.Is(err, t.code) {
				return fmt.Errorf("%s: %w: %s%s", what, store.ErrUnavailable, t.text, osDetail(err))
			}
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// osDetail returns ": " and the operating system's reason, without its path.
func osDetail(err error) string {
	var sqlError *sqlite3.Error
	if errors.As(err, &sqlError) && sqlError.Unwrap() != nil {
		return ": " + cause(sqlError.Unwrap()).Error()
	}
	return ""
}

// cause strips the operation and the path from a file error.
func cause(err error) error {
	var pathError *fs.PathError
	var callError *os.SyscallError
	switch {
	case errors.As(err, &pathError):
		return pathError.Err
	case errors.As(err, &callError):
		return callError.Err
	}
	return err
}
