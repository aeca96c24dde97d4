// Package exit is how a command ends: with one of the exit codes, which are part of
// the interface, or with an error that carries its code and what the user can do.
package exit

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

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/lockfile"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// The exit codes. They are part of the interface: never renumber one.
const (
	OK          = 0
	Internal    = 1
	Usage       = 2
	Found       = 3
	Config      = 4
	NoKey       = 5
	Data        = 6
	CheckFailed = 7
	Input       = 8

	Invalid         = 10
	Unauthenticated = 11
	Denied          = 12
	NotFound        = 13
	Conflict        = 14
	Limit           = 15
	Timeout         = 16
	Unavailable     = 17
	ToolInternal    = 18

	Interrupted = 130
)

// CodesText explains them.
const CodesText = `Counterfoil exits with one of these codes:

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

// Refusals maps what a tool call was refused with to an exit code.
var Refusals = map[tools.Code]int{
	tools.CodeInvalid:         Invalid,
	tools.CodeUnauthenticated: Unauthenticated,
	tools.CodeDenied:          Denied,
	tools.CodeNotFound:        NotFound,
	tools.CodeConflict:        Conflict,
	tools.CodeLimit:           Limit,
	tools.CodeTimeout:         Timeout,
	tools.CodeUnavailable:     Unavailable,
	tools.CodeInternal:        ToolInternal,
}

// Failure is an error with its exit code and what the user can do about it.
type Failure struct {
	Code int
	Err  error
	Hint string
}

// Error is what is said of it, without the hint.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the error itself.
func (f *Failure) Unwrap() error { return f.Err }

// Fail makes an error that ends the command with a code and, unless it is "", a hint.
func Fail(code int, hint string, format string, args ...any) error {
	return &Failure{code, fmt.Errorf(format, args...), hint}
}

// sentinels maps known errors to exit codes and hints, in order.
var sentinels = []struct {
	err  error
	code int
	hint string
}{
	{lockfile.ErrHeld, Data, "wait for or stop the other counterfoil process, or use --data for another folder"},
	{seal.ErrErased, NoKey, ""},
	{seal.ErrNoKey, NoKey, "the key-encryption key has to be there and answer; without it the data cannot be read (docs/keys.md)"},
	{audit.ErrTampered, CheckFailed, "see docs/audit.md before anything else is done with this folder"},
	{audit.ErrStore, CheckFailed, "this says nothing against the log: put the store back from a backup (docs/store.md)"},
	{audit.ErrLocked, Data, "stop the other counterfoil process"},
	{audit.ErrClosed, Data, "the log refuses after a failed write: free some space and start again"},
	{policy.ErrCompile, Config, "nothing is served until the policy compiles"},
	{syscall.ENOSPC, Data, "the disk is full: free some space and try again"},
	{store.ErrNotFound, NotFound, "counterfoil import list shows the batches, counterfoil account list the accounts"},
	{store.ErrConflict, Conflict, ""},
	{store.ErrSnapshotGone, NotFound, ""},
	{store.ErrRange, Limit, ""},
	{context.DeadlineExceeded, Timeout, ""},
	{fs.ErrPermission, Data, "check who owns the folder and its modes"},
	{syscall.ENOTDIR, Data, "name a folder with --data"},
	{syscall.EROFS, Data, "use a copy of the folder where it can be written; audit verify, list, show, export and replay read it as it is"},
	{store.ErrUnavailable, Data, ""},
	{audit.ErrUnavailable, Data, "the log's storage, and every anchor and witness of the config, have to answer first (docs/audit.md)"},
}

// Classify gives every error a code. What fails before a command runs is a
// mistake in the command line.
func Classify(err error, interrupted, started bool) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	if interrupted && errors.Is(err, context.Canceled) {
		return &Failure{Interrupted, err, ""}
	}
	// Whether a flag is missing is only looked at once a command has begun.
	if !started || strings.HasPrefix(err.Error(), "required flag(s)") {
		return &Failure{Usage, errors.New(WithoutNumbers(err.Error())), "run counterfoil --help, or add --help to the command"}
	}
	var refused *tools.Error
	if errors.As(err, &refused) {
		code, known := Refusals[refused.Code]
		if !known { // a refusal is never a success
			code = ToolInternal
		}
		return &Failure{code, err, ""}
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return &Failure{s.code, err, s.hint}
		}
	}
	return &Failure{Internal, err, ""}
}

// maxDigitsSaid is how many digits a word of the command line may have to be said
// again: more may be an account number that no detector knows.
const maxDigitsSaid = 4

// WithoutNumbers withholds the words of a text that have many digits.
func WithoutNumbers(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		digits := 0
		for _, r := range w {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits > maxDigitsSaid {
			words[i] = Withheld
		}
	}
	return strings.Join(words, " ")
}

// Panicked describes a recovered panic by where it began, without its text,
// which may hold data.
func Panicked() *Failure {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	where := "an unknown place"
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") && !strings.HasPrefix(f.Function, "internal/runtime/") {
			where = fmt.Sprintf("%s:%d", path.Base(f.File), f.Line)
			break
		}
		if !more {
			break
		}
	}
	return &Failure{Internal, fmt.Errorf("internal error at %s", where), "this is a bug in counterfoil, please report it"}
}

// Withheld stands for a text that could not be examined.
const Withheld = "(withheld)"
