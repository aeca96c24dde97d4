package tabular

import (
	"bytes"
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// Reasons for which a line is refused.
const (
	reasonLine   = "line or quoted field is longer than the limit"
	reasonQuote  = "closing quote is not followed by a delimiter"
	reasonOpen   = "file ends inside a quoted field"
	reasonFields = "line has more columns than the limit"
)

// Field is one cell. Text is valid until the next record.
type Field struct {
	Text         []byte
	Line, Column int
}

// Reader reads delimited text as RFC 4180 has it, with any one-byte delimiter,
// lines ended by LF or CRLF, blank lines skipped, and a quote inside an
// unquoted field standing for itself. It keeps one record in memory.
type Reader struct {
	Delimiter byte

	src     io.Reader
	buf     []byte
	pos     int
	end     int
	err     error
	line    int // of the next record
	fields  []Field
	scratch []byte
}

const bufferSize = 64 << 10

// NewReader returns a reader of UTF-8 text.
func NewReader(src io.Reader, delimiter byte) *Reader {
	return &Reader{Delimiter: delimiter, src: src, buf: make([]byte, bufferSize), line: 1}
}

// Line returns the line on which the next record begins.
func (r *Reader) Line() int { return r.line }

// Next returns the fields of the next record that is not blank, or io.EOF.
func (r *Reader) Next() ([]Field, error) {
	for {
		n := r.lineEnd(0)
		if n < 0 {
			return nil, r.failure(reasonLine)
		}
		if n == 0 {
			if errors.Is(r.err, io.EOF) {
				return nil, io.EOF
			}
			return nil, r.err
		}
		raw := trimEOL(r.buf[r.pos : r.pos+n])
		if len(bytes.TrimSpace(raw)) == 0 {
			r.pos += n
			r.line++
			continue
		}
		if bytes.IndexByte(raw, '"') < 0 {
			return r.plain(raw, n)
		}
		if r.simple(raw) {
			r.pos += n
			r.line++
			return r.fields, nil
		}
		return r.quoted()
	}
}

// simple splits a line whose quoted fields hold neither quotes nor line ends,
// without copying; it reports false, having read nothing, for all others.
func (r *Reader) simple(raw []byte) bool {
	r.fields = r.fields[:0]
	column := 1
	for len(r.fields) < statement.MaxFields {
		text, n := raw, len(raw)
		if len(raw) > 0 && raw[0] == '"' {
			end := bytes.IndexByte(raw[1:], '"')
			if end < 0 || end+2 < len(raw) && raw[end+2] != r.Delimiter {
				return false
			}
			text, n = raw[1:end+1], end+2
		} else if i := bytes.IndexByte(raw, r.Delimiter); i >= 0 {
			text, n = raw[:i], i
		}
		r.fields = append(r.fields, Field{text, r.line, column})
		if n == len(raw) {
			return true
		}
		raw = raw[n+1:]
		column += n + 1
	}
	return false
}

func (r *Reader) failure(reason string) error {
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return r.err
	}
	return statement.At(r.line, 0, reason)
}

// plain splits a line that has no quotes.
func (r *Reader) plain(raw []byte, n int) ([]Field, error) {
	r.fields = r.fields[:0]
	column := 1
	for {
		i := bytes.IndexByte(raw, r.Delimiter)
		if i < 0 {
			break
		}
		r.fields = append(r.fields, Field{raw[:i], r.line, column})
		raw = raw[i+1:]
		column += i + 1
	}
	r.fields = append(r.fields, Field{raw, r.line, column})
	if len(r.fields) > statement.MaxFields {
		return nil, statement.At(r.line, 0, reasonFields)
	}
	r.pos += n
	r.line++
	return r.fields, nil
}

// quoted reads a record field by field into scratch, over as many lines as its
// quoted fields have.
func (r *Reader) quoted() ([]Field, error) {
	r.fields = r.fields[:0]
	r.scratch = r.scratch[:0]
	q := quoting{Reader: r, line: r.line, column: 1}
	for more := true; more; {
		if len(r.fields) == statement.MaxFields {
			return nil, statement.At(r.line, 0, reasonFields)
		}
		start := len(r.scratch)
		f := Field{Line: q.line, Column: q.column}
		var err error
		if more, err = q.field(); err != nil {
			return nil, err
		}
		// Text is set below: scratch may still move.
		f.Text = r.scratch[start:len(r.scratch):len(r.scratch)]
		r.fields = append(r.fields, f)
	}
	at := 0
	for i := range r.fields {
		n := len(r.fields[i].Text)
		r.fields[i].Text = r.scratch[at : at+n]
		at += n
	}
	r.pos += q.at
	r.line = q.line
	return r.fields, nil
}

// quoting is the place within a record: at bytes after Reader.pos.
type quoting struct {
	*Reader
	at           int
	line, column int
}

// field appends one field to scratch and reports whether another follows.
func (q *quoting) field() (more bool, err error) {
	c, ok := q.peek()
	if ok && c == '"' {
		return q.quotedField()
	}
	for ; ok && c != q.Delimiter && c != '\n'; c, ok = q.peek() {
		q.copy(q.run())
	}
	if !ok {
		return false, q.atEOF()
	}
	if c == '\n' {
		if n := len(q.scratch); n > 0 && q.scratch[n-1] == '\r' {
			q.scratch = q.scratch[:n-1]
		}
	}
	q.advance()
	return c == q.Delimiter, nil
}

// run returns how many bytes of what is buffered belong to an unquoted field.
func (q *quoting) run() int {
	b := q.buf[q.pos+q.at : q.end]
	for i, c := range b {
		if c == q.Delimiter || c == '\n' {
			return i
		}
	}
	return len(b)
}

func (q *quoting) quotedField() (more bool, err error) {
	q.advance()
	for {
		n := q.untilQuote()
		if n < 0 {
			if q.err == nil {
				return false, q.failure(reasonLine)
			}
			return false, q.failure(reasonOpen)
		}
		q.copy(n)
		q.advance()
		c, ok := q.peek()
		if !ok {
			return false, q.atEOF()
		}
		if c == '"' {
			q.scratch = append(q.scratch, c)
			q.advance()
			continue
		}
		if c == '\r' {
			q.advance()
			c, ok = q.peek()
		}
		if !ok || c == '\n' || c == q.Delimiter {
			q.advance()
			return ok && c == q.Delimiter, nil
		}
		return false, statement.At(q.line, q.column, reasonQuote)
	}
}

// untilQuote returns how many bytes from at the next quote is away, -1 if none.
func (q *quoting) untilQuote() int {
	for from := 0; ; {
		rest := q.buf[q.pos+q.at : q.end]
		if i := bytes.IndexByte(rest[from:], '"'); i >= 0 {
			return from + i
		}
		from = len(rest)
		if !q.fill() {
			return -1
		}
	}
}

// copy appends n bytes to scratch and moves over them.
func (q *quoting) copy(n int) {
	b := q.buf[q.pos+q.at : q.pos+q.at+n]
	q.scratch = append(q.scratch, b...)
	q.at += n
	if lines := bytes.Count(b, []byte{'\n'}); lines > 0 {
		q.line += lines
		q.column = len(b) - bytes.LastIndexByte(b, '\n')
	} else {
		q.column += n
	}
}

func (q *quoting) advance() {
	if q.pos+q.at < q.end {
		if q.buf[q.pos+q.at] == '\n' {
			q.line++
			q.column = 0
		}
		q.at++
	}
	q.column++
}

// peek returns the byte at the place; ok is false at the end of what can be read.
func (q *quoting) peek() (c byte, ok bool) {
	if q.pos+q.at >= q.end && !q.fill() {
		return 0, false
	}
	return q.buf[q.pos+q.at], true
}

// atEOF is nil if the record ended because the file did.
func (q *quoting) atEOF() error {
	switch {
	case q.err == nil:
		return q.failure(reasonLine)
	case !errors.Is(q.err, io.EOF):
		return q.err
	}
	return nil
}

// lineEnd returns the length of the line that begins at offset from pos,
// including its end; at the end of the file what is left; -1 if too long.
func (r *Reader) lineEnd(from int) int {
	for {
		if i := bytes.IndexByte(r.buf[r.pos+from:r.end], '\n'); i >= 0 {
			return from + i + 1
		}
		from = r.end - r.pos
		if !r.fill() {
			if r.err == nil {
				return -1
			}
			return r.end - r.pos
		}
	}
}

func trimEOL(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte{'\n'})
	return bytes.TrimSuffix(b, []byte{'\r'})
}

// fill reads more behind pos..end, growing the buffer up to the record limit.
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
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if err != nil {
			r.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	r.err = io.ErrNoProgress
	return false
}
