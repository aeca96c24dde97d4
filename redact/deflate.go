package redact

import (
	"bytes"
	"compress/flate"
	"io"
	"unicode/utf8"
)

// Raw deflate data (RFC 1951) has no mark that it begins with. What it holds is
// read as far as it goes; most other data ends after a symbol or two.

// Limits of raw deflate data.
const (
	minDynamic   = 40 // bytes of data with codes of their own: shorter texts are never packed so
	minTorn      = 16 // bytes of text from which data counts that has no end: chance seldom makes as much
	plainSymbols = 4  // symbols that must be text for the data to be looked at
)

// mayDeflate tells whether raw may be a text in raw deflate: its first block has
// the fixed codes and begins with text, or is long enough for codes of its own.
func mayDeflate(raw []byte) bool {
	const fixed, dynamic = 1, 2
	if len(raw) < minPlain {
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

// deflated examines raw deflate data that t[i:j] of the view decoded to.
func (s *scan) deflated(v *view, raw []byte, i, j, depth int) {
	if depth+1 >= maxDepth || !mayDeflate(raw) {
		return
	}
	text := s.inflated(raw)
	if len(text) < minPlain || !s.charge(v, i, j, len(text)) {
		return
	}
	s.inner(v, text, i, j, depth)
}

// inflated returns what raw deflate data holds, no more than maxInflate; of data
// without an end, what can be read, if it is text. It is valid until the next call.
func (s *scan) inflated(raw []byte) []byte {
	s.dirty = true
	s.packed.Reset(raw)
	if s.flate == nil {
		s.flate = flate.NewReader(&s.packed)
	} else if err := s.flate.(flate.Resetter).Reset(&s.packed, nil); err != nil {
		return nil
	}
	s.unpacked.Reset()
	_, err := io.Copy(&s.unpacked, io.LimitReader(s.flate, maxInflate))
	if text := s.unpacked.Bytes(); err == nil || len(text) >= minTorn && utf8.Valid(text[:len(text)-utf8.UTFMax]) {
		return text
	}
	return nil
}

// packing is what scans keep to read raw deflate data.
type packing struct {
	packed   bytes.Reader
	flate    io.ReadCloser
	unpacked bytes.Buffer
}

func (p *packing) scrub() {
	b := p.unpacked.Bytes()
	clear(b[:cap(b)])
	if p.unpacked.Reset(); p.unpacked.Cap() > keptBytes || p.flate != nil {
		*p = packing{} // the reader keeps a window of what it read
	}
}
