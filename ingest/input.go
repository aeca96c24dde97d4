package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"
)

// MaxBuffered bounds what Buffer keeps in memory, in bytes; longer input must
// be a file, because it is read three times.
const MaxBuffered = 64 << 20

// MaxFile bounds a statement's text in bytes, decompressed.
const MaxFile = 8 << 30

// headSize is how much of a file is looked at to tell its format.
const headSize = 64 << 10

// Reasons for which an input is refused.
const (
	reasonBuffered = "input is too long to be read from a pipe; save it as a file first"
	reasonTooLong  = "file is longer than the limit"
	reasonEmpty    = "file is empty"
)

// Input is a statement that can be opened as often as needed and is the same
// each time.
type Input struct {
	Name string // base name, shown in reports and errors
	Open func() (io.ReadCloser, error)
}

// Path returns the file at a path.
func Path(path string) Input {
	return Input{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// Bytes returns data under a name.
func Bytes(name string, data []byte) Input {
	return Input{Name: filepath.Base(name), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// Buffer reads r into memory, up to MaxBuffered bytes, because account data
// should not lie in a temporary file.
func Buffer(name string, r io.Reader) (Input, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBuffered+1))
	if err != nil {
		return Input{}, err
	}
	if len(data) > MaxBuffered {
		return Input{}, &Error{File: filepath.Base(name), Reason: reasonBuffered}
	}
	return Bytes(name, data), nil
}

// scan is what the first reading of a file finds.
type scan struct {
	digest  [32]byte
	size    int64
	charset charset
	head    []byte // the beginning, decoded to UTF-8
}

// scanInput reads the whole file for its digest, its character set and its
// beginning.
func scanInput(ctx context.Context, in Input, fallback string) (scan, error) {
	r, err := in.reader()
	if err != nil {
		return scan{}, err
	}
	defer r.Close()
	sum := newSummer(&cancelled{ctx, r})
	var head bytes.Buffer
	v := validator{valid: true}
	buf := make([]byte, headSize)
	for {
		n, err := sum.Read(buf)
		v.write(buf[:n])
		if room := headSize - head.Len(); room > 0 {
			head.Write(buf[:min(n, room)])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return scan{}, err
		}
	}
	if sum.size == 0 {
		return scan{}, &Error{Reason: reasonEmpty}
	}
	s := scan{digest: sum.digest(), size: sum.size}
	if s.charset, err = detectCharset(head.Bytes(), v.end(), fallback); err != nil {
		return scan{}, err
	}
	s.head = s.charset.sample(head.Bytes())
	return s, nil
}

// summer hashes and counts what is read through it.
type summer struct {
	r    io.Reader
	h    hash.Hash
	size int64
}

func newSummer(r io.Reader) *summer { return &summer{r: r, h: sha256.New()} }

func (s *summer) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.h.Write(p[:n])
	if s.size += int64(n); s.size > MaxFile {
		return n, &Error{Reason: reasonTooLong}
	}
	return n, err
}

func (s *summer) digest() (d [32]byte) {
	copy(d[:], s.h.Sum(nil))
	return d
}

// validator tells whether a stream is UTF-8.
type validator struct {
	valid bool
	carry []byte // an incomplete character at the end of the last piece
}

func (v *validator) write(p []byte) {
	if !v.valid {
		return
	}
	if len(v.carry) > 0 {
		for len(p) > 0 && !utf8.FullRune(v.carry) {
			v.carry = append(v.carry, p[0])
			p = p[1:]
		}
		if !utf8.FullRune(v.carry) {
			return
		}
		v.valid = utf8.Valid(v.carry)
		v.carry = v.carry[:0]
	}
	cut := len(p)
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				cut = i
			}
			break
		}
	}
	v.valid = v.valid && utf8.Valid(p[:cut])
	v.carry = append(v.carry, p[cut:]...)
}

func (v *validator) end() bool { return v.valid && len(v.carry) == 0 }
