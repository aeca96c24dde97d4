package tools

import (
	"context"
	"errors"
	"fmt"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// Code is what kind of error a caller faces.
type Code string

// The codes. Every error that leaves the process has one of them.
const (
	CodeInvalid         Code = "invalid"
	CodeUnauthenticated Code = "unauthenticated"
	CodeDenied          Code = "denied"
	CodeNotFound        Code = "not_found"
	CodeConflict        Code = "conflict"
	CodeLimit           Code = "limit_exceeded"
	CodeTimeout         Code = "timeout"
	CodeUnavailable     Code = "unavailable"
	CodeInternal        Code = "internal"
)

// Codes lists them.
var Codes = []Code{
	CodeInvalid, CodeUnauthenticated, CodeDenied, CodeNotFound, CodeConflict,
	CodeLimit, CodeTimeout, CodeUnavailable, CodeInternal,
}

// Error is safe to show: Message is fixed text that says what to do next. Err
// is for the operator's eyes and never leaves the process.
type Error struct {
	Code    Code
	Message string
	Err     error
}

// Error returns the code and the safe message.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// invalid reports an argument by its path and what is allowed there.
func invalid(path, allowed string) *Error {
	return &Error{Code: CodeInvalid, Message: path + ": " + allowed}
}

// classify maps any error of a step to what the caller is told. The text of
// err itself never becomes part of the message.
func classify(err error) *Error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, audit.ErrUnavailable): // also if it gave no answer in time
		return &Error{CodeUnavailable, "the server cannot reach its data; try again later or tell its operator", err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{CodeTimeout, "the call took too long; narrow the dates or the filters and try again", err}
	case errors.Is(err, context.Canceled):
		return &Error{CodeTimeout, "the call was cancelled", err}
	case errors.Is(err, store.ErrNotFound):
		return &Error{CodeNotFound, "there is no such thing, or you may not see it", err}
	case errors.Is(err, store.ErrConflict):
		return &Error{CodeConflict, "the change contradicts what is stored; list again and retry", err}
	case errors.Is(err, store.ErrSnapshotGone):
		return &Error{CodeConflict, "the data this cursor pages through is no longer kept; start again without it", err}
	case errors.Is(err, store.ErrRange):
		return &Error{CodeLimit, "a total is too large to be exact; narrow the dates or the filters", err}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, audit.ErrClosed):
		return &Error{CodeUnavailable, "the server cannot reach its data; try again later or tell its operator", err}
	case errors.Is(err, redact.ErrRedact):
		return &Error{CodeInternal, "the result could not be made safe to show and was withheld; tell the operator", err}
	}
	return &Error{CodeInternal, "something went wrong inside; tell the operator the call id", err}
}

// errSecondScan is the alert that something got past the redactor.
var errSecondScan = fmt.Errorf("%w: alert: the second scan found what the redactor let pass", redact.ErrRedact)

// harmless passes what an error says to the caller through the redactor: a
// reason may come from a policy.
func (g *Gate) harmless(err *Error) *Error {
	if err == nil {
		return nil
	}
	clean, failed := g.redactors.text(err.Message)
	if failed != nil {
		clean = "the call failed; tell the operator the call id"
	}
	if clean == err.Message {
		return err
	}
	return &Error{err.Code, clean, err.Err}
}

// internalPanic wraps a recovered value; its text stays inside.
func internalPanic(v any) *Error {
	return &Error{CodeInternal, "something went wrong inside; tell the operator the call id", fmt.Errorf("panic: %v", v)}
}
