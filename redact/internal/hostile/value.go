// Package hostile plants numbers and credentials the way somebody would who
// wants them to get past the redactor, and reads what came out the way such a
// person would. It shares no code with the redactor nor with the other corpus:
// its tables of brands, countries, digit forms and encodings are its own.
package hostile

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// Value is one thing that must not survive.
type Value struct {
	Kind   string   // row of the table
	Text   string   // as it is usually written
	Parts  []string // canonical forms, lower case; none may be readable afterwards
	Cue    bool     // Text contains words, so that it takes no change of its characters
	Form   bool     // separators of its own, which others replace
	Least  int      // characters of a part in a row that count as readable
	Marked bool     // one mark may stand between the characters of an encoding
	Known  string   // what the tenant's store holds, "" if a detector has to find it
}

// leastNumber is how many digits of a card or account in a row are a leak
// wherever they stand: more than a bank identification number of six.
const leastNumber = 7

func number(kind, text string) Value {
	part := alnum(text)
	return Value{Kind: kind, Text: text, Form: strings.ContainsAny(text, "-. /"), Parts: []string{part}, Least: min(leastNumber, len(part))}
}

// Under writes v under a disguise. A value that has separators of its own gets
// others in their place.
func (v Value) Under(rng *rand.Rand, d Disguise) string {
	if !v.Form || d.Layer != Separators {
		return d.Apply(rng, v.Text)
	}
	switch d.Name {
	case "zero width", "invisible operators", "bidi", "combining", "fillers", "variation selectors", "tag characters", "controls": // nothing would be left between the groups
		return d.Apply(rng, v.Text)
	}
	sep := pick(rng, listOf(d.Name)...)
	return strings.Join(strings.FieldsFunc(v.Text, func(r rune) bool { return alnum(string(r)) == "" }), sep)
}

func cued(kind, text string, parts ...string) Value {
	least := leastNumber
	for i, p := range parts {
		parts[i] = alnum(p)
		least = min(least, len(parts[i]))
	}
	return Value{Kind: kind, Text: text, Parts: parts, Cue: true, Least: least}
}

// alnum keeps the ASCII letters and digits, in lower case.
func alnum(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

func digits(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + rng.IntN(10))
	}
	return string(b)
}

const (
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base62 = upper + "abcdefghijklmnopqrstuvwxyz0123456789"
	hexSet = "0123456789abcdef"
)

func from(rng *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

func pick[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// brand is a range of first digits and the lengths that are issued in it.
type brand struct {
	name    string
	from    int
	to      int
	lengths []int
}

// brands are the issuer ranges of ISO/IEC 7812 as the networks publish them.
var brands = []brand{
	{"visa", 4, 4, []int{13, 16, 19}},
	{"mastercard", 51, 55, []int{16}}, {"mastercard", 2221, 2720, []int{16}},
	{"amex", 34, 34, []int{15}}, {"amex", 37, 37, []int{15}},
	{"diners", 300, 305, []int{14, 16, 19}}, {"diners", 36, 36, []int{14, 15, 16, 17, 18, 19}}, {"diners", 38, 39, []int{14, 16, 19}},
	{"discover", 6011, 6011, []int{16, 17, 18, 19}}, {"discover", 644, 649, []int{16, 19}}, {"discover", 65, 65, []int{16, 19}},
	{"jcb", 3528, 3589, []int{16, 17, 18, 19}},
	{"unionpay", 620, 629, []int{16, 17, 18, 19}},
	{"maestro", 5018, 5018, []int{12, 13, 14, 15, 16, 17, 18, 19}}, {"maestro", 5020, 5020, []int{12, 13, 15, 17, 18, 19}},
	{"maestro", 5038, 5038, []int{12, 14, 16, 18}}, {"maestro", 6304, 6304, []int{12, 16, 18, 19}}, {"maestro", 6759, 6759, []int{12, 16, 18, 19}},
	{"maestro", 6761, 6763, []int{12, 13, 14, 15, 16, 17, 18, 19}},
	{"mir", 2200, 2204, []int{16, 17, 18, 19}}, {"rupay", 60, 60, []int{16}}, {"rupay", 6521, 6522, []int{16}}, {"rupay", 81, 82, []int{16}},
	{"troy", 9792, 9792, []int{16}}, {"verve", 506099, 506198, []int{16, 18, 19}}, {"dankort", 5019, 5019, []int{16}},
	{"elo", 636368, 636368, []int{16}}, {"hipercard", 606282, 606282, []int{16}}, {"instapayment", 637, 639, []int{16}},
	{"napas", 9704, 9704, []int{16, 19}}, {"switch", 4903, 4903, []int{16, 18, 19}}, {"switch", 633110, 633110, []int{18}}, {"solo", 6767, 6767, []int{16, 19}}, {"laser", 6706, 6706, []int{16, 19}},
	{"ukrcard", 604001, 604200, []int{16, 19}}, {"pridnestrovie", 605474, 605474, []int{16}}, {"uzcard", 5614, 5614, []int{16}}, {"verve", 507865, 507964, []int{16, 19}},
	{"interpayment", 636, 636, []int{16, 17, 18, 19}}, {"uzcard", 8600, 8600, []int{16}}, {"humo", 9860, 9860, []int{16}},
}

// Cards returns one number of each brand and length.
func Cards(rng *rand.Rand) (all []Value) {
	for _, b := range brands {
		for _, n := range b.lengths {
			all = append(all, number("card", b.pan(rng, n)))
		}
	}
	return all
}

func (b brand) pan(rng *rand.Rand, length int) string {
	head := strconv.Itoa(b.from + rng.IntN(b.to-b.from+1))
	head += digits(rng, length-1-len(head))
	return head + string(mod10(head))
}

// mod10 is the last digit that makes a number valid under Luhn.
func mod10(head string) byte {
	sum := 0
	for i := range len(head) {
		d := int(head[len(head)-1-i] - '0')
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}
