package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/lockfile"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// The exit codes. They are part of the interface: never renumber one.
const (
	exitOK          = 0
	exitInternal    = 1
	exitUsage       = 2
	exitFound       = 3
	exitConfig      = 4
	exitNoKey       = 5
	exitData        = 6
	exitCheckFailed = 7
	exitInput       = 8

	exitInvalid         = 10
	exitUnauthenticated = 11
	exitDenied          = 12
	exitNotFound        = 13
	exitConflict        = 14
	exitLimit           = 15
	exitTimeout         = 16
	exitUnavailable     = 17
	exitToolInternal    = 18

	exitInterrupted = 130
)

const exitCodesText = `Counterfoil exits with one of these codes:

    0  done
    1  internal error, or output could not be written
    2  wrong command, flag or argument
    3  redact: something was found
    4  a mistake in the config or the policy
    5  a key is missing, unreadable, damaged, destroyed or open to others
    6  the data folder, store or log cannot be used: not set up, held by another
       process, damaged, full, or made by another version
    7  a check failed: audit verify, policy test
    8  an input file was not accepted; nothing of it was kept

A call of a tool that was refused exits with the code of its refusal:

   10  invalid            an argument is wrong
   11  unauthenticated    no such principal
   12  denied             the policy denies it
   13  not_found
   14  conflict
   15  limit_exceeded     a bound or a budget is used up
   16  timeout
   17  unavailable        the store or the log cannot serve
   18  internal

  130  interrupted
`

// codeExits maps what a tool call was refused with to an exit code.
var codeExits = map[tools.Code]int{
	tools.CodeInvalid:         exitInvalid,
	tools.CodeUnauthenticated: exitUnauthenticated,
	tools.CodeDenied:          exitDenied,
	tools.CodeNotFound:        exitNotFound,
	tools.CodeConflict:        exitConflict,
	tools.CodeLimit:           exitLimit,
	tools.CodeTimeout:         exitTimeout,
	tools.CodeUnavailable:     exitUnavailable,
	tools.CodeInternal:        exitToolInternal,
}

// failure is an error with its exit code and what the user can do about it.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// fail makes an error that ends the command with a code and, unless it is "", a hint.
func fail(code int, hint string, format string, args ...any) error {
	return &failure{code, fmt.Errorf(format, args...), hint}
}

// sentinels maps known errors to exit codes and hints, in order.
var sentinels = []struct {
	err  error
	code int
	hint string
}{
	{lockfile.ErrHeld, exitData, "wait for or stop the other counterfoil process, or use --data for another folder"},
	{seal.ErrErased, exitNoKey, ""},
	{seal.ErrNoKey, exitNoKey, "the key-encryption key has to be there and answer; without it the data cannot be read (docs/keys.md)"},
	{audit.ErrTampered, exitCheckFailed, "see docs/audit.md before anything else is done with this folder"},
	{audit.ErrLocked, exitData, "stop the other counterfoil process"},
	{audit.ErrClosed, exitData, "the log refuses after a failed write: free some space and start again"},
	{policy.ErrCompile, exitConfig, "nothing is served until the policy compiles"},
	{syscall.ENOSPC, exitData, "the disk is full: free some space and try again"},
	{store.ErrNotFound, exitNotFound, "counterfoil import list shows the batches, counterfoil account list the accounts"},
	{store.ErrConflict, exitConflict, ""},
	{store.ErrSnapshotGone, exitNotFound, ""},
	{store.ErrRange, exitLimit, ""},
	{context.DeadlineExceeded, exitTimeout, ""},
	{fs.ErrPermission, exitData, "check who owns the folder and its modes"},
	{syscall.ENOTDIR, exitData, "name a folder with --data"},
	{syscall.EROFS, exitData, "use a copy of the folder where it can be written; audit verify, list, show, export and replay read it as it is"},
	{store.ErrUnavailable, exitData, ""},
	{audit.ErrUnavailable, exitData, "the log's storage, and every anchor and witness of the config, have to answer first (docs/audit.md)"},
}

// classify gives every error a code. What fails before a command runs is a
// mistake in the command line.
func classify(err error, interrupted, started bool) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	if interrupted && errors.Is(err, context.Canceled) {
		return &failure{exitInterrupted, err, ""}
	}
	// Whether a flag is missing is only looked at once a command has begun.
	if !started || strings.HasPrefix(err.Error(), "required flag(s)") {
		return &failure{exitUsage, errors.New(withoutNumbers(err.Error())), "run counterfoil --help, or add --help to the command"}
	}
	var refused *tools.Error
	if errors.As(err, &refused) {
		return &failure{codeExits[refused.Code], err, ""}
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return &failure{s.code, err, s.hint}
		}
	}
	return &failure{exitInternal, err, ""}
}

// maxDigitsSaid is how many digits a word of the command line may have to be said
// again: more may be an account number that no detector knows.
const maxDigitsSaid = 4

// withoutNumbers withholds the words of a text that have many digits.
func withoutNumbers(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		digits := 0
		for _, r := range w {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits > maxDigitsSaid {
			words[i] = withheld
		}
	}
	return strings.Join(words, " ")
}

// panicked describes a recovered panic by where it began, without its text,
// which may hold data.
func panicked() *failure {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	where := "an unknown place"
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			where = fmt.Sprintf("%s:%d", path.Base(f.File), f.Line)
			break
		}
		if !more {
			break
		}
	}
	return &failure{exitInternal, fmt.Errorf("internal error at %s", where), "this is a bug in counterfoil, please report it"}
}

// newExitCodesTopic is not a command but a page of help.
func newExitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long:  exitCodesText,
	}
}
