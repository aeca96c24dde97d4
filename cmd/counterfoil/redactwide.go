package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// Texts of two or four bytes a character, as some programs save them.

// What tells whether a text without a byte order mark is UTF-16.
const (
	wideSample   = 1 << 10 // bytes that are looked at
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
func (run *redaction) open(in io.Reader, out io.Writer) (text *bufio.Reader, closing func() error) {
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
	return bufio.NewReaderSize(transform.NewReader(text, wide.NewDecoder()), maxPeek), func() error {
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

// errNoText is the error of a list that is no text.
var errNoText = errors.New("it is not a text")

// asUTF8 returns a text of any of these encodings as UTF-8.
func asUTF8(text []byte) ([]byte, error) {
	if wide := wideOf(text); wide != nil {
		return wide.NewDecoder().Bytes(text)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, errNoText
	}
	return text, nil
}
