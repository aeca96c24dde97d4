package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// timeLayout is how a record writes its time: RFC 3339, UTC, microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Encode returns the record as its leaf: RFC 8785 JSON. It fails with
// ErrInvalid on integers beyond 2^53−1 and on times outside years 1 to 9999.
// It does not bound the length; Append does.
func (r *Record) Encode() ([]byte, error) {
	return r.appendTo(make([]byte, 0, 1536))
}

func (r *Record) appendTo(out []byte) ([]byte, error) {
	e := encoder{out: out}
	e.object(r.visit)
	return e.out, e.err
}

// An encoder is the visitor that writes. After an error what it has written
// means nothing.
type encoder struct {
	out []byte
	err error
}

// object writes an object; at least one of its members must be one that is
// always written.
func (e *encoder) object(visit func(visitor)) {
	start := len(e.out)
	visit(e)
	e.out[start] = '{' // in the place of the first member's comma
	e.out = append(e.out, '}')
}

func (e *encoder) text(key string, p *string) {
	if *p != "" {
		e.mustText(key, p)
	}
}

func (e *encoder) mustText(key string, p *string) {
	e.out = appendString(append(e.out, key...), *p)
}

func (e *encoder) number(key string, p *int64) {
	if *p != 0 {
		e.mustNumber(key, p)
	}
}

func (e *encoder) mustNumber(key string, p *int64) {
	if *p > maxSafeInteger || *p < -maxSafeInteger {
		e.err = invalid("integer beyond 2^53-1")
	}
	e.out = strconv.AppendInt(append(e.out, key...), *p, 10)
}

func (e *encoder) schema(key string, p *int) {
	n := int64(*p)
	e.mustNumber(key, &n)
}

func (e *encoder) time(key string, p *time.Time) {
	t := p.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		e.err = invalid("time outside years 1 to 9999")
		return
	}
	e.out = appendTime(append(e.out, key...), t)
}

func (e *encoder) list(key string, p *[]string) {
	if len(*p) > 0 {
		e.out = appendStrings(append(e.out, key...), *p)
	}
}

func (e *encoder) counts(key string, p *[]Count) {
	encodeList(e, key, *p, (*Count).visit)
}

func (e *encoder) exchanges(key string, p *[]Exchange) {
	encodeList(e, key, *p, (*Exchange).visit)
}

func encodeList[T any](e *encoder, key string, list []T, visit func(*T, visitor)) {
	if len(list) == 0 {
		return
	}
	e.out = append(e.out, key...)
	for i := range list {
		e.out = append(e.out, "[,"[min(i, 1)])
		e.object(func(v visitor) { visit(&list[i], v) })
	}
	e.out = append(e.out, ']')
}

func (e *encoder) usage(key string, p **Usage) {
	if *p != nil {
		e.out = append(e.out, key...)
		e.object((*p).visit)
	}
}

// appendTime appends a time in UTC.
func appendTime(out []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	out = appendDigits(append(out, '"'), year, 4)
	out = appendDigits(append(out, '-'), int(month), 2)
	out = appendDigits(append(out, '-'), day, 2)
	out = appendDigits(append(out, 'T'), hour, 2)
	out = appendDigits(append(out, ':'), minute, 2)
	out = appendDigits(append(out, ':'), second, 2)
	out = appendDigits(append(out, '.'), t.Nanosecond()/1000, 6)
	return append(out, 'Z', '"')
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

// appendStrings appends a list that is not empty.
func appendStrings(out []byte, list []string) []byte {
	for i, s := range list {
		out = appendString(append(out, "[,"[min(i, 1)]), s)
	}
	return append(out, ']')
}

// encodeBounded appends the record to out in at most MaxLeaf bytes: as long as
// it is longer, its longest string or list is replaced by a salted digest.
func encodeBounded(out []byte, e *Entry) ([]byte, error) {
	start := len(out)
	leaf, err := e.Record.appendTo(out)
	if err != nil || len(leaf)-start <= MaxLeaf {
		return leaf, err
	}
	r := e.Record // a copy; the caller's record stays as it was
	for range r.slots() {
		e.shorten(&r)
		if leaf, err = r.appendTo(leaf[:start]); err != nil || len(leaf)-start <= MaxLeaf {
			return leaf, err
		}
	}
	return nil, invalid("record longer than %d bytes", MaxLeaf)
}

// shorten replaces the longest string or list of r by its commitment.
func (e *Entry) shorten(r *Record) {
	var longest slot
	var text []byte
	for _, s := range r.slots() {
		if enc := s.encode(); len(enc) > len(text) {
			longest, text = s, enc
		}
	}
	digest := "sha256:" + e.Commit(longest.name, text)
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
}

// encode returns the member's value as JSON.
func (s slot) encode() []byte {
	var e encoder
	switch p := s.at.(type) {
	case *string:
		e.mustText("", p)
	case *[]string:
		e.list("", p)
	case *[]Count:
		e.counts("", p)
	case *[]Exchange:
		e.exchanges("", p)
	}
	return e.out
}

// Digest returns the lower-case hex SHA-256 of data.
func Digest(data []byte) string { return hexOf(sha256.Sum256(data)) }

// hexOf returns a hash in lower-case hex.
func hexOf(h [sha256.Size]byte) string {
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], h[:])
	return string(text[:])
}
