package redact

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"io"
)

// A number may be cut first, and each piece encoded then: ["NDUzOQ==","NTc4Nw=="].

// Limits of such pieces.
const (
	maxTornPiece = 256 // characters of one; compressed, a few digits take fifty
	maxTornBytes = 256 // that it decodes to
)

// tornPieces examines what the strings decode to, each by itself, as one text.
func (s *scan) tornPieces(c cue) {
	t := &s.walk.torn
	for _, decode := range [...]func([]byte) []byte{hexPiece, base64Piece} {
		text, ends := t.decoded(decode)
		if text == nil {
			continue
		}
		p := profileOf(text)
		if s.cue = c; c == 0 && s.r.quiet(&p, text) {
			continue
		}
		s.examineLeaf(text, &p)
		for k := range s.spans { // where in the strings themselves
			sp := &s.spans[k]
			first, last := 0, 0
			for n, end := range ends {
				if end <= sp.lo {
					first = n + 1
				}
				if end < sp.hi {
					last = n + 1
				}
			}
			sp.lo, sp.hi = t.parts[first].from, t.parts[last].from+t.parts[last].size
		}
		s.tornFound(func(sp *span) bool { return sp.entity != Opaque && sp.entity != Phone && sp.entity != Fake })
	}
}

// decoded returns what the strings decode to, and where in that each ends; nil if one of
// them does not, or to no plain text.
func (t *torn) decoded(decode func([]byte) []byte) (text []byte, ends []int) {
	for k := range t.parts {
		p := &t.parts[k]
		if p.size > maxTornPiece {
			return nil, nil
		}
		piece := decode(t.text[p.from : p.from+p.size])
		if !plainASCII(piece) {
			return nil, nil
		}
		text = append(text, piece...)
		ends = append(ends, len(text))
	}
	return text, ends
}

// encodedDigits returns how many digits a cell encodes in base64 or hexadecimal, and nothing
// else; 0 if it does not.
func encodedDigits(cell []byte) int {
	if len(cell) < leastShortBase64 || len(cell) > maxTornPiece || allDigits(cell) && !hexOfDigits(cell) {
		return 0
	}
	for _, c := range cell {
		if !base64Char(c) && c != '=' && c != ':' && c != '\\' && c != ' ' {
			return 0
		}
	}
	for _, decode := range [...]func([]byte) []byte{hexPiece, base64Piece} {
		if text := decode(cell); len(text) > 0 && allDigits(text) {
			return len(text)
		}
	}
	return 0
}

// plainASCII tells whether a text is printable ASCII and spaces.
func plainASCII(t []byte) bool {
	for _, c := range t {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c > '~' {
			return false
		}
	}
	return len(t) > 0
}

// hexPiece decodes a piece in hexadecimal, also with a mark between or before the bytes.
func hexPiece(piece []byte) []byte {
	const longestMark = len(`\x`)
	var held [maxTornPiece]byte
	digits := held[:0]
	for i := 0; i < len(piece); i++ {
		c := piece[i]
		switch {
		case len(digits)%2 == 0 && i+longestMark < len(piece) && (c == '0' || c == '\\') && lower(piece[i+1]) == 'x':
			i++
		case unhex(c) < 16:
			digits = append(digits, c)
		case len(digits)%2 != 0 || c != ' ' && c != ':' && c != '-' && c != ',':
			return nil
		}
	}
	n, err := hex.Decode(digits, digits)
	if err != nil || n == 0 {
		return nil
	}
	return bytes.Clone(narrow(digits[:n]))
}

// base64Piece decodes a piece in base64, and what that is compressed.
func base64Piece(piece []byte) []byte {
	var held [maxTornPiece]byte
	n := 0
	for _, c := range bytes.TrimRight(piece, "=") {
		switch {
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case !base64Char(c):
			return nil
		}
		held[n] = c
		n++
	}
	var raw [maxTornPiece]byte
	n, err := base64.RawStdEncoding.Decode(raw[:], held[:n])
	if err != nil || n == 0 {
		return nil
	}
	if out := unpacked(raw[:n]); out != nil {
		return out
	}
	return bytes.Clone(narrow(raw[:n]))
}

// unpacked decompresses gzip and zlib data, as far as pieces are long; nil if it is none.
func unpacked(raw []byte) []byte {
	if packedAt(raw) != 0 {
		return nil
	}
	var r io.Reader
	var err error
	if raw[0] == 0x1F {
		r, err = gzip.NewReader(bytes.NewReader(raw))
	} else {
		r, err = zlib.NewReader(bytes.NewReader(raw))
	}
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, maxTornBytes))
	return out
}

// narrow takes the zeros and the byte order mark out of a text in UTF-16 or UTF-32, in
// place.
func narrow(t []byte) []byte {
	if len(t)%2 != 0 || bytes.IndexByte(t, 0) < 0 {
		return t
	}
	if bytes.HasPrefix(bytes.TrimLeft(t, "\x00"), []byte("\xfe\xff")) || bytes.HasPrefix(t, []byte("\xff\xfe")) {
		t = bytes.TrimLeft(t, "\x00")[2:]
	}
	n := 0
	for _, c := range t {
		if c != 0 {
			t[n] = c
			n++
		}
	}
	return t[:n]
}
