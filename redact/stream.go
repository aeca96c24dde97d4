package redact

import (
	"bytes"
	"fmt"
	"io"
	"slices"
)

// Long texts are redacted window by window. A window ends where nothing can
// reach across: at the end of a line, away from digits, escapes and long words.
// Where it ends depends on the text alone, so that a stream gives the same
// result as the whole, however it arrives.
const (
	window    = 1 << 20  // bytes examined at a time
	maxWindow = 16 << 20 // held back at most; text without a safe end before this is refused
	cutReach  = 64       // bytes on both sides of a cut that must be harmless
	cutWord   = 24       // a word this long may be encoded
	cutField  = 24       // bytes of a field beside a line end
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
			n, err := cut(held, end)
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
			piece, _ := s.leaf(held[:n])
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
		n, err := cut(src, true)
		if err != nil {
			return dst, err
		}
		piece, _ := s.leaf(src[:n])
		dst = append(dst, piece...)
		src = src[n:]
	}
	return dst, nil
}

// cut returns how much of t is the next window: all of it if it is short and
// the end is known, 0 if more is needed to tell.
func cut(t []byte, end bool) (int, error) {
	for size := window; ; size *= 2 {
		if len(t) <= size {
			if end {
				return len(t), nil
			}
			return 0, nil
		}
		if n := safeCut(t[:size]); n > 0 {
			return n, nil
		}
		if size >= maxWindow {
			return 0, fmt.Errorf("%w: no safe place to divide the text", ErrRedact)
		}
	}
}

// safeCut returns the last safe place to divide t, 0 if there is none.
func safeCut(t []byte) int {
	last := len(t) - cutReach
	if begin := bytes.LastIndex(t, []byte("-----BEGIN ")); begin > bytes.LastIndex(t, []byte("-----END ")) {
		last = min(last, begin-1)
	}
	for p := last; p > cutReach; p-- {
		if t[p-1] == '\n' && harmless(t, p) {
			return p
		}
	}
	for p := last; p > cutReach; p-- { // no line ends: between two words
		if t[p-1] == ' ' && letter(t[p-2]) && letter(t[p]) && harmless(t, p) && digitless(t[p-cutReach:p+cutReach]) {
			return p
		}
	}
	return 0
}

func digitless(t []byte) bool { return profileOf(t).digits == 0 }

// harmless tells whether nothing can reach across t[p]: around it is plain
// ASCII without escapes or long words, and no number goes on.
func harmless(t []byte, p int) bool {
	near := t[p-cutReach : p+cutReach]
	if profileOf(near).flags&(isExotic|isHigh|isEscape|isBack) != 0 || longestWord(near) >= cutWord {
		return false
	}
	before, after := fieldBefore(t, p-1), fieldAfter(t, p)
	return ends(before) || (len(after) > 0 && (letter(after[0]) || settled(new(sequence), after, false))) && cueBefore(t, p, 0) == 0
}

// ends tells whether a number cannot go on after a field: it is an amount or a
// date, or ends with a word that announces nothing.
func ends(field []byte) bool {
	if len(field) == 0 {
		return false
	}
	if settled(new(sequence), field, false) {
		return true
	}
	return letter(field[len(field)-1]) && cueBefore(field, len(field), 0) == 0 && len(field) > 3
}

func fieldBefore(t []byte, end int) []byte {
	for end > 0 && (t[end-1] == '\r' || t[end-1] == ' ' || t[end-1] == '"') {
		end--
	}
	i := end
	for i > 0 && end-i < cutField && !fieldEnd(t[i-1]) {
		i--
	}
	return t[i:end]
}

func fieldAfter(t []byte, i int) []byte {
	for i < len(t) && (t[i] == ' ' || t[i] == '"') {
		i++
	}
	end := i
	for end < len(t) && end-i < cutField && !fieldEnd(t[end]) {
		end++
	}
	return t[i:end]
}

func fieldEnd(c byte) bool {
	return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' || c == '"'
}

// cutOff tells whether a text ends in the middle of something token-shaped.
func cutOff(t []byte) bool {
	n := 0
	for n < len(t) && n < tokenLetters && byteClass[t[len(t)-1-n]]&isUpper != 0 {
		n++
	}
	if n >= tokenLetters || n == len(t) || t[len(t)-1-n] != '_' {
		return false
	}
	head := t[:len(t)-1-n]
	for p := 3; p <= longestPrefix && p <= len(head); p++ {
		if isPrefix(head[len(head)-p:]) {
			return true
		}
	}
	return false
}
