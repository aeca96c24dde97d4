package statement

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

const reasonLongLine = "line is longer than the limit"

// Lines reads text line by line, up to MaxRecord bytes each, and takes LF, CRLF
// and lone CR for line ends.
type Lines struct {
	r      *bufio.Reader
	number int
	rest   []byte // of a line with lone CRs
}

const lineBuffer = 64 << 10

// NewLines returns a reader of UTF-8 text.
func NewLines(src io.Reader) *Lines { return &Lines{r: bufio.NewReaderSize(src, lineBuffer)} }

// Number returns the number of the line last read, from 1.
func (l *Lines) Number() int { return l.number }

// Next returns the next line without its end, valid until the next call, or
// io.EOF.
func (l *Lines) Next() ([]byte, error) {
	if l.rest != nil {
		return l.cut(l.rest), nil
	}
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.long(line)
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case err != nil && len(line) == 0:
		return nil, io.EOF
	}
	line = bytes.TrimSuffix(line, []byte{'\n'})
	for len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return l.cut(line), nil
}

// cut returns the part of line up to a lone CR and keeps what follows.
func (l *Lines) cut(line []byte) []byte {
	l.number++
	if i := bytes.IndexByte(line, '\r'); i >= 0 {
		l.rest = line[i+1:]
		return line[:i]
	}
	l.rest = nil
	return line
}

// long reads on a line that does not fit the buffer.
func (l *Lines) long(start []byte) ([]byte, error) {
	line := append([]byte(nil), start...)
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > MaxRecord {
			return nil, At(l.number+1, 0, reasonLongLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
