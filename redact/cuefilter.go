package redact

// Filters that tell of most words that they are no cue.

// cueFilter has, for a word's length, first three letters and last one, all
// cues of the words that share its place: most words need no closer look.
var cueFilter = makeCueFilter()

const cuePlaces = 1 << 12

func makeCueFilter() (t [cuePlaces]cue) {
	for word, c := range cueWords {
		t[cuePlace([]byte(word))] |= c
	}
	return t
}

// cuePlace is where the cues of a word are in cueFilter.
func cuePlace(word []byte) uint32 { return cueHash(word) >> (32 - 12) }

// gateFilter has a bit for each word of other languages at which plain looks.
var gateFilter = makeGateFilter()

const gatePlaces = 1 << 16

func makeGateFilter() (t [gatePlaces / 64]uint64) {
	for word := range foreignWords.gates {
		k := cueHash([]byte(word)) >> 16
		t[k>>6] |= 1 << (k & 63)
	}
	return t
}

// cueHash ignores the case of letters.
func cueHash(word []byte) uint32 {
	n := uint32(len(word))
	h := uint32(word[0])<<24 | uint32(word[n/2])<<16 | uint32(word[n-1])<<8 | uint32(word[min(1, n-1)])
	return (h|0x20202020)*0x9E3779B1 + n*0x85EBCA6B
}

// cueEnds has the last two letters of every cue.
var cueEnds = makeCueEnds()

// letterPairs has a bit for each pair of letters, whatever their case.
type letterPairs [32]uint32

func makeCueEnds() (pairs letterPairs) {
	for word := range cueWords {
		if len(word) > 1 {
			pairs.add(word)
		}
	}
	return pairs
}

// add enters the last two letters of a word.
func (p *letterPairs) add(word string) {
	n := len(word)
	p[word[n-2]&31] |= 1 << (word[n-1] & 31)
}

func (p *letterPairs) has(a, b byte) bool { return p[a&31]>>(b&31)&1 != 0 }

// mayBeCue returns the cues that a word may be, none if it is no cue.
func mayBeCue(word []byte) cue {
	if len(word) == 0 {
		return 0
	}
	return cueFilter[cuePlace(word)]
}
