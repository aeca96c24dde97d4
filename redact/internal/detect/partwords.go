package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// A number may be divided over fields of a text whose names are those of parts, one after
// the other: part1=4111&part2=…, part1: 4111 in a line each, {'part1': '4111', …}. Digits
// alone may have any name: <card p1="4111" p2="…"/>.

// Limits of such fields.
const (
	MostPartFields = 12 // more are a table
)

// KeepSure drops of the findings from one on those that may be so by chance: cards of
// ranges that are thinly issued, and what is not all of the parts, which have so many
// characters.
func (s *Scan) KeepSure(from, size int) {
	kept := s.Spans[:from]
	for _, sp := range s.Spans[from:] {
		if sp.Layer == entity.Known || MayRetract(&sp) && len(sp.Canon) == size {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}

const (
	maxSaid     = 12 // words between two parts: "and after that the last four digits of my card number are"
	longestSaid = 96 // bytes between two parts
)

// SaidParts looks at the numbers of a view without such words.
func (s *Scan) SaidParts(v *finding.View) {
	if out, ok := s.unsaid(v); ok {
		s.KnownTexts(out)
		s.Numbers(out)
		s.IBANs(out)
	}
}

// unsaid puts marks in the place of what stands between the parts of numbers, if there
// is any.
func (s *Scan) unsaid(v *finding.View) (finding.View, bool) {
	out, from := finding.View{}, 0 // v.t[from:] is not copied yet; a derived view would be allocated for every clean text
	var g saidGap
	for i := 1; i < len(v.Text); i++ {
		if !char.Digit(v.Text[i-1]) || char.Alnum(v.Text[i]) {
			continue
		}
		end, mark := g.read(v.Text, i)
		if end == 0 {
			continue
		}
		if out.Text == nil {
			out = s.View(len(v.Text))
		}
		out.Copy(*v, from, i)
		if out.Push(mark, v.From(i), v.To(end-1)); mark == ',' { // as in the rest of the list
			out.Push(' ', v.From(i), v.To(end-1))
		}
		from, i = end, end
	}
	if out.Text == nil {
		return out, false
	}
	out.Copy(*v, from, len(v.Text))
	return s.Keep(out), true
}

// saidGap reads what stands between parts, one behind the other.
type saidGap struct {
	count  byte // the last figure that counted a part
	listed bool // a comma stood between the last two
}

// read returns the end of what stands from t[i] on between two parts of a number, and
// the mark that says the same; 0 if nothing says that they are of one.
func (g *saidGap) read(t []byte, i int) (end int, mark byte) {
	last := *g
	*g = saidGap{}
	mark = ' '
	if c := t[i]; c != ' ' && char.At(t, i+1) != ' ' && c != '\n' { // as in a path
		return 0, 0
	}
	goesOn, and, words, kind := false, false, 0, profile.SaidNot
	for j := i; j < min(len(t), i+longestSaid); {
		switch c := t[j]; {
		case char.Digit(c):
			if n := figure(t, j, kind == profile.SaidPart); n > 0 && g.count == 0 && (c == last.count+1 || kind == profile.SaidPart || last.count == 0 && c == '2' && countsOne(t, i)) {
				g.count, goesOn = c, true
				j += n
				continue
			}
			if char.Letter(t[j-1]) {
				return 0, 0
			}
			if and && last.listed && words == 0 && asMany(t, i, j) {
				goesOn, mark = true, ','
			}
			if !goesOn {
				*g = saidGap{count: last.count, listed: words == 0 && t[i] == ','}
				return 0, 0
			}
			return j, mark
		case char.Letter(c):
			from := j
			for j < len(t) && char.Letter(t[j]) && j-from <= profile.LongestSaidWord {
				j++
			}
			switch kind = profile.SaidWord(t[from:j]); kind {
			case profile.SaidNot:
				return 0, 0
			case profile.SaidAnd:
				and = true
				continue
			case profile.SaidDash:
				mark, goesOn = '-', true
			default:
				goesOn = goesOn || kind > profile.SaidFiller
			}
			if words++; words > maxSaid {
				return 0, 0
			}
		case c >= 0x80:
			return 0, 0
		default:
			j++
		}
	}
	return 0, 0
}

// asMany tells whether the number that ends before t[i] and the one that begins at t[j]
// have as many digits, three or more: they are the groups of a number, not a list of any.
func asMany(t []byte, i, j int) bool {
	n := char.Digits(t[j:])
	return n >= minCounted && i >= n && char.Digits(t[i-n:]) == n && (i == n || !char.Alnum(t[i-n-1]))
}

// SaidHead tells whether a text begins with words that say that a number goes on which
// began before it: "and ends with 1111", "Part 2: 1111".
func SaidHead(t []byte) bool {
	if len(t) == 0 || !char.Letter(t[0]) && t[0] != '(' {
		return false
	}
	var buf [2 + profile.PartReach]byte
	head := append(buf[:0], '0', ' ')
	head = append(head, t[:min(len(t), profile.PartReach)]...)
	var g saidGap
	end, _ := g.read(head, 1)
	return end > 0
}

// Counting tells whether the digit at the end of a name counts parts or digits: part2,
// account_last_5.
func Counting(name []byte) bool {
	n := len(name)
	if n < 2 || !char.Digit(name[n-1]) || char.Digit(name[n-2]) {
		return false
	}
	end := n - 1
	if !char.Letter(name[end-1]) {
		end--
	}
	from := end
	for from > 0 && char.Letter(name[from-1]) {
		from--
	}
	for _, at := range [...]int{from, cue.LastCamel(name, from, end)} {
		if kind := profile.SaidWord(name[at:end]); kind == profile.SaidOn || kind == profile.SaidPart {
			return true
		}
	}
	return false
}

// figure returns the length of a figure at t[i] that counts what follows: behind a word
// 2: or 2/4 or 2 of 4 or 2 alone, without one 2) or 2. or (2/4) before a space and three
// digits; 0 if there is none.
func figure(t []byte, i int, named bool) int {
	before := char.At(t, i-1)
	if char.Alnum(char.At(t, i+1)) || char.Digit(before) || !named && before != ' ' && before != '\n' && before != '(' && i > 0 {
		return 0
	}
	n := 1
	for _, of := range [...]string{"/", " of ", " / "} {
		if rest := t[i+1:]; len(rest) > len(of) && string(rest[:len(of)]) == of && char.Digit(rest[len(of)]) && !char.Alnum(char.At(rest, len(of)+1)) {
			n += len(of) + 1
			break
		}
	}
	c := char.At(t, i+n)
	if named {
		if n > 1 || c == ')' || c == ']' || c == ':' || c == ' ' || c == '.' && !char.Digit(char.At(t, i+n+1)) {
			return n
		}
		return 0
	}
	if k := i + n + 1; (c == ')' || c == '.') && k < len(t) && t[k] == ' ' && char.Digits(t[k+1:]) >= minCounted {
		return n
	}
	return 0
}

// minCounted is how many digits a part has, at least, that a figure alone counts.
const minCounted = 3

// countsOne tells whether the part that ends before t[i] is counted as the first one.
func countsOne(t []byte, i int) bool {
	for k := i - 1; k >= max(0, i-longestFirst) && !char.Letter(t[k]) && t[k] < 0x80; k-- {
		if t[k] == '1' && figure(t, k, false) > 0 {
			return true
		}
	}
	return false
}

// longestFirst is how far the figure stands before the end of the first part: it may be
// all but the last digits of an IBAN in groups.
const longestFirst = 40
