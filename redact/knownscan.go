package redact

import "math/bits"

// fiveCues are the cues beside which five digits count.
const fiveCues = cueAccount | cueCard | cueEnding | cueIBAN

// knownNumbers finds the numbers this tenant knows in a sequence: whole ones
// wherever they stand, their last six or more digits where nothing is glued to
// them, and their last five beside a cue.
func (s *scan) knownNumbers(v *view, q *sequence, before cue) {
	l := s.r.known
	if l == nil || l.lens == 0 {
		return
	}
	if before&fiveCues != 0 {
		s.knownFive(v, q)
	}
	g := 0
	for end := 1; end <= len(q.d); end++ {
		if end > q.g[g].to {
			g++
		}
		if end < minSuffix || end < l.shortest && end != q.g[g].to || !l.maybe(q.d[:end]) {
			continue
		}
		s.knownFull(v, q, g, end)
		s.knownWithin(v, q, g, end)
		if end == q.g[g].to {
			s.knownSuffix(v, q, g)
		}
	}
	s.knownAmount(v, q)
	s.knownScattered(v, q)
}

// knownFive looks five digits up that stand beside a cue: one group, or several
// if no other follows.
func (s *scan) knownFive(v *view, q *sequence) {
	if len(q.d) < minCued || q.g[0].size() != minCued && len(q.d) != minCued || q.g[0].atom != 0 && q.dateAt(0)+q.timeAt(0) > 0 {
		return
	}
	if e, ok := s.r.known.digits(q.d[:minCued]); ok {
		s.known(v, q, 0, minCued, e)
	}
}

// knownScattered looks up what all the groups of a sequence make up together,
// whatever stands between them.
func (s *scan) knownScattered(v *view, q *sequence) {
	last := len(q.g) - 1
	if n := len(q.d); last == 0 || n < minSuffix || n > maxKnownDigits || !q.whole(0, last) || !s.r.known.maybe(q.d) {
		return
	}
	if e, ok := s.r.known.number(q.d); ok && e.kind != entryFive {
		s.known(v, q, 0, len(q.d), e)
	}
}

// knownFull tries every length of whole numbers that ends at digit end, which
// lies in group g.
func (s *scan) knownFull(v *view, q *sequence, g, end int) {
	l := s.r.known
	for lens := l.lens; lens != 0; lens &= lens - 1 {
		n := bits.TrailingZeros64(lens)
		a := end - n
		if a < 0 {
			return
		}
		first := g
		for q.g[first].from > a {
			first--
		}
		aligned := 0
		if a == q.g[first].from {
			aligned++
		}
		if end == q.g[g].to {
			aligned++
		}
		if n < 8 && aligned < 2 || n < sureKnown && aligned < 1 && len(l.values) > fewWithin[n-8] && !q.padded(a, end, first, g) || n < sureKnown && !q.whole(first, g) {
			continue
		}
		if e, ok := l.number(q.d[a:end]); ok && e.kind == entryFull {
			s.known(v, q, a, end, e)
		}
	}
}

// knownAmount finds a known number that points and commas divide as they do an
// amount: 120871.20 may be account 12087120. Only the whole number counts, and
// not a date or a time.
func (s *scan) knownAmount(v *view, q *sequence) {
	least := 8
	l := s.r.known
	if l == nil || l.lens == 0 {
		return
	}
	if len(l.values) <= fewKnown {
		least = minSuffix
	}
	for i, j := 0, 0; i < len(q.g); i = j {
		for j = i + 1; j < len(q.g) && q.g[j].atom != 0 && q.g[j].atom == q.g[i].atom; {
			j++
		}
		a, b := q.g[i].from, q.g[j-1].to
		if b-a < least || j == i+1 || q.g[i+1].sep == ':' || q.dateAt(i) > 0 {
			continue
		}
		if e, ok := l.number(q.d[a:b]); ok && e.kind == entryFull {
			s.known(v, q, a, b, e)
		}
	}
}

// fewKnown is how many known values are so few that one of six digits in the form of
// an amount is hardly ever met by chance.
const fewKnown = 256

// fewWithin is how many are so few that one of eight digits, and of nine, is hardly
// ever found by chance inside of a longer number: of twenty digits, in one of 2,000.
var fewWithin = [...]int{4096, 40960}

// sureKnown is how many digits a whole number has that is not met by chance, so that
// dates and amounts may end inside of it.
const sureKnown = 10

// fewSuffix is the same for the last digits of one: six, seven, eight and more.
var fewSuffix = [...]int{32, 256, 2048}

// manyPadded is how many times as many they may be if what is glued on says nothing.
const manyPadded = 8

// padded tells whether what is glued to the digits [a, end), in the first and the
// last of their groups, says nothing.
func (q *sequence) padded(a, end, first, last int) bool {
	return padding(q.d[q.g[first].from:a]) && padding(q.d[end:q.g[last].to])
}

// whole tells whether the groups first … last may be one number: one group, or
// several that are not just a date, a time or an amount.
func (q *sequence) whole(first, last int) bool {
	if first == last {
		return true
	}
	if q.cuts(first) || q.cuts(last+1) {
		return false
	}
	for k := first; k <= last; k++ {
		if q.g[k].atom == 0 || q.g[k].atom != q.g[first].atom {
			return true
		}
	}
	return false
}

// knownSuffix tries group g alone, and with the groups before it that are
// joined to it in the same way.
func (s *scan) knownSuffix(v *view, q *sequence, g int) {
	for first := g; first >= 0 && q.g[g].to-q.g[first].from <= maxKnownDigits; first-- {
		if q.g[first].atom != 0 {
			return
		}
		n := q.g[g].to - q.g[first].from
		alone := first == g || (first == 0 || q.g[first].sep != q.g[g].sep) && (g+1 == len(q.g) || q.g[g+1].sep != q.g[g].sep)
		if n >= minSuffix && alone {
			if e, ok := s.r.known.number(q.d[q.g[first].from:q.g[g].to]); ok && e.kind != entryFive {
				s.known(v, q, q.g[first].from, q.g[g].to, e)
			}
		}
		if q.g[first].sep != q.g[g].sep {
			return
		}
	}
}

// knownWithin tries the last six or more digits of a known number that end at digit
// end, in group g, with others glued to them, if so few values are known that hardly
// any number holds them by chance; what says nothing may be glued to those of more.
func (s *scan) knownWithin(v *view, q *sequence, g, end int) {
	from := q.g[g].from
	if end-from < minSuffix && q.evenlyCut() {
		from = max(0, end-maxKnownDigits)
	}
	for a := end - minSuffix; a >= max(from, end-maxKnownDigits); a-- {
		padded := end-from <= maxKnownDigits && padding(q.d[from:a]) && padding(q.d[end:q.g[g].to])
		s.knownTail(v, q, a, end, padded)
	}
	for first := g - 1; first >= 0 && end == q.g[g].to && end-q.g[first].from <= maxKnownDigits; first-- {
		if a := q.g[first].from; end-a >= minSuffix && q.whole(first, g) {
			s.knownTail(v, q, a, end, false)
		}
	}
}

// knownTail looks the digits [a, end) up among the last ones of known numbers, if
// these are few.
func (s *scan) knownTail(v *view, q *sequence, a, end int, padded bool) {
	l := s.r.known
	few := fewSuffix[min(end-a-minSuffix, len(fewSuffix)-1)]
	if padded {
		few *= manyPadded
	}
	if len(l.values) > few {
		return
	}
	if e, ok := l.number(q.d[a:end]); ok && e.kind == entrySuffix {
		s.known(v, q, a, end, e)
	}
}

func (s *scan) known(v *view, q *sequence, a, b int, e entry) {
	val := s.r.known.values[e.value]
	s.addDigits(v, q, a, b, span{entity: val.entity, layer: LayerKnown, rule: "known", token: val.token, canon: string(q.d[a:b])})
}
