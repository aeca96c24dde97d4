package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// timeLayout is how a record writes its time: RFC 3339, UTC, microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// A slot is one member of a JSON object: its name as written, and a pointer to
// the Go field, of one of the types that appendSlot knows.
type slot struct {
	key string
	at  any
}

// slots lists a record's members in canonical order: the names are ASCII, so
// byte order is the order of UTF-16 code units. A test compares the list with
// the struct.
func (r *Record) slots() [49]slot {
	return [...]slot{
		{`"accounts":`, &r.Accounts},
		{`"after":`, &r.After},
		{`"args_digest":`, &r.ArgsDigest},
		{`"auth":`, &r.Auth},
		{`"batch":`, &r.Batch},
		{`"before":`, &r.Before},
		{`"build":`, &r.Build},
		{`"bytes":`, &r.Bytes},
		{`"call_id":`, &r.CallID},
		{`"client_name":`, &r.ClientName},
		{`"client_version":`, &r.ClientVersion},
		{`"clock":`, &r.Clock},
		{`"config_digest":`, &r.ConfigDigest},
		{`"correlation":`, &r.Correlation},
		{`"decision":`, &r.Decision},
		{`"detail":`, &r.Detail},
		{`"error":`, &r.Error},
		{`"event":`, &r.Event},
		{`"exchanges":`, &r.Exchanges},
		{`"findings":`, &r.Findings},
		{`"from":`, &r.From},
		{`"labels":`, &r.Labels},
		{`"obligations":`, &r.Obligations},
		{`"origin":`, &r.Origin},
		{`"pages":`, &r.Pages},
		{`"phase":`, &r.Phase},
		{`"policy_digest":`, &r.PolicyDigest},
		{`"predecessor":`, &r.Predecessor},
		{`"principal":`, &r.Principal},
		{`"protocol":`, &r.Protocol},
		{`"reason":`, &r.Reason},
		{`"received_digest":`, &r.ReceivedDigest},
		{`"redactor_epoch":`, &r.RedactorEpoch},
		{`"result_digest":`, &r.ResultDigest},
		{`"rows":`, &r.Rows},
		{`"rows_digest":`, &r.RowsDigest},
		{`"rule":`, &r.Rule},
		{`"salt_commit":`, &r.SaltCommit},
		{`"schema":`, &r.Schema},
		{`"seed":`, &r.Seed},
		{`"sidecar":`, &r.Sidecar},
		{`"snapshot":`, &r.Snapshot},
		{`"source_digest":`, &r.SourceDigest},
		{`"time":`, &r.Time},
		{`"to":`, &r.To},
		{`"tokens":`, &r.Tokens},
		{`"tool":`, &r.Tool},
		{`"tool_digest":`, &r.ToolDigest},
		{`"trace_id":`, &r.TraceID},
	}
}

func (u *Usage) slots() [5]slot {
	return [...]slot{{`"bytes":`, &u.Bytes}, {`"calls":`, &u.Calls}, {`"pages":`, &u.Pages}, {`"rows":`, &u.Rows}, {`"tokens":`, &u.Tokens}}
}

func (x *Exchange) slots() [5]slot {
	return [...]slot{{`"answer":`, &x.Answer}, {`"detail":`, &x.Detail}, {`"error":`, &x.Error}, {`"sent":`, &x.Sent}, {`"to":`, &x.To}}
}

func (c *Count) slots() [3]slot {
	return [...]slot{{`"layer":`, &c.Layer}, {`"n":`, &c.N}, {`"name":`, &c.Name}}
}

// alwaysWritten names the members that are written even if they are empty.
func alwaysWritten(key string) bool {
	switch key {
	case `"schema":`, `"origin":`, `"time":`, `"phase":`, `"n":`, `"name":`, `"sent":`:
		return true
	}
	return false
}

// Encode returns the record as its leaf: RFC 8785 JSON. It fails with
// ErrInvalid on integers beyond 2^53−1 and on times outside years 1 to 9999.
// It does not bound the length; Append does.
func (r *Record) Encode() ([]byte, error) {
	return r.appendTo(make([]byte, 0, 1536))
}

func (r *Record) appendTo(out []byte) ([]byte, error) {
	s := r.slots()
	return appendObject(out, s[:], false)
}

// appendObject appends the members that are not empty; all appends the empty
// ones, too.
func appendObject(out []byte, slots []slot, all bool) ([]byte, error) {
	out = append(out, '{')
	start := len(out)
	for i := range slots {
		s := &slots[i]
		if !all && s.empty() && !alwaysWritten(s.key) {
			continue
		}
		if len(out) > start {
			out = append(out, ',')
		}
		out = append(out, s.key...)
		var err error
		if out, err = s.appendValue(out); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func (s *slot) empty() bool {
	switch p := s.at.(type) {
	case *string:
		return *p == ""
	case *int64:
		return *p == 0
	case *int:
		return *p == 0
	case *Phase:
		return *p == ""
	case *[]string:
		return len(*p) == 0
	case *[]Count:
		return len(*p) == 0
	case *[]Exchange:
		return len(*p) == 0
	case **Usage:
		return *p == nil
	default:
		return s.at.(*time.Time).IsZero()
	}
}

func (s *slot) appendValue(out []byte) ([]byte, error) {
	switch p := s.at.(type) {
	case *string:
		return appendString(out, *p), nil
	case *int64:
		return appendInt(out, *p)
	case *int:
		return appendInt(out, int64(*p))
	case *Phase:
		return appendString(out, string(*p)), nil
	case *[]string:
		return appendStrings(out, *p), nil
	case *[]Count:
		return appendObjects(out, *p, func(c *Count) []slot { s := c.slots(); return s[:] })
	case *[]Exchange:
		return appendObjects(out, *p, func(x *Exchange) []slot { s := x.slots(); return s[:] })
	case **Usage:
		u := (*p).slots()
		return appendObject(out, u[:], true)
	default:
		return appendTime(out, *s.at.(*time.Time))
	}
}

func appendInt(out []byte, n int64) ([]byte, error) {
	if n > maxSafeInteger || n < -maxSafeInteger {
		return nil, invalid("integer beyond 2^53-1")
	}
	return strconv.AppendInt(out, n, 10), nil
}

func appendTime(out []byte, t time.Time) ([]byte, error) {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, invalid("time outside years 1 to 9999")
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	out = appendDigits(append(out, '"'), year, 4)
	out = appendDigits(append(out, '-'), int(month), 2)
	out = appendDigits(append(out, '-'), day, 2)
	out = appendDigits(append(out, 'T'), hour, 2)
	out = appendDigits(append(out, ':'), minute, 2)
	out = appendDigits(append(out, ':'), second, 2)
	out = appendDigits(append(out, '.'), t.Nanosecond()/1000, 6)
	return append(out, 'Z', '"'), nil
}

// appendDigits appends n in exactly width digits.
func appendDigits(out []byte, n, width int) []byte {
	start := len(out)
	out = append(out, "000000"[:width]...)
	for i := start + width - 1; i >= start; i-- {
		out[i] = byte('0' + n%10)
		n /= 10
	}
	return out
}

func appendStrings(out []byte, list []string) []byte {
	out = append(out, '[')
	for i, s := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(out, s)
	}
	return append(out, ']')
}

func appendObjects[T any](out []byte, list []T, slots func(*T) []slot) ([]byte, error) {
	out = append(out, '[')
	for i := range list {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendObject(out, slots(&list[i]), false); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// encodeBounded encodes the record in at most MaxLeaf bytes: as long as it is
// longer, its longest string or list is replaced by a salted digest.
func encodeBounded(e *Entry) ([]byte, error) {
	leaf, err := e.Record.Encode()
	if err != nil || len(leaf) <= MaxLeaf {
		return leaf, err
	}
	r := e.Record // a copy; the caller's record stays as it was
	for range r.slots() {
		if err := e.shorten(&r); err != nil {
			return nil, err
		}
		if leaf, err = r.Encode(); err != nil || len(leaf) <= MaxLeaf {
			return leaf, err
		}
	}
	return nil, invalid("record longer than %d bytes", MaxLeaf)
}

// shorten replaces the longest string or list of r by its commitment.
func (e *Entry) shorten(r *Record) error {
	slots := r.slots()
	var longest *slot
	var text []byte
	for i := range slots {
		if slots[i].empty() {
			continue
		}
		enc, err := slots[i].appendValue(nil)
		if err != nil {
			return err
		}
		if len(enc) > len(text) {
			longest, text = &slots[i], enc
		}
	}
	digest := "sha256:" + e.Commit(longest.name(), text)
	switch p := longest.at.(type) {
	case *string:
		*p = digest
	case *[]string:
		*p = []string{digest}
	case *[]Count:
		*p = []Count{{Name: digest, N: int64(len(*p))}}
	case *[]Exchange:
		*p = []Exchange{{Sent: digest}}
	}
	return nil
}

// name returns the member's name without quotes and colon.
func (s *slot) name() string { return s.key[1 : len(s.key)-2] }

// Digest returns the lower-case hex SHA-256 of data.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
