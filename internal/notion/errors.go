package notion

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Sentinel errors. The first four say what the far side answered, the rest what
// was refused here.
var (
	// ErrDenied means that the token is wrong or lacks a capability, or that the
	// object is not shared with the integration (401, 403).
	ErrDenied = errors.New("notion denied access")
	// ErrNotFound means that the object doesn't exist or is not shared (404).
	ErrNotFound = errors.New("notion object not found")
	// ErrInvalid means that the request was refused as it stands (400, 413), or
	// that it would be.
	ErrInvalid = errors.New("notion refused the request")
	// ErrConflict means that something changed in between (409), or that a
	// request id was used for something else.
	ErrConflict = errors.New("notion conflict")
	// ErrRateLimited means that Notion, or our own pace, asks for a longer wait
	// than allowed (429, 529). Nothing was done.
	ErrRateLimited = errors.New("notion rate limit")
	// ErrUnavailable means that nothing was done because Notion can't be reached
	// or failed (5xx, network).
	ErrUnavailable = errors.New("notion unavailable")
	// ErrAmbiguous means that a write may or may not have been done: look before
	// trying again.
	ErrAmbiguous = errors.New("notion write has an unknown outcome")
	// ErrNotAllowed means that a place is not below an allow-listed parent, is in
	// the trash, or that its ancestors can't be seen.
	ErrNotAllowed = errors.New("notion place not allowed")
	// ErrPublic means that a page is shared to the public web, or that it can't be
	// told whether it is.
	ErrPublic = errors.New("notion page is public")
	// ErrContent means that content was refused by the policy on links and images.
	ErrContent = errors.New("content refused")
	// ErrBorder means that the scan at the border found something in a request
	// that may not leave: what should have been redacted was not.
	ErrBorder = errors.New("stopped at the border")
)

// Error is an answer of the API. Its text is safe to show.
type Error struct {
	// Kind is one of the sentinels above.
	Kind error
	// Status is the HTTP status, 0 if there was no answer.
	Status int
	// Code is Notion's error code if it is one that is documented.
	Code string
	// Reason is a fixed phrase, or what is left of Notion's message.
	Reason string
	// RequestID is Notion's id of the request, for its support.
	RequestID string
	// Wait is how long Notion asks to wait; only with ErrRateLimited.
	Wait time.Duration
}

// Error joins the fixed parts.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.Error())
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d", e.Status)
		if e.Code != "" {
			b.WriteString(" " + e.Code)
		}
		b.WriteString(")")
	}
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	}
	if e.Wait > 0 {
		fmt.Fprintf(&b, ": try again in %d s", int(e.Wait.Seconds()))
	}
	return b.String()
}

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Kind }

func fail(kind error, reason string) error { return &Error{Kind: kind, Reason: reason} }

// codes are the documented error codes and what they mean to us
// (https://developers.notion.com/reference/status-codes).
var codes = map[string]error{
	"invalid_json": ErrInvalid, "invalid_request_url": ErrInvalid, "invalid_request": ErrInvalid,
	"invalid_grant": ErrDenied, "validation_error": ErrInvalid, "missing_version": ErrInvalid,
	"unauthorized": ErrDenied, "restricted_resource": ErrDenied, "object_not_found": ErrNotFound,
	"conflict_error": ErrConflict, "rate_limited": ErrRateLimited, "service_overload": ErrRateLimited,
	"internal_server_error": ErrUnavailable, "bad_gateway": ErrUnavailable, "service_unavailable": ErrUnavailable,
	"database_connection_unavailable": ErrUnavailable, "gateway_timeout": ErrUnavailable,
}

// statusKind classifies by the status alone, which is all that a proxy's HTML
// page leaves.
func statusKind(status int) error {
	switch {
	case status == 401 || status == 403:
		return ErrDenied
	case status == 404:
		return ErrNotFound
	case status == 409:
		return ErrConflict
	case status == 429 || status == 529:
		return ErrRateLimited
	case status >= 500:
		return ErrUnavailable
	}
	return ErrInvalid
}

// wireError is the body of an error answer.
type wireError struct {
	Object    string `json:"object"`
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$`)

// answerError makes the Error of an answer that is not a success.
func answerError(status int, w wireError) *Error {
	e := &Error{Kind: statusKind(status), Status: status}
	if _, known := codes[w.Code]; known && w.Object == "error" {
		e.Code = w.Code
	}
	if uuidForm.MatchString(w.RequestID) {
		e.RequestID = w.RequestID
	}
	switch {
	case e.Code == "unauthorized":
		e.Reason = "the token is not valid"
	case e.Code == "restricted_resource":
		e.Reason = "the integration lacks a capability or access"
	case e.Code == "object_not_found":
		e.Reason = "it does not exist, or is not shared with the integration"
	case status == 413:
		e.Reason = "the payload is too large"
	case e.Kind == ErrInvalid:
		e.Reason = safeMessage(w.Message)
	}
	return e
}

// Shapes of Notion's validation messages. Property names and values in them come
// from the request or the workspace and are left out.
var (
	missingProperty = regexp.MustCompile(` is not a property that exists`)
	wrongType       = regexp.MustCompile(` is expected to be ([a-z_]+)\.?`)
	unknownFilter   = regexp.MustCompile(`[Cc]ould not find property with name or id`)
	wrongFilter     = regexp.MustCompile(`does not match filter`)
	badPath         = regexp.MustCompile(`\b(body|path|query)((?:\.[A-Za-z0-9_]+|\[\d+\])+)`)
	trashed         = regexp.MustCompile(`[Aa]rchived|in the trash|in_trash`)
	badCursor       = regexp.MustCompile(`start_cursor`)
)

// safeMessage keeps of a message of Notion what is Notion's own: which kind of
// mistake, at which place of the payload, with which bound.
func safeMessage(m string) string {
	switch {
	case m == "":
		return ""
	case missingProperty.MatchString(m), unknownFilter.MatchString(m):
		return "a property does not exist; it may have been renamed or removed"
	case wrongType.MatchString(m):
		return "a property has another type: " + vocabulary(wrongType.FindStringSubmatch(m)[1]) + " is expected"
	case wrongFilter.MatchString(m):
		return "a filter does not match the type of its property"
	case trashed.MatchString(m):
		return "the object or an ancestor is in the trash"
	case badCursor.MatchString(m):
		return "the cursor is not valid any more"
	}
	if at := badPath.FindStringSubmatch(m); at != nil {
		reason := "validation failed at " + at[1] + safePath(at[2])
		if _, should, found := strings.Cut(m, " should be "); found {
			should, _, _ = strings.Cut(should, ", instead was")
			reason += " (should be " + phrase(should) + ")"
		}
		return reason
	}
	return "validation failed"
}

// words of Notion's API that may appear in a reason.
var words = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`parent properties children title rich_text text content link url annotations
		bold italic strikethrough underline code color type object block paragraph heading_1 heading_2 heading_3
		heading_4 bulleted_list_item numbered_list_item to_do checked toggle quote callout icon emoji divider table
		table_width has_column_header has_row_header table_row cells language caption position after after_block id
		page_id database_id data_source_id block_id filter sorts property direction timestamp and or equals contains
		start_cursor page_size archived in_trash number select multi_select status date start end time_zone checkbox
		name length people relation files email phone_number formula rollup markdown expression user_id property_id
		start_cursor is_toggleable mention equation synced_block external file not present defined a an valid uuid
		string boolean array object integer should be one of the following or null undefined true false at most least
		characters elements blocks ≤ ≥ < > =`) {
		m[w] = true
	}
	return m
}()

func vocabulary(w string) string {
	if words[w] {
		return w
	}
	return "another one"
}

func safePath(p string) string {
	var b strings.Builder
	for _, seg := range strings.FieldsFunc(strings.ReplaceAll(p, "[", ".["), func(r rune) bool { return r == '.' }) {
		switch {
		case strings.HasPrefix(seg, "[") && len(seg) <= 6:
			b.WriteString(seg)
		case words[seg]:
			b.WriteString("." + seg)
		default:
			b.WriteString(".…")
		}
	}
	return b.String()
}

// phrase keeps known words and numbers of up to seven digits.
func phrase(s string) string {
	var kept []string
	for _, w := range strings.Fields(s) {
		w = strings.Trim(w, "`.,;:")
		if _, err := strconv.Atoi(w); (err == nil && len(w) <= 7) || words[w] {
			kept = append(kept, w)
		}
		if len(kept) == 12 {
			break
		}
	}
	return strings.Join(kept, " ")
}
