package document

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"github.com/counterfoil/counterfoil/redact"
)

// Texts of two or four bytes a character, as some programs save them.

// What tells whether a text without a byte order mark is UTF-16.
const (
	wideSample   = 1 << 10 // bytes that are looked at
	wideBlock    = 4 << 10 // bytes read at a time
	shortestWide = 4       // the fewest characters with a byte of zero
)

// wideOf returns the encoding of a text whose characters have two or four bytes
// each, nil for any other. Byte order marks stay part of the text.
func wideOf(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xFF\xFE\x00\x00")):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case bytes.HasPrefix(head, []byte("\x00\x00\xFE\xFF")):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	}
	var zeros [2]int // at even and odd places
	sample := head[:min(len(head), wideSample)]
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	plain := max(len(sample)/8, shortestWide) // a quarter of the characters
	switch {
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), zeros[0] == 0 && zeros[1] >= plain:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(head, []byte("\xFE\xFF")), zeros[1] == 0 && zeros[0] >= plain:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// open returns in as UTF-8, and lets run.out write to out in the encoding that in
// has. The function writes what is held back.
func (run *Run) open(in io.Reader, out io.Writer) (text *bufio.Reader, closing func() error) {
	run.read.Reader, run.wrote.Writer = in, out
	in, out = &run.read, &run.wrote
	text = bufio.NewReaderSize(in, maxPeek)
	wide := wideOf(beginning(text))
	if wide == nil {
		run.out = bufio.NewWriter(out)
		return text, run.out.Flush
	}
	encoded := transform.NewWriter(out, wide.NewEncoder())
	run.out = bufio.NewWriter(encoded)
	run.wide = singleEncoding{in: text, r: run.Redactor}
	return bufio.NewReaderSize(transform.NewReader(&run.wide, wide.NewDecoder()), maxPeek), func() error {
		return errors.Join(run.out.Flush(), encoded.Close())
	}
}

// beginning returns the first bytes of a text, as many as tell its encoding: it
// waits for no more than the first line, since nobody may write the next before that
// is answered.
func beginning(text *bufio.Reader) []byte {
	for {
		_, err := text.Peek(text.Buffered() + 1)
		head, _ := text.Peek(min(text.Buffered(), wideSample))
		if err != nil || len(head) == wideSample || bytes.IndexByte(head, '\n') >= 0 && bytes.IndexByte(head, 0) < 0 {
			return head
		}
	}
}

// errMixed is the error of a text in UTF-16 with bytes of another encoding in it.
var errMixed = errors.New("it begins as UTF-16, but goes on in another encoding")

// singleEncoding reads a text of two or four bytes a character and fails before bytes of
// one byte a character in which something is found: as UTF-16 they would pass for other
// characters. Such a text has few letters of ASCII side by side.
type singleEncoding struct {
	in    io.Reader
	r     *redact.Redactor
	run   []byte // ASCII at the end of what was read, of which more may follow
	held  int    // bytes of it that are held back
	ready []byte // what may be read
	err   error
}

// Limits of a run of ASCII.
const (
	leastMixed = 6       // bytes: the digits of the shortest number
	mostMixed  = 1 << 20 // bytes that are held back until the run ends
)

func (s *singleEncoding) Read(p []byte) (int, error) {
	for len(s.ready) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.fill()
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// fill reads what comes next and holds back a run of ASCII that has not ended.
func (s *singleEncoding) fill() {
	block := make([]byte, wideBlock)
	n, err := s.in.Read(block)
	out := append(append(make([]byte, 0, s.held+n), s.run[len(s.run)-s.held:]...), block[:n]...)
	for _, c := range block[:n] {
		if c >= ' ' && c < 0x7F || c == '\t' || c == '\n' || c == '\r' {
			s.run = append(s.run, c)
			continue
		}
		if s.mixed() {
			s.err = errMixed
			return
		}
		s.run = s.run[:0]
	}
	if err != nil && s.mixed() || len(s.run) > mostMixed {
		err = errMixed
	}
	if s.held, s.err = 0, err; errors.Is(err, errMixed) {
		return
	}
	if err == nil && len(s.run) >= leastMixed {
		s.held = min(len(s.run), len(out))
	}
	s.ready = out[:len(out)-s.held]
}

// mixed tells whether something is found in a run of ASCII.
func (s *singleEncoding) mixed() bool {
	if len(s.run) < leastMixed {
		return false
	}
	_, found, err := s.r.Text(nil, s.run)
	return err != nil || slices.ContainsFunc(found, func(f redact.Finding) bool { return f.Entity != redact.Opaque })
}

// ErrNoText is the error of a list that is no text.
var ErrNoText = errors.New("it is not a text")

// asUTF8 returns a text of any of these encodings as UTF-8.
func asUTF8(text []byte) ([]byte, error) {
	if wide := wideOf(text); wide != nil {
		return wide.NewDecoder().Bytes(text)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, ErrNoText
	}
	return text, nil
}
