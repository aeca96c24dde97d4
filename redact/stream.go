package redact

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Long texts are redacted window by window. A window ends where nothing reaches
// across: at the end of a line or between two words, away from encoded texts, and
// where both sides alone are redacted as they are together. Where it ends depends
// on the text alone, so that a stream gives the same result as the whole, however
// it arrives.
const (
	window    = 128 << 10 // bytes examined at a time; what one that cannot be examined costs
	maxWindow = 16 << 20  // held back at most; text without a safe end before this is refused
	cutReach  = 64        // bytes on both sides of a cut without a long word
	cutProof  = 2 << 10   // bytes on both sides that are redacted alone and together: a card with eighty spaces at each turn
	cutTries  = 64        // places that are tried before the window grows
)

// Stream copies src to dst redacted, as Text does it, and writes as it goes.
// Chunk boundaries do not matter; it holds back what may still become a
// finding, and fails closed: on an error, and at an end that cuts off a token,
// what is held back is not written.
func (r *Redactor) Stream(dst io.Writer, src io.Reader) (found []Finding, err error) {
	var out []byte
	defer failClosed(nil, &out, &found, &err)
	s := r.scan()
	defer r.release(s)
	var held []byte
	for end, need := false, window; !end; {
		if held, end, err = fill(held, src, need+1); err != nil {
			return nil, fmt.Errorf("%w: reading", ErrRedact)
		}
		need = window
		for len(held) > 0 {
			n, err := s.cut(held, end)
			if err != nil {
				return nil, err
			}
			if n == 0 { // more is needed
				for need < len(held) {
					need *= 2
				}
				break
			}
			if end && n == len(held) && cutOff(held) {
				return nil, fmt.Errorf("%w: the text ends inside a token", ErrRedact)
			}
			piece := s.window(held[:n])
			if _, err := dst.Write(piece); err != nil {
				return nil, fmt.Errorf("%w: writing", ErrRedact)
			}
			held = append(held[:0], held[n:]...)
		}
	}
	return s.report(), nil
}

// fill reads until size bytes are held. end tells that there is no more.
func fill(held []byte, src io.Reader, size int) (out []byte, end bool, err error) {
	at := len(held)
	held = slices.Grow(held, size-at)[:size]
	n, err := io.ReadFull(src, held[at:])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return held[:at+n], true, nil
	}
	return held[:at+n], false, err
}

// text appends a text of any length redacted.
func (s *scan) text(dst, src []byte) ([]byte, error) {
	for len(src) > 0 {
		n, err := s.cut(src, true)
		if err != nil {
			return dst, err
		}
		piece := s.window(src[:n])
		dst = append(dst, piece...)
		src = src[n:]
	}
	return dst, nil
}

// window redacts the next window, with what those before it say of its columns.
func (s *scan) window(t []byte) []byte {
	next := s.Tables
	next.Lines.Read(t, nil)
	next.Cells.Read(t, nil, nil)
	piece, _ := s.Leaf(t)
	s.Tables = next
	return piece
}

// cut returns how much of t is the next window: all of it if it is short and
// the end is known, 0 if more is needed to tell.
func (s *scan) cut(t []byte, end bool) (int, error) {
	for size := window; ; size *= 2 {
		if len(t) <= size {
			if end {
				return len(t), nil
			}
			return 0, nil
		}
		if n := s.safeCut(t[:size]); n > 0 {
			return n, nil
		}
		if size >= maxWindow {
			return 0, fmt.Errorf("%w: no safe place to divide the text", ErrRedact)
		}
	}
}

// safeCut returns the last safe place to divide t, 0 if there is none.
func (s *scan) safeCut(t []byte) int {
	last := len(t) - cutReach
	if begin := bytes.LastIndex(t, []byte("-----BEGIN ")); begin > bytes.LastIndex(t, []byte("-----END ")) {
		last = min(last, begin-1)
	}
	if p := s.cutBefore(t, last, '\n'); p > 0 {
		return p
	}
	return s.cutBefore(t, last, ' ')
}

// cutBefore returns the last safe place behind a mark, up to last.
func (s *scan) cutBefore(t []byte, last int, mark byte) int {
	for tries := cutTries; tries > 0 && last > cutReach; {
		p := bytes.LastIndexByte(t[:last], mark) + 1
		if p <= cutReach {
			return 0
		}
		last = p - 1
		if mark == ' ' && !(char.Letter(t[p-2]) && char.Letter(t[p])) {
			continue
		}
		if !reading.Wordly(wordBefore(t, p)) || !reading.Wordly(wordAfter(t, p)) {
			continue
		}
		if tries--; s.apart(t, p) {
			return p
		}
	}
	return 0
}

// apart tells whether what stands around t[p] is redacted alike whether it is
// divided there or not.
func (s *scan) apart(t []byte, p int) bool {
	near := s.owner.scan()
	defer s.owner.release(near)
	near.Apart = true
	from, to := max(0, p-cutProof), min(len(t), p+cutProof)
	whole := bytes.Clone(leafOf(near, t[from:to]))
	left := bytes.Clone(leafOf(near, t[from:p]))
	right := leafOf(near, t[p:to])
	return len(whole) == len(left)+len(right) && bytes.HasPrefix(whole, left) && bytes.HasSuffix(whole, right)
}

func leafOf(s *scan, t []byte) []byte {
	out, _ := s.Leaf(t)
	return out
}

// wordBefore returns the last word before t[p], and wordAfter the next one from
// there on; none if there is none within reach. Dates and amounts are several
// words, tags none.
func wordBefore(t []byte, p int) []byte {
	end, least := p, p-cutReach
	for end > least && !reading.CodeByte(t[end-1]) {
		if end--; t[end] == '>' {
			if at := bytes.LastIndexByte(t[least:end], '<'); at >= 0 {
				end = least + at
			}
		}
	}
	i := end
	for i > least && reading.CodeByte(t[i-1]) {
		i--
	}
	return t[i:end]
}

func wordAfter(t []byte, p int) []byte {
	i, most := p, p+cutReach
	for i < most && !reading.CodeByte(t[i]) {
		if t[i] == '<' {
			if at := bytes.IndexByte(t[i:most], '>'); at >= 0 {
				i += at
			}
		}
		i++
	}
	end := i
	for end < most && reading.CodeByte(t[end]) {
		end++
	}
	return t[i:end]
}

// cutOff tells whether a text ends in the middle of something token-shaped.
func cutOff(t []byte) bool {
	n := 0
	for n < len(t) && n < tokens.Letters && char.ByteClass[t[len(t)-1-n]]&char.IsUpper != 0 {
		n++
	}
	if n >= tokens.Letters || n == len(t) || t[len(t)-1-n] != '_' {
		return false
	}
	head := t[:len(t)-1-n]
	for p := 3; p <= tokens.LongestPrefix && p <= len(head); p++ {
		if tokens.IsPrefix(head[len(head)-p:]) {
			return true
		}
	}
	return false
}
