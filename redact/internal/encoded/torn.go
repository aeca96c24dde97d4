package encoded

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"io"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// A number may be cut first, and each piece encoded then: ["NDUzOQ==","NTc4Nw=="].

// Limits of such pieces.
const (
	MaxTornPiece = 256 // characters of one; compressed, a few digits take fifty
	maxTornBytes = 256 // that it decodes to
)

// HexPiece decodes a piece in hexadecimal, also with a mark between or before the bytes.
func HexPiece(piece []byte) []byte {
	const longestMark = len(`\x`)
	var held [MaxTornPiece]byte
	digits := held[:0]
	for i := 0; i < len(piece); i++ {
		c := piece[i]
		switch {
		case len(digits)%2 == 0 && i+longestMark < len(piece) && (c == '0' || c == '\\') && char.Lower(piece[i+1]) == 'x':
			i++
		case char.Unhex(c) < 16:
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

// Base64Piece decodes a piece in base64, and what that is compressed.
func Base64Piece(piece []byte) []byte {
	var held [MaxTornPiece]byte
	n := 0
	for _, c := range bytes.TrimRight(piece, "=") {
		switch {
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case !credential.Base64Char(c):
			return nil
		}
		held[n] = c
		n++
	}
	var raw [MaxTornPiece]byte
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
	if PackedAt(raw) != 0 {
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
