package cue

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
