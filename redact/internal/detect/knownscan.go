package detect

import (
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// knownNumbers finds the numbers this tenant knows in a sequence: whole ones
// wherever they stand, their last six or more digits where nothing is glued to
// them, and their last five beside a cue.
func (s *Scan) knownNumbers(v *finding.View, q *Sequence, before cue.Set) {
	l := s.Rules.Known
	if l == nil || l.Lens == 0 {
		return
	}
	if before&profile.FiveCues != 0 {
		s.knownFive(v, q)
	}
	g := 0
	for end := 1; end <= len(q.D); end++ {
		if end > q.G[g].to {
			g++
		}
		if end < column.MinSuffix || end < l.Shortest && end != q.G[g].to || !l.Maybe(q.D[:end]) {
			continue
		}
		s.knownFull(v, q, g, end)
		s.knownWithin(v, q, g, end)
		if end == q.G[g].to {
			s.knownSuffix(v, q, g)
		}
	}
	s.knownAmount(v, q)
	s.knownScattered(v, q)
}

// knownFive looks five digits up that stand beside a cue: one group, or several
// if no other follows.
func (s *Scan) knownFive(v *finding.View, q *Sequence) {
	if len(q.D) < profile.MinCued || q.G[0].size() != profile.MinCued && len(q.D) != profile.MinCued || q.G[0].Atom != 0 && q.dateAt(0)+q.timeAt(0) > 0 {
		return
	}
	if e, ok := s.Rules.Known.Digits(q.D[:profile.MinCued]); ok {
		s.known(v, q, 0, profile.MinCued, e)
	}
}

// knownScattered looks up what all the groups of a sequence make up together,
// whatever stands between them.
func (s *Scan) knownScattered(v *finding.View, q *Sequence) {
	last := len(q.G) - 1
	if n := len(q.D); last == 0 || n < column.MinSuffix || n > known.MaxKnownDigits || !q.whole(0, last) || !s.Rules.Known.Maybe(q.D) {
		return
	}
	if e, ok := s.Rules.Known.Number(q.D); ok && e.Kind != known.EntryFive {
		s.known(v, q, 0, len(q.D), e)
	}
}

// knownFull tries every length of whole numbers that ends at digit end, which
// lies in group g.
func (s *Scan) knownFull(v *finding.View, q *Sequence, g, end int) {
	l := s.Rules.Known
	for lens := l.Lens; lens != 0; lens &= lens - 1 {
		n := bits.TrailingZeros64(lens)
		a := end - n
		if a < 0 {
			return
		}
		first := g
		for q.G[first].from > a {
			first--
		}
		aligned := 0
		if a == q.G[first].from {
			aligned++
		}
		if end == q.G[g].to {
			aligned++
		}
		if n < 8 && aligned < 2 || n < sureKnown && aligned < 1 && len(l.Values) > fewWithin[n-8] && !q.padded(a, end, first, g) || n < sureKnown && !q.whole(first, g) {
			continue
		}
		if e, ok := l.Number(q.D[a:end]); ok && e.Kind == known.EntryFull {
			s.known(v, q, a, end, e)
		}
	}
}

// knownAmount finds a known number that points and commas divide as they do an
// amount: 120871.20 may be account 12087120. Only the whole number counts, and
// not a date or a time.
func (s *Scan) knownAmount(v *finding.View, q *Sequence) {
	least := 8
	l := s.Rules.Known
	if l == nil || l.Lens == 0 {
		return
	}
	if len(l.Values) <= known.FewKnown {
		least = column.MinSuffix
	}
	for i, j := 0, 0; i < len(q.G); i = j {
		for j = i + 1; j < len(q.G) && q.G[j].Atom != 0 && q.G[j].Atom == q.G[i].Atom; {
			j++
		}
		a, b := q.G[i].from, q.G[j-1].to
		if b-a < least || j == i+1 || q.G[i+1].sep == ':' || q.dateAt(i) > 0 {
			continue
		}
		if e, ok := l.Number(q.D[a:b]); ok && e.Kind == known.EntryFull {
			s.known(v, q, a, b, e)
		}
	}
}

// fewWithin is how many are so few that one of eight digits, and of nine, is hardly
// ever found by chance inside of a longer number: of twenty digits, in one of 2,000.
var fewWithin = [...]int{4096, 40960}

// sureKnown is how many digits a whole number has that is not met by chance, so that
// dates and amounts may end inside of it.
const sureKnown = 10

// padded tells whether what is glued to the digits [a, end), in the first and the
// last of their groups, says nothing.
func (q *Sequence) padded(a, end, first, last int) bool {
	return padding(q.D[q.G[first].from:a]) && padding(q.D[end:q.G[last].to])
}

// whole tells whether the groups first … last may be one number: one group, or
// several that are not just a date, a time or an amount.
func (q *Sequence) whole(first, last int) bool {
	if first == last {
		return true
	}
	if q.cuts(first) || q.cuts(last+1) {
		return false
	}
	for k := first; k <= last; k++ {
		if q.G[k].Atom == 0 || q.G[k].Atom != q.G[first].Atom {
			return true
		}
	}
	return false
}

// knownSuffix tries group g alone, and with the groups before it that are
// joined to it in the same way.
func (s *Scan) knownSuffix(v *finding.View, q *Sequence, g int) {
	for first := g; first >= 0 && q.G[g].to-q.G[first].from <= known.MaxKnownDigits; first-- {
		if q.G[first].Atom != 0 {
			return
		}
		n := q.G[g].to - q.G[first].from
		alone := first == g || (first == 0 || q.G[first].sep != q.G[g].sep) && (g+1 == len(q.G) || q.G[g+1].sep != q.G[g].sep)
		if n >= column.MinSuffix && alone {
			if e, ok := s.Rules.Known.Number(q.D[q.G[first].from:q.G[g].to]); ok && e.Kind != known.EntryFive {
				s.known(v, q, q.G[first].from, q.G[g].to, e)
			}
		}
		if q.G[first].sep != q.G[g].sep {
			return
		}
	}
}

// knownWithin tries the last six or more digits of a known number that end at digit
// end, in group g, with others glued to them, if so few values are known that hardly
// any number holds them by chance; what says nothing may be glued to those of more.
func (s *Scan) knownWithin(v *finding.View, q *Sequence, g, end int) {
	from := q.G[g].from
	if end-from < column.MinSuffix && q.evenlyCut() {
		from = max(0, end-known.MaxKnownDigits)
	}
	for a := end - column.MinSuffix; a >= max(from, end-known.MaxKnownDigits); a-- {
		padded := end-from <= known.MaxKnownDigits && padding(q.D[from:a]) && padding(q.D[end:q.G[g].to])
		s.knownTail(v, q, a, end, padded)
	}
	for first := g - 1; first >= 0 && end == q.G[g].to && end-q.G[first].from <= known.MaxKnownDigits; first-- {
		if a := q.G[first].from; end-a >= column.MinSuffix && q.whole(first, g) {
			s.knownTail(v, q, a, end, false)
		}
	}
}

// knownTail looks the digits [a, end) up among the last ones of known numbers, if
// these are few.
func (s *Scan) knownTail(v *finding.View, q *Sequence, a, end int, padded bool) {
	l := s.Rules.Known
	few := known.FewSuffix[min(end-a-column.MinSuffix, len(known.FewSuffix)-1)]
	if padded {
		few *= known.ManyPadded
	}
	if len(l.Values) > few {
		return
	}
	if e, ok := l.Number(q.D[a:end]); ok && e.Kind == known.EntrySuffix {
		s.known(v, q, a, end, e)
	}
}

func (s *Scan) known(v *finding.View, q *Sequence, a, b int, e known.Entry) {
	val := s.Rules.Known.Values[e.Value]
	s.addDigits(v, q, a, b, finding.Span{Entity: val.Entity, Layer: entity.Known, Rule: "known", Token: val.Token, Canon: string(q.D[a:b])})
}
