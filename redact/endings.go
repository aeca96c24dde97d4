package redact

// endings tells which six digits known values end in, and which digits may
// stand before these, so that the scan rules out almost every candidate by a
// look at one cache line. A line holds a bit for each of 256 numbers of six
// digits, and as many bits that they share by the digit before.
type endings struct {
	lines []endingLine // nil: too few values for the time that it takes to fill them
	mixer uint64       // hides the lines' order in memory
	sevth [10]uint64   // hides the bits of the digits before
}

type endingLine [8]uint64

// endingLines is so many that each number of six digits has a bit.
const endingLines = 1 << (20 - 8)

func newEndings(k sipKey) (e endings) {
	e.lines = make([]endingLine, endingLines)
	e.mixer = k.sum([]byte("mixer")) % endingLines
	for c := range e.sevth {
		e.sevth[c] = k.sum([]byte{'7', byte(c)})
	}
	return e
}

// line returns the line of a number of six digits. Numbers of the same kind,
// such as days, share one, as they are asked for.
func (e *endings) line(six uint) *endingLine {
	return &e.lines[(uint64(six>>8)^e.mixer)%endingLines]
}

// note enters six digits and the digit before them, 10 for none.
func (e *endings) note(six uint, before int) {
	line := e.line(six)
	line[six>>6&3] |= 1 << (six & 63)
	if before < 10 {
		bit := uint64(six) ^ e.sevth[before]
		line[4+bit>>6&3] |= 1 << (bit & 63)
	}
}

// six is not 0 if a known value may end in six digits.
func (e *endings) six(six uint) uint64 {
	return e.line(six)[six>>6&3] >> (six & 63) & 1
}

// seven is not 0 if a known value may end in six digits behind another one.
func (e *endings) seven(six uint, before byte) uint64 {
	line := e.line(six)
	bit := uint64(six) ^ e.sevth[before%10]
	return line[six>>6&3] >> (six & 63) & (line[4+bit>>6&3] >> (bit & 63)) & 1
}

// fill finds by trial which endings occur, as values are held as hashes.
func (e *endings) fill(holds func(d []byte) bool) {
	var d [7]byte
	for n := range uint(1_000_000) {
		for i, v := 6, n; i >= 1; i, v = i-1, v/10 {
			d[i] = '0' + byte(v%10)
		}
		if !holds(d[1:]) {
			continue
		}
		e.note(n, 10)
		for c := range 10 {
			if d[0] = '0' + byte(c); holds(d[:]) {
				e.note(n, c)
			}
		}
	}
}
