package mcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// The scanner reads I-JSON (RFC 7493): RFC 8259 without invalid UTF-8 and
// without unpaired surrogates. It builds nothing: it walks the text once and
// hands out slices of it, so that the arguments of a call reach the Gate as
// the very bytes that came in.

var (
	errSyntax = errors.New("not strict JSON")
	errDepth  = errors.New("nested too deeply")
	errKeys   = errors.New("too many, repeated or ambiguous keys")
)

// maxKeys bounds the keys of the objects that the edge itself looks into
// (params and _meta), which are compared pairwise.
const maxKeys = 64

type scanner struct {
	b     []byte
	i     int
	depth int // levels that may still be opened
}

// visit receives one member of an object: its decoded key and its raw value.
type visit func(key, raw []byte) error

// scanObject checks that b is exactly one strict JSON object and shows its
// members to f in order.
func scanObject(b []byte, depth int, f visit) error {
	if !utf8.Valid(b) {
		return errSyntax
	}
	s := scanner{b: b, depth: depth}
	s.space()
	if s.peek() != '{' {
		return errSyntax
	}
	if err := s.object(f); err != nil {
		return err
	}
	s.space()
	if s.i != len(s.b) {
		return errSyntax
	}
	return nil
}

// members shows the members of an object that was scanned before.
func members(raw []byte, f visit) error {
	s := scanner{b: raw, depth: len(raw)}
	return s.object(f)
}

func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

func (s *scanner) value() error {
	switch c := s.peek(); c {
	case '{':
		return s.object(nil)
	case '[':
		return s.array()
	case '"':
		_, err := s.str()
		return err
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

func (s *scanner) word(w string) error {
	if !bytes.HasPrefix(s.b[s.i:], []byte(w)) {
		return errSyntax
	}
	s.i += len(w)
	return nil
}

func (s *scanner) open() error {
	if s.depth--; s.depth < 0 {
		return errDepth
	}
	s.i++
	s.space()
	return nil
}

func (s *scanner) object(f visit) error {
	if err := s.open(); err != nil {
		return err
	}
	var room [8][]byte // enough for most, without an allocation
	seen := room[:0]
	for first := true; s.peek() != '}'; first = false {
		if !first && !s.comma() {
			return errSyntax
		}
		if err := s.member(f, &seen); err != nil {
			return err
		}
		s.space()
	}
	s.i++
	s.depth++
	return nil
}

func (s *scanner) member(f visit, seen *[][]byte) error {
	if s.peek() != '"' {
		return errSyntax
	}
	rawKey, err := s.str()
	if err != nil {
		return err
	}
	s.space()
	if s.peek() != ':' {
		return errSyntax
	}
	s.i++
	s.space()
	start := s.i
	if err := s.value(); err != nil || f == nil {
		return err
	}
	key, err := decodeKey(rawKey)
	if err != nil {
		return err
	}
	if err := addKey(seen, key); err != nil {
		return err
	}
	return f(key, s.b[start:s.i])
}

// decodeKey is unquote without a copy where nothing is escaped.
func decodeKey(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	key, err := unquote(raw)
	return []byte(key), err
}

// addKey refuses a key that equals an earlier one up to case. encoding/json,
// with which the library decodes, ignores case and takes the last of several
// keys: without this, the two parsers could see two different messages.
func addKey(seen *[][]byte, key []byte) error {
	if len(*seen) >= maxKeys {
		return errKeys
	}
	for _, k := range *seen {
		if bytes.EqualFold(k, key) {
			return errKeys
		}
	}
	*seen = append(*seen, key)
	return nil
}

func (s *scanner) array() error {
	if err := s.open(); err != nil {
		return err
	}
	for first := true; s.peek() != ']'; first = false {
		if !first && !s.comma() {
			return errSyntax
		}
		if err := s.value(); err != nil {
			return err
		}
		s.space()
	}
	s.i++
	s.depth++
	return nil
}

func (s *scanner) comma() bool {
	if s.peek() != ',' {
		return false
	}
	s.i++
	s.space()
	return true
}

// str skips a string and returns it with its quotes.
func (s *scanner) str() ([]byte, error) {
	start := s.i
	for s.i++; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.b[start:s.i], nil
		case c < ' ':
			return nil, errSyntax
		case c == '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		}
	}
	return nil, errSyntax
}

// escape steps to the last byte of one escape sequence.
func (s *scanner) escape() error {
	s.i++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		return s.unicode()
	}
	return errSyntax
}

// unicode steps over \uXXXX, and over the second half of a surrogate pair.
func (s *scanner) unicode() error {
	r, ok := s.hex4(s.i + 1)
	if !ok || r >= 0xDC00 && r < 0xE000 {
		return errSyntax
	}
	s.i += 4
	if r < 0xD800 || r >= 0xE000 {
		return nil
	}
	if s.i+2 >= len(s.b) || s.b[s.i+1] != '\\' || s.b[s.i+2] != 'u' {
		return errSyntax
	}
	low, ok := s.hex4(s.i + 3)
	if !ok || low < 0xDC00 || low >= 0xE000 {
		return errSyntax
	}
	s.i += 6
	return nil
}

func (s *scanner) hex4(at int) (rune, bool) {
	if at+4 > len(s.b) {
		return 0, false
	}
	var r rune
	for _, c := range s.b[at : at+4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.i++
	}
	switch {
	case s.peek() == '0':
		s.i++
	case s.digits() == 0:
		return errSyntax
	}
	if s.peek() == '.' {
		s.i++
		if s.digits() == 0 {
			return errSyntax
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.i++
		if c := s.peek(); c == '+' || c == '-' {
			s.i++
		}
		if s.digits() == 0 {
			return errSyntax
		}
	}
	return nil
}

func (s *scanner) digits() (n int) {
	for ; s.peek() >= '0' && s.peek() <= '9'; n++ {
		s.i++
	}
	return n
}

// unquote decodes a string that was scanned before.
func unquote(raw []byte) (string, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", errSyntax
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil
	}
	var v string
	if json.Unmarshal(raw, &v) != nil {
		return "", errSyntax
	}
	return v, nil
}
