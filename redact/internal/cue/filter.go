package cue

import "github.com/counterfoil/counterfoil/redact/internal/char"

// Filters that tell of most words that they are no cue.

// Filter has, for a word's length, first three letters and last one, all
// cues of the words that share its place: most words need no closer look.
var Filter = makeCueFilter()

const places = 1 << 14

func makeCueFilter() (t [places]Set) {
	for word, c := range words {
		t[place([]byte(word))] |= c
	}
	return t
}

// place is where the cues of a word are in Filter.
func place(word []byte) uint32 { return Hash(word) >> (32 - 14) }

// packedLetters are as many as a number of 64 bits holds.
const packedLetters = 8

// pack returns such a word in small letters as a number.
func pack(word []byte) (w uint64) {
	for i, c := range word {
		w |= uint64(char.Lower(c)) << (8 * i & 63)
	}
	return w
}

// packedTable has the words of so few letters, each in the first free place from its own on:
// faster than a map.
type packedTable [1 << packedBits]struct {
	word uint64
	says Set
}

const packedBits = 11 // six times as many places as there are such words

var brief = makeBrief()

func makeBrief() (t packedTable) {
	for word, says := range words {
		if len(word) <= packedLetters {
			w := pack([]byte(word))
			i := packedPlace(w)
			for t[i].word != 0 {
				i = (i + 1) % len(t)
			}
			t[i].word, t[i].says = w, says
		}
	}
	return t
}

func packedPlace(w uint64) int { return int(w * 0x9E3779B97F4A7C15 >> (64 - packedBits)) }

// of looks a word up.
func (t *packedTable) of(w uint64) Set {
	for i := packedPlace(w); ; i = (i + 1) % len(t) {
		if e := &t[i]; e.word == w || e.word == 0 {
			return e.says
		}
	}
}

// GateFilter has a bit for each word of other languages at which plain looks.
var GateFilter = makeGateFilter()

const gatePlaces = 1 << 16

func makeGateFilter() (t [gatePlaces / 64]uint64) {
	for word := range ForeignWords.gates {
		k := Hash([]byte(word)) >> 16
		t[k>>6] |= 1 << (k & 63)
	}
	return t
}

// Hash ignores the case of letters.
func Hash(word []byte) uint32 {
	n := uint32(len(word))
	h := uint32(word[0])<<24 | uint32(word[n/2])<<16 | uint32(word[n-1])<<8 | uint32(word[min(1, n-1)])
	return (h|0x20202020)*0x9E3779B1 + n*0x85EBCA6B
}

// Ends has the last two letters of every cue.
var Ends = makeCueEnds()

// LetterPairs has a bit for each pair of letters, whatever their case.
type LetterPairs [32]uint32

func makeCueEnds() (pairs LetterPairs) {
	for word := range words {
		if len(word) > 1 {
			pairs.Add(word)
		}
	}
	return pairs
}

// Add enters the last two letters of a word.
func (p *LetterPairs) Add(word string) {
	n := len(word)
	p[word[n-2]&31] |= 1 << (word[n-1] & 31)
}

// Has tells whether a word that was added ends in these two letters.
func (p *LetterPairs) Has(a, b byte) bool { return p[a&31]>>(b&31)&1 != 0 }

// MayBeCue returns the cues that a word may be, none if it is no cue.
func MayBeCue(word []byte) Set {
	if len(word) == 0 {
		return 0
	}
	return Filter[place(word)]
}
