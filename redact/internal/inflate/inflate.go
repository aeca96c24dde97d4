// Package inflate reads text in raw deflate data (RFC 1951), which has no mark that it
// begins with: what it holds is read as far as it goes, and most other data ends after a
// symbol or two.
package inflate

import (
	"bytes"
	"compress/flate"
	"io"
	"unicode/utf8"
)

// Limits of the data.
const (
	shortest     = 6  // bytes of data: shorter text says nothing
	minDynamic   = 40 // bytes of data with codes of its own: shorter texts are never packed so
	minTorn      = 16 // bytes of text from which data counts that has no end: chance seldom makes as much
	plainSymbols = 4  // symbols that must be text for the data to be looked at
)

// Begins tells whether raw may begin a text in raw deflate: its first block has
// the fixed codes and begins with text, or is long enough for codes of its own.
func Begins(raw []byte) bool {
	const fixed, dynamic = 1, 2
	if len(raw) < shortest {
		return false
	}
	switch raw[0] >> 1 & 3 {
	case fixed:
		return fixedText(raw)
	case dynamic:
		return len(raw) >= minDynamic && raw[0]>>3 < 30 && raw[1]&31 < 30
	}
	return false
}

// fixedText tells whether the first symbols of a block with the fixed codes
// (RFC 1951, 3.2.6) are characters of text.
func fixedText(raw []byte) bool {
	at := 3
	bits := func(n int) (code int) {
		for ; n > 0; n-- {
			code = code<<1 | int(raw[at>>3]>>(at&7)&1)
			at++
		}
		return code
	}
	var text [plainSymbols]byte
	n := 0
	for ; n < plainSymbols && at+9 <= 8*len(raw); n++ {
		code := bits(8)
		switch {
		case code < 0x30 || code >= 0xC0 && code < 0xC8: // a length: what it copies is text if all before is
			return n > 0 && plainStart(text[:n])
		case code < 0xC0:
			text[n] = byte(code - 0x30)
		default:
			text[n] = byte(144 + code<<1 + bits(1) - 0x190)
		}
	}
	return plainStart(text[:n])
}

// plainStart tells whether bytes are the beginning of a text.
func plainStart(t []byte) bool {
	for len(t) > 0 {
		r, n := utf8.DecodeRune(t)
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == utf8.RuneError && utf8.FullRune(t) {
			return false
		}
		t = t[n:]
		if r == utf8.RuneError {
			break
		}
	}
	return true
}

// Reader reads one text after the other with the memory of the first. Its zero value is
// ready.
type Reader struct {
	packed   bytes.Reader
	flate    io.ReadCloser
	unpacked bytes.Buffer
}

// Text returns what raw holds, no more than most bytes; of data without an end, what can be
// read, if it is text. It is nil for what is no deflate data, and valid until the next
// call.
func (r *Reader) Text(raw []byte, most int64) []byte {
	r.packed.Reset(raw)
	if r.flate == nil {
		r.flate = flate.NewReader(&r.packed)
	} else if err := r.flate.(flate.Resetter).Reset(&r.packed, nil); err != nil {
		return nil
	}
	r.unpacked.Reset()
	_, err := io.Copy(&r.unpacked, io.LimitReader(r.flate, most))
	if text := r.unpacked.Bytes(); err == nil || len(text) >= minTorn && utf8.Valid(text[:len(text)-utf8.UTFMax]) {
		return text
	}
	return nil
}

// Forget overwrites what was read, and keeps no more than so many bytes of memory.
func (r *Reader) Forget(most int) {
	b := r.unpacked.Bytes()
	clear(b[:cap(b)])
	if r.unpacked.Reset(); r.unpacked.Cap() > most || r.flate != nil {
		*r = Reader{} // the reader of the library keeps a window of what it read
	}
}
