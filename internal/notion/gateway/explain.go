package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/internal/notion/wire"
)

// kinds says of each sentinel which code it is to the caller, and what to do.
var kinds = []struct {
	err  error
	code string
	next string
}{
	{outbox.ErrNoRow, "not_found", "there is no such write of yours"},
	{outbox.ErrBusy, "conflict", "this page is being written by another call; try again in a minute"},
	{outbox.ErrStale, "conflict", "this page is being written by another call; try again in a minute"},
	{outbox.ErrUnavailable, "unavailable", "the outbox can't be reached, so nothing is written; tell the operator"},
	{notion.ErrBorder, "internal", "the request held something that must not leave, so it was not sent; tell the operator the call id"},
	{notion.ErrRateLimited, "limit_exceeded", "Notion asks to wait"},
	{notion.ErrAmbiguous, "unavailable", "it is not known whether Notion did it"},
	{notion.ErrUnavailable, "unavailable", "Notion can't be reached; try again later"},
	{notion.ErrDenied, "denied", "Notion refuses access; the operator has to look at the integration"},
	{notion.ErrNotFound, "not_found", "Notion does not know it; list the targets and query again"},
	{notion.ErrNotAllowed, "denied", "nothing may be written there; list the targets to see where"},
	{notion.ErrPublic, "denied", "what is on the public web is not written to"},
	{notion.ErrContent, "invalid", "the content is refused"},
	{notion.ErrConflict, "conflict", "it does not fit what is there"},
	{notion.ErrInvalid, "invalid", "Notion does not take it"},
	{context.DeadlineExceeded, "timeout", "Notion took too long"},
	{context.Canceled, "timeout", "the call was cancelled"},
}

// explain puts an error into the caller's words: what is wrong, what Notion
// gave as the reason as far as it is safe to show, and whether anything is half
// done.
func explain(err error) *wire.Error {
	var a argument
	if errors.As(err, &a) {
		return &wire.Error{Code: "invalid", Message: a.Error(), Err: err}
	}
	e := &wire.Error{Code: "internal", Message: "something went wrong on the way to Notion; tell the operator the call id", Err: err}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			e.Code, e.Message = k.code, k.next
			e.Alert = errors.Is(err, notion.ErrBorder)
			break
		}
	}
	e.Message += reason(err)
	if errors.Is(err, outbox.ErrPending) {
		e.Pending = true
		e.Message += unfinished(err)
	}
	return e
}

// reason is what the API's error adds: fixed phrases and numbers.
func reason(err error) string {
	var api *notion.Error
	if !errors.As(err, &api) || errors.Is(err, notion.ErrBorder) {
		return plainReason(err)
	}
	text := ""
	if api.Reason != "" {
		text = ": " + api.Reason
	}
	if api.Status != 0 {
		text += fmt.Sprintf(" (status %d)", api.Status)
	}
	if api.Wait > 0 {
		text += fmt.Sprintf("; try again in %d seconds", int(api.Wait.Seconds()+0.5))
	}
	return text
}

// reasons are the outbox's own phrases behind ErrConflict and ErrInvalid that a
// caller can act on. Its errors are fixed text, but only these are passed on.
var reasons = []string{
	"this request id was used for another write",
	"somebody has edited the page since",
	"a later write changed the page; take that back first",
	"what became of its last request is not known; retry it first",
	"its page is not known; retry it first",
	"it wrote nothing",
	"an undo can't be undone",
	"the page is in the trash",
	"this write was abandoned",
	"somebody has changed the page meanwhile",
	"a page below a page has no properties but its title",
	"the target names no key property",
	"the title is too long",
	"the new page was public and was moved to the trash",
}

func plainReason(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, r := range reasons {
			if hasSuffix(e.Error(), r) {
				return ": " + r
			}
		}
	}
	return ""
}

func hasSuffix(text, end string) bool {
	return len(text) >= len(end) && text[len(text)-len(end):] == end
}

// unfinished says how far a write came.
func unfinished(err error) string {
	text := ". The write is kept in the outbox and not finished"
	var s *stopped
	if errors.As(err, &s) {
		switch o := s.done; {
		case o.Page == "":
			text += "; nothing is known to be on a page"
		case o.Created:
			text += fmt.Sprintf("; the page is there with %d of its blocks", o.Blocks)
		default:
			text += fmt.Sprintf("; %d new blocks are on the page and %d old ones in the trash", o.Blocks, o.Replaced)
		}
	}
	return text + ". The same call again goes on where it stopped; so does counterfoil outbox retry"
}
