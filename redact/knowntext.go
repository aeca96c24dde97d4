package redact

import (
	"encoding/binary"
	"math/bits"
)

// A known value with letters is found by a hash of some of its letters and digits
// in a row, its window, and then compared as a whole. Any window would do. Most
// texts are words and numbers with few turns from letters to digits or back, and
// secrets have many: the window is the one with most of them, so that most texts
// need not be hashed.

// anchorOf returns where the window of a value is and how many turns, at most
// maxTurns, it has.
func anchorOf(plain string) (at, turns int) {
	for i := range len(plain) - textWindow + 1 {
		kinds := uint(0)
		for k := range textWindow {
			kinds = kinds<<1 | kindOf(plain[i+k])
		}
		if n := turnsOf(kinds); n > turns {
			at, turns = i, n
		}
	}
	return at, turns
}

// maxTurns is as much as matters: hardly any other text has so many.
const maxTurns = 3

// turnsOf counts the turns among the last textWindow characters, of which kinds
// has a bit each for digits.
func turnsOf(kinds uint) int {
	return min(bits.OnesCount((kinds^kinds>>1)&(1<<(textWindow-1)-1)), maxTurns)
}

// pack returns the first textWindow characters of a value as a number.
func pack(plain string) uint64 { return binary.BigEndian.Uint64([]byte(plain[:textWindow])) }

// window hashes the characters of a window: one to one and quickly. What is kept
// of it is masked.
func (k sipKey) window(chars uint64) uint64 {
	h := (chars ^ k.K0) * (k.K1 | 1)
	h = (h ^ h>>32) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

func kindOf(c byte) uint {
	if digit(c) {
		return 1
	}
	return 0
}

// roll is the keyed polynomial hash that slid over a text.
func (k sipKey) roll(b []byte) (h uint64) {
	for _, c := range b {
		h = h*k.base() + uint64(c)
	}
	return h
}

func (k sipKey) base() uint64 { return k.K1 | 1 }

// pad hides a rolling hash in a fingerprint.
func (k sipKey) pad(whole uint64) uint64 {
	return k.Sum(binary.BigEndian.AppendUint64([]byte{'w'}, whole))
}

// kindChars is of how many characters a fingerprint tells whether they are digits.
const kindChars = 48

// kindsOf tells which of the first characters, so many, are digits: a bit each.
// The bits above are the last five each of the two characters at the last turn of
// their row.
func kindsOf(plain string) (kinds uint64, n int) {
	n = min(len(plain), kindChars)
	for i := range n {
		kinds |= uint64(kindOf(plain[i])) << i
	}
	if r := rowOf(kinds, n); r.turns > 0 {
		kinds |= uint64(plain[r.turn-1]&31)<<kindChars | uint64(plain[r.turn]&31)<<(kindChars+5)
	}
	return kinds, n
}

// kindsPad hides which characters are digits in a fingerprint.
func (k sipKey) kindsPad(whole uint64) uint64 {
	return k.Sum(binary.BigEndian.AppendUint64([]byte{'k'}, whole))
}

// fillTexts prepares what the scan asks about texts.
func (l *lookup) fillTexts() {
	l.textGates = newTextGates(len(l.texts))
	for i := range l.texts {
		t := &l.texts[i]
		h := t.start ^ l.key.pad(t.whole)
		l.start[h] = append(l.start[h], uint32(i))
		l.rolled = l.rolled || t.rolled
		l.bloom[h&uint64(len(l.bloom)-1)] |= 1<<(h>>58) | 1<<(h>>52&63) | 1<<(h>>46&63)
		if t.kinded < minText || t.kinded > kindChars {
			l.addBlind(t)
		} else {
			l.addKinds(t.kinds^l.key.kindsPad(t.whole), t)
		}
	}
}

// mayStart tells whether a window may have the hash h.
func (g *textGates) mayStart(h uint64) bool { return g.startBits(h)&1 != 0 }

// startBits has a lowest bit if a window may have the hash h: of each, three bits of
// one word are set.
func (g *textGates) startBits(h uint64) uint64 {
	word := g.bloom[h&uint64(len(g.bloom)-1)]
	return word >> (h >> 58) & (word >> (h >> 52 & 63)) & (word >> (h >> 46 & 63))
}

// mayText tells whether a known value may stand in a text, as it is written.
// m are the planes of a text of one block.
func (l *lookup) mayText(t []byte, m *planes) bool {
	if len(l.texts) == 0 || len(t) < minText {
		return false
	}
	return l.rolled || (m == nil || len(t) > block || l.mayKinds(t, m)) && l.mayWindow(t)
}

// mayWindow tells whether one of the windows of a text is that of a known value.
func (l *lookup) mayWindow(t []byte) bool {
	var chars [textWindow - 1 + block]byte // the last ones before, and those of a block
	n := 0
	for {
		for _, c := range t[:min(len(t), block)] {
			chars[n] = c &^ byte(byteClass[c]&isLower<<3) // in upper case
			n += int(inWindow[c])
		}
		if l.anyWindow(chars[:n]) {
			return true
		}
		if len(t) <= block {
			return false
		}
		t = t[block:]
		n = copy(chars[:], chars[max(0, n-textWindow+1):n])
	}
}

// anyWindow tells whether a window of letters and digits is that of a known value.
// What it asks of one does not depend on the one before, so that the processor
// asks several at once.
func (l *lookup) anyWindow(chars []byte) bool {
	hit := uint64(0)
	for i := 0; i+textWindow <= len(chars); i++ {
		hit |= l.startBits(l.key.window(binary.BigEndian.Uint64(chars[i:])))
	}
	for i := 0; hit&1 != 0 && i+textWindow <= len(chars); i++ {
		if h := l.key.window(binary.BigEndian.Uint64(chars[i:])); l.mayStart(h) && len(l.start[h]) > 0 {
			return true
		}
	}
	return false
}

// inWindow is 1 for what a window is made of.
var inWindow = func() (t [256]byte) {
	for c := range t {
		if byteClass[c]&(isUpper|isLower|isDigit|isHigh) != 0 {
			t[c] = 1
		}
	}
	return t
}()

// windows are the last textWindow letters and digits of a text.
type windows struct {
	chars uint64
	kinds uint // a bit each for digits
	n     int
}

// add takes in a byte and tells whether it completes a window.
func (w *windows) add(c byte) bool {
	k := byteClass[c]
	if k&(isUpper|isLower|isDigit|isHigh) == 0 {
		return false
	}
	w.chars = w.chars<<8 | uint64(c&^byte(k&isLower<<3)) // in upper case
	w.kinds = w.kinds<<1 | uint(k&isDigit)
	w.n++
	return w.n >= textWindow
}

// mayHide tells whether a known value may stand in decoded text.
func (l *lookup) mayHide(t []byte) bool {
	return l != nil && len(l.texts) > 0 && len(t) >= minText && (!ascii(t) || l.mayText(t, nil))
}

// knownTexts finds known values that have letters, among the letters and digits
// of the view.
func (s *scan) knownTexts(v view) {
	l := s.r.known
	if l == nil || len(l.texts) == 0 || !s.r.thorough && !l.mayText(v.t, nil) {
		return
	}
	stream := s.view(len(v.t))
	for i, c := range v.t {
		if alnum(c) || c >= 0x80 {
			stream.push(upper(c), int32(i), int32(i))
		}
	}
	stream = s.keep(stream)
	w := windows{}
	for i, c := range stream.t {
		if w.add(c) && l.mayAnchor(w.kinds) {
			s.knownText(&v, &stream, i-textWindow+1, l.key.window(w.chars))
		}
	}
	if l.rolled {
		for i := range len(stream.t) - textWindow + 1 {
			s.knownText(&v, &stream, i, l.key.roll(stream.t[i:i+textWindow]))
		}
	}
	s.used--
}

// knownText compares the values whose window, at stream.t[at:], hashes to h.
func (s *scan) knownText(v, stream *view, at int, h uint64) {
	l := s.r.known
	if !l.mayStart(h) {
		return
	}
	for _, i := range l.start[h] {
		t := &l.texts[i]
		a := at - t.at
		if a < 0 || a+t.n > len(stream.t) || l.key.Sum(stream.t[a:a+t.n]) != t.whole {
			continue
		}
		val := l.values[t.value]
		s.add(v, int(stream.lo[a]), int(stream.lo[a+t.n-1])+1, span{entity: val.entity, layer: LayerKnown, rule: "known",
			token: val.token, canon: string(stream.t[a : a+t.n])})
	}
}
