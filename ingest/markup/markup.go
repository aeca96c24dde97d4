// Package markup reads the tags of OFX (SGML and XML) and ISO 20022 (XML) from
// front to back without building a tree: a bounded, non-validating tokeniser
// that tracks line and column.
//
// It knows elements, attributes, text, CDATA, comments, processing
// instructions and the predefined and numeric character references. It refuses
// document type declarations (and so every entity bomb and external entity). An ampersand
// that begins no known reference stands for itself, because banks write
// merchant names without escaping them.
package markup

import (
	"bytes"
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// Reasons for which a document is refused.
const (
	reasonTag     = "tag is not closed or longer than the limit"
	reasonText    = "text between tags is longer than the limit"
	reasonName    = "tag has no name"
	reasonDoctype = "document type declarations are not accepted"
	reasonEnd     = "closing tag does not match the open one"
	reasonEOF     = "file ends before its last element is closed"
	reasonDepth   = "elements are nested deeper than the limit"
	reasonStray   = "text or element outside the document"
)

// MaxDepth bounds nesting; ISO 20022 goes to about 15.
const MaxDepth = 100

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	Start Kind = iota + 1
	End
	Text
	Instruction // <?name ...?>
)

// Token is one piece of markup. Its bytes are valid until the next call.
type Token struct {
	Kind         Kind
	Name         []byte // without namespace prefix
	Attributes   []byte // raw text after the name
	Text         []byte // decoded
	Line, Column int
}

// Reader reads tokens.
type Reader struct {
	src    io.Reader
	buf    []byte
	pos    int
	end    int
	err    error // from src
	line   int
	column int
	closes []byte // name of a self-closing tag whose End is due
	text   []byte // scratch for decoded text
}

const bufferSize = 64 << 10

// shortToken is the length under which a loop beats the library's counting.
const shortToken = 48

// NewReader returns a reader of UTF-8 text.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, bufferSize), line: 1, column: 1}
}

// Next returns the next token. Text that is only white space is not a token.
// At the end it returns io.EOF; other errors are *statement.Error or the
// source's own.
func (r *Reader) Next(t *Token) error {
	if r.closes != nil {
		*t = Token{Kind: End, Name: r.closes, Line: r.line, Column: r.column}
		r.closes = nil
		return nil
	}
	for {
		if r.pos == r.end && !r.fill() {
			return r.err
		}
		t.Line, t.Column = r.line, r.column
		if !r.tagAt(0) {
			found, err := r.readText(t)
			if found || err != nil {
				return err
			}
			continue
		}
		skip, err := r.readTag(t)
		if !skip || err != nil {
			return err
		}
	}
}

// fill makes more bytes available after those at pos..end, growing the buffer
// up to the record limit.
func (r *Reader) fill() bool {
	if r.err != nil {
		return false
	}
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
		r.end -= r.pos
		r.pos = 0
	}
	if r.end == len(r.buf) {
		if len(r.buf) >= statement.MaxRecord {
			return false
		}
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for tries := 0; ; tries++ {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if err != nil {
			r.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
		if tries == 100 {
			r.err = io.ErrNoProgress
			return false
		}
	}
}

// index is bytes.Index for short marks.
func index(b []byte, mark string) int {
	if len(mark) == 1 {
		return bytes.IndexByte(b, mark[0])
	}
	return bytes.Index(b, []byte(mark))
}

// until returns the length up to and including the first mark at or after
// from, reading more as needed; -1 if there is none within the limit.
func (r *Reader) until(from int, mark string) int {
	for {
		if i := index(r.buf[r.pos+from:r.end], mark); i >= 0 {
			return from + i + len(mark)
		}
		from = max(from, r.end-r.pos-len(mark)+1)
		if !r.fill() {
			return -1
		}
	}
}

// take consumes n bytes and moves the position on.
func (r *Reader) take(n int) []byte {
	b := r.buf[r.pos : r.pos+n]
	r.pos += n
	if n < shortToken {
		for i, c := range b {
			if c == '\n' {
				r.line++
				r.column = -i // so that adding n leaves what follows the line end, from 1
			}
		}
		r.column += n
		return b
	}
	if lines := bytes.Count(b, []byte{'\n'}); lines > 0 {
		r.line += lines
		r.column = len(b) - bytes.LastIndexByte(b, '\n')
	} else {
		r.column += n
	}
	return b
}

// failure is a reason at the current position, unless the source failed.
func (r *Reader) failure(reason string) error {
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return r.err
	}
	return statement.At(r.line, r.column, reason)
}

// tagAt reports whether a tag begins n bytes on: a '<' and what can follow it.
// OFX 1.x files hold unescaped '<' in names and memos.
func (r *Reader) tagAt(n int) bool {
	for r.pos+n+1 >= r.end && r.fill() {
	}
	if r.pos+n >= r.end || r.buf[r.pos+n] != '<' {
		return false
	}
	if r.pos+n+1 >= r.end {
		return true // a lone '<' at the end is a broken tag
	}
	c := r.buf[r.pos+n+1]
	return c == '/' || c == '!' || c == '?' || c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}

// readText reads up to the next tag or the end.
func (r *Reader) readText(t *Token) (found bool, err error) {
	n := r.until(0, "<") - 1
	for n >= 0 && !r.tagAt(n) {
		n = r.until(n+1, "<") - 1
	}
	if n < 0 {
		if r.err == nil {
			return false, r.failure(reasonText)
		}
		n = r.end - r.pos
	}
	raw := r.buf[r.pos : r.pos+n]
	lead := 0
	for lead < len(raw) && blank(raw[lead]) {
		lead++
	}
	r.take(lead)
	if lead == n {
		return false, nil
	}
	t.Line, t.Column = r.line, r.column
	t.Kind = Text
	t.Name, t.Attributes = nil, nil
	text := r.take(n - lead)
	for blank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	t.Text = r.decode(text)
	return true, nil
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// readTag reads what begins with '<'; skip is true for a comment.
func (r *Reader) readTag(t *Token) (skip bool, err error) {
	for r.end-r.pos < len("<![CDATA[") && r.fill() {
	}
	if r.end-r.pos > 1 && r.buf[r.pos+1] != '!' && r.buf[r.pos+1] != '?' {
		return false, r.readElement(t)
	}
	switch rest := r.buf[r.pos:r.end]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		n := r.until(4, "-->")
		if n < 0 {
			return false, r.failure(reasonTag)
		}
		r.take(n)
		return true, nil
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return r.readCDATA(t)
	case bytes.HasPrefix(rest, []byte("<!")):
		return false, r.failure(reasonDoctype)
	case bytes.HasPrefix(rest, []byte("<?")):
		n := r.until(2, "?>")
		if n < 0 {
			return false, r.failure(reasonTag)
		}
		t.Kind = Instruction
		t.Name, t.Attributes = splitName(r.take(n)[2 : n-2])
		t.Text = nil
		return false, nil
	}
	return false, r.readElement(t)
}

func (r *Reader) readCDATA(t *Token) (skip bool, err error) {
	n := r.until(9, "]]>")
	if n < 0 {
		return false, r.failure(reasonTag)
	}
	t.Kind, t.Name, t.Attributes = Text, nil, nil
	t.Text = bytes.TrimSpace(r.take(n)[9 : n-3])
	return len(t.Text) == 0, nil
}

func (r *Reader) readElement(t *Token) error {
	if r.readPlain(t) {
		return nil
	}
	n := r.tagEnd()
	if n < 0 {
		return r.failure(reasonTag)
	}
	raw := r.take(n)[1 : n-1]
	t.Kind, t.Text = Start, nil
	if len(raw) > 0 && raw[0] == '/' {
		t.Kind = End
		raw = raw[1:]
	}
	if n := len(raw); n > 0 && raw[n-1] == '/' && t.Kind == Start {
		raw = raw[:n-1]
		r.closes, _ = splitName(raw)
	}
	t.Name, t.Attributes = splitName(raw)
	if len(t.Name) == 0 {
		r.closes = nil
		return statement.At(t.Line, t.Column, reasonName)
	}
	return nil
}

// readPlain reads the most frequent tags, <Name> and </Name>, in one go; it
// reports false, having read nothing, for all others.
func (r *Reader) readPlain(t *Token) bool {
	b := r.buf[r.pos:r.end]
	start := 1
	t.Kind = Start
	if len(b) > 1 && b[1] == '/' {
		start, t.Kind = 2, End
	}
	for i := start; i < len(b); i++ {
		switch c := b[i]; {
		case c == '>':
			if i == start {
				return false
			}
			t.Name, t.Attributes, t.Text = b[start:i], nil, nil
			r.pos += i + 1
			r.column += i + 1
			return true
		case c == ':':
			start = i + 1
		case c <= ' ' || c == '/' || c == '"' || c == '\'':
			return false
		}
	}
	return false
}

// tagEnd returns the length of the tag at pos, minding quoted attributes.
func (r *Reader) tagEnd() int {
	n := r.until(0, ">")
	if n < 0 || bytes.IndexByte(r.buf[r.pos:r.pos+n], '"') < 0 && bytes.IndexByte(r.buf[r.pos:r.pos+n], '\'') < 0 {
		return n
	}
	var quote byte
	for i := 1; ; i++ {
		if r.pos+i >= r.end && !r.fill() {
			return -1
		}
		switch c := r.buf[r.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
}

// splitName separates the name from what follows and drops a namespace prefix.
func splitName(raw []byte) (name, rest []byte) {
	n := 0
	for n < len(raw) && raw[n] > ' ' {
		n++
	}
	name, rest = raw[:n], raw[n:]
	if i := bytes.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return name, rest
}

// Attribute returns the value of an attribute without namespace prefix.
func (t *Token) Attribute(name string) []byte {
	for rest := t.Attributes; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		key, _ := splitName(bytes.TrimSpace(rest[:eq]))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : 1+end]
		}
		rest = rest[end+2:]
	}
}
