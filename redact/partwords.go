package redact

import "math/bits"

// Words may stand between the parts of a number that say that it goes on: 4111 dash
// 1111 then 1111 and finally 1111; the first half is 41111111 and the rest is 11111111;
// Part 1: 4111, Part 2: 1111.

const (
	minSaid     = 8  // digits, as those of a known account
	maxSaid     = 12 // words between two parts: "and after that the last four digits of my card number are"
	longestSaid = 96 // bytes between two parts
)

// saying is what a word says that stands between the parts of a number.
type saying byte

const (
	saidNot    saying = iota
	saidFiller        // is, the, digits: nothing alone
	saidOn            // then, rest, last: the number goes on
	saidPart          // part, group: a figure behind it counts them
	saidDash          // dash: the mark itself
	saidAnd           // and: a list goes on
)

var saidWords = makeSaidWords()

func makeSaidWords() map[string]saying {
	t := map[string]saying{}
	for _, set := range [...]struct {
		kind  saying
		words []string
	}{
		{saidFiller, []string{"by", "with", "the", "is", "are", "it", "its", "digit", "digits", "number", "numbers", "one", "two", "three", "four", "five", "six", "seven", "eight", "ten", "of", "in", "a", "that", "comes", "come", "after", "to", "my", "card", "account", "iban", "at", "end", "was", "be", "s", "you", "have", "need", "read", "i", "will", "give",
			"mit", "die", "der", "das", "ist", "sind", "ziffern", "auf", "nummer", "les", "chiffres", "est", "sont", "par", "los", "es", "son", "cifras", "por", "le", "sono", "cifre", "con", "os", "em", "cijfers", "de", "het"}},
		{saidOn, []string{"then", "next", "followed", "continues", "continue", "continued", "continuing", "continuation", "rest", "remaining", "remainder", "ends", "ending", "finally", "lastly", "last", "final", "latter", "second", "third", "fourth", "fifth", "other", "later", "plus", "space", "blank", "dot", "point", "slash", "comma", "colon", "underscore",
			"dann", "danach", "zuletzt", "endet", "weiter", "letzten", "puis", "ensuite", "espace", "luego", "despues", "termina", "poi", "spazio", "depois", "daarna"}},
		{saidPart, []string{"part", "group", "block", "segment", "chunk", "half", "portion", "piece", "teil", "gruppe", "haelfte", "partie", "groupe", "parte", "grupo", "gruppo", "deel"}},
		{saidDash, []string{"dash", "hyphen", "minus", "strich", "bindestrich", "tiret", "guion", "trattino", "streepje"}},
		{saidAnd, []string{"and", "und", "et", "y", "e", "en"}},
	} {
		for _, w := range set.words {
			t[w] = set.kind
		}
	}
	return t
}

// longestSaidWord is the length of the longest of them.
var longestSaidWord = func() (n int) {
	for w := range saidWords {
		n = max(n, len(w))
	}
	return n
}()

// saidWord returns what a word says, whatever the case of its letters.
func saidWord(word []byte) saying {
	var buf [16]byte
	if len(word) > longestSaidWord || len(word) > len(buf) {
		return saidNot
	}
	for i, c := range word {
		buf[i] = lower(c)
	}
	return saidWords[string(buf[:len(word)])]
}

// saysOn tells whether a word between the digits of a text of one block may say that
// a number goes on.
func (m *planes) saysOn(t []byte) bool {
	for left := m.wordsInside(); left != 0; {
		i := bits.TrailingZeros64(left)
		n := bits.TrailingZeros64(^(left >> i))
		if saidWord(t[i:i+n]) > saidFiller {
			return true
		}
		left &^= (1<<n - 1) << i
	}
	return false
}

// wordsInside returns the letters between the first digit and the last.
func (m *planes) wordsInside() uint64 {
	first := m.digit & -m.digit
	return m.letter &^ (first - 1) & (1<<bits.Len64(m.digit) - 1)
}

// saidParts looks at the numbers of a view without such words.
func (s *scan) saidParts(v *view) {
	if out, ok := s.unsaid(v); ok {
		s.knownTexts(out)
		s.numbers(out)
		s.ibans(out)
	}
}

// unsaid puts marks in the place of what stands between the parts of numbers, if there
// is any.
func (s *scan) unsaid(v *view) (view, bool) {
	out, from := view{}, 0 // v.t[from:] is not copied yet; a derived view would be allocated for every clean text
	var g saidGap
	for i := 1; i < len(v.t); i++ {
		if !digit(v.t[i-1]) || alnum(v.t[i]) {
			continue
		}
		end, mark := g.read(v.t, i)
		if end == 0 {
			continue
		}
		if out.t == nil {
			out = s.view(len(v.t))
		}
		out.copy(*v, from, i)
		if out.push(mark, v.from(i), v.to(end-1)); mark == ',' { // as in the rest of the list
			out.push(' ', v.from(i), v.to(end-1))
		}
		from, i = end, end
	}
	if out.t == nil {
		return out, false
	}
	out.copy(*v, from, len(v.t))
	return s.keep(out), true
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
	if c := t[i]; c != ' ' && byteAt(t, i+1) != ' ' && c != '\n' { // as in a path
		return 0, 0
	}
	goesOn, and, words, kind := false, false, 0, saidNot
	for j := i; j < min(len(t), i+longestSaid); {
		switch c := t[j]; {
		case digit(c):
			if n := figure(t, j, kind == saidPart); n > 0 && g.count == 0 && (c == last.count+1 || kind == saidPart || last.count == 0 && c == '2' && countsOne(t, i)) {
				g.count, goesOn = c, true
				j += n
				continue
			}
			if letter(t[j-1]) {
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
		case letter(c):
			from := j
			for j < len(t) && letter(t[j]) && j-from <= longestSaidWord {
				j++
			}
			switch kind = saidWord(t[from:j]); kind {
			case saidNot:
				return 0, 0
			case saidAnd:
				and = true
				continue
			case saidDash:
				mark, goesOn = '-', true
			default:
				goesOn = goesOn || kind > saidFiller
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
	n := digits(t[j:])
	return n >= minCounted && i >= n && digits(t[i-n:]) == n && (i == n || !alnum(t[i-n-1]))
}

// saidHead tells whether a text begins with words that say that a number goes on which
// began before it: "and ends with 1111", "Part 2: 1111".
func saidHead(t []byte) bool {
	if len(t) == 0 || !letter(t[0]) && t[0] != '(' {
		return false
	}
	var buf [2 + partReach]byte
	head := append(buf[:0], '0', ' ')
	head = append(head, t[:min(len(t), partReach)]...)
	var g saidGap
	end, _ := g.read(head, 1)
	return end > 0
}

// counting tells whether the digit at the end of a name counts parts or digits: part2,
// account_last_5.
func counting(name []byte) bool {
	n := len(name)
	if n < 2 || !digit(name[n-1]) || digit(name[n-2]) {
		return false
	}
	end := n - 1
	if !letter(name[end-1]) {
		end--
	}
	from := end
	for from > 0 && letter(name[from-1]) {
		from--
	}
	for _, at := range [...]int{from, lastCamel(name, from, end)} {
		if kind := saidWord(name[at:end]); kind == saidOn || kind == saidPart {
			return true
		}
	}
	return false
}

// figure returns the length of a figure at t[i] that counts what follows: behind a word
// 2: or 2/4 or 2 of 4 or 2 alone, without one 2) or 2. or (2/4) before a space and three
// digits; 0 if there is none.
func figure(t []byte, i int, named bool) int {
	before := byteAt(t, i-1)
	if alnum(byteAt(t, i+1)) || digit(before) || !named && before != ' ' && before != '\n' && before != '(' && i > 0 {
		return 0
	}
	n := 1
	for _, of := range [...]string{"/", " of ", " / "} {
		if rest := t[i+1:]; len(rest) > len(of) && string(rest[:len(of)]) == of && digit(rest[len(of)]) && !alnum(byteAt(rest, len(of)+1)) {
			n += len(of) + 1
			break
		}
	}
	c := byteAt(t, i+n)
	if named {
		if n > 1 || c == ')' || c == ']' || c == ':' || c == ' ' || c == '.' && !digit(byteAt(t, i+n+1)) {
			return n
		}
		return 0
	}
	if k := i + n + 1; (c == ')' || c == '.') && k < len(t) && t[k] == ' ' && digits(t[k+1:]) >= minCounted {
		return n
	}
	return 0
}

// minCounted is how many digits a part has, at least, that a figure alone counts.
const minCounted = 3

// countsOne tells whether the part that ends before t[i] is counted as the first one.
func countsOne(t []byte, i int) bool {
	for k := i - 1; k >= max(0, i-longestFirst) && !letter(t[k]) && t[k] < 0x80; k-- {
		if t[k] == '1' && figure(t, k, false) > 0 {
			return true
		}
	}
	return false
}

// longestFirst is how far the figure stands before the end of the first part: it may be
// all but the last digits of an IBAN in groups.
const longestFirst = 40
