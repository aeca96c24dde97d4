package detect

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
)

// What has so regular a form that its digits in a row mean nothing.

// Lists of small numbers: 12.5%, 30.1%, 4.0% and 07/14, 08/02, 09/30 and 22.60; 32.06; 49.57.
// Their digits in a row pass the check of some identity number or account more often
// than not, and what is said by so regular a form is clear.

// minListed is the fewest numbers of a list: two may be the halves of one number.
const minListed = 3

// manySingle is how many numbers of single digits are looked at: each begins a list of
// its own, and a text of nothing else would take time by the square of its length.
const manySingle = 16

// listAt returns the groups of a list of numbers with one mark in each that begins at
// group i, 0 if there is none: fractions or days, with one separator everywhere. Single
// digits alone are what somebody may have put marks between.
func (q *Sequence) listAt(i int) int {
	if i+2*minListed > len(q.G) {
		return 0
	}
	n, single := 0, true
	for k := i; k+1 < len(q.G); k += 2 {
		a, b := q.G[k], q.G[k+1]
		if b.sepLen != 1 || b.sep != q.G[i+1].sep || !q.listable(a, b) {
			break
		}
		if outer := q.G[min(i+2, len(q.G)-1)]; n > 0 && (a.sep != outer.sep || a.sepLen != outer.sepLen || a.sep == b.sep && a.sepLen == 1) {
			break
		}
		single = single && a.size() == 1 && b.size() == 1
		if n++; single && n == manySingle {
			return 0
		}
	}
	if n < minListed || single {
		return 0
	}
	return 2 * n
}

// listable tells whether two groups and the mark between them are a fraction of one
// digit or two, or a day and a month.
func (q *Sequence) listable(a, b group) bool {
	const whole, fraction = 4, 2
	x, y := q.value(a), q.value(b)
	switch b.sep {
	case '/':
		return a.size() <= 2 && b.size() <= 2 && (date.Month(x) && date.Day(y) || date.Day(x) && date.Month(y))
	case '.', ',':
		return a.size() <= whole && b.size() <= fraction && (q.D[a.from] != '0' || a.size() == 1 || b.size() == 2)
	}
	return false
}

// fewestKinds is how many of the letters a to f a digest has, at least: of 32 characters
// nearly every one.
const fewestKinds = 4

// inDigest tells whether t[i:j] lies in a word of hexadecimal as long as the digests of
// MD5, SHA-1 and SHA-2 are, with letters of one case and digits as these have them.
func inDigest(t []byte, i, j int) bool {
	a, b := i, i
	for a > 0 && i-a <= longestHash && char.Unhex(t[a-1]) < 16 {
		a--
	}
	for b < len(t) && b-i <= longestHash && char.Unhex(t[b]) < 16 {
		b++
	}
	switch b - a {
	case 32, 40, 56, 64, 96, 128:
	default:
		return false
	}
	if b < j || char.Alnum(char.At(t, a-1)) || char.Alnum(char.At(t, b)) {
		return false
	}
	digits, kinds, flags := 0, uint64(0), uint16(0)
	for _, c := range t[a:b] {
		flags |= char.ByteClass[c]
		if char.Digit(c) {
			digits++
		} else {
			kinds |= 1 << (c & 15)
		}
	}
	return 5*digits <= 4*(b-a) && bits.OnesCount64(kinds) >= fewestKinds && flags&(char.IsUpper|char.IsLower) != char.IsUpper|char.IsLower
}

// midnight tells whether fourteen digits are a day of this century and a time in its
// first hour.
func midnight(d []byte) bool {
	y := char.Number(d, 4)
	return y >= 2000 && y <= 2060 && date.Month(char.Number(d[4:], 2)) && date.Day(char.Number(d[6:], 2)) && char.Number(d[8:], 2) == 0 && char.Number(d[10:], 2) < 60 && char.Number(d[12:], 2) <= 60
}

// endpoint tells whether a sequence is an address of the Internet with a port:
// 192.0.2.17:48997, or with what stands behind it in the log of a web server up to the
// day: 192.0.2.17 - - [01/Jun/2024.
func (q *Sequence) endpoint() bool {
	const parts, port, highest, highestPort = 4, 5, 255, 65535
	if len(q.G) != parts+1 || !q.tight(0, parts, '.') {
		return false
	}
	last := q.G[parts]
	logged := last.sep == '-' && last.sepLen == len(" - - [") && last.size() == 2
	if !logged && (last.sep != ':' || last.sepLen != 1 || last.size() > port || q.value(last) > highestPort) {
		return false
	}
	for k := range q.G {
		if g := q.G[k]; q.D[g.from] == '0' && g.size() > 1 && !(logged && k == parts) || k < parts && (g.size() > 3 || q.value(g) > highest) {
			return false
		}
	}
	return true
}

// stamps marks the groups of a sequence that nothing announces and that are timestamps
// from 2014 to 2033 in microseconds or nanoseconds: no number is cut out of their middle,
// nor goes on in them. A sequence that may be one number as a whole stays as it is.
func (q *Sequence) stamps() {
	if len(q.D) <= date.NanoDigits {
		return
	}
	for i := range q.G {
		g := &q.G[i]
		if g.Atom == 0 && g.size() >= date.MicroDigits && date.SinceEpoch(q.D[g.from:g.to]) {
			g.Atom = len(q.D) + i // greater than those that there are
		}
	}
}

// listed tells whether the digits [a, b) are those of nothing but dates, times and
// amounts, three or more.
func (q *Sequence) listed(a, b int) bool {
	first, _ := slices.BinarySearchFunc(q.G, a, func(g group, a int) int { return cmp.Compare(g.to, a+1) })
	n, last := 0, 0
	for _, g := range q.G[first:] {
		if g.from >= b {
			break
		}
		if g.Atom == 0 {
			return false
		}
		if g.Atom != last {
			n, last = n+1, g.Atom
		}
	}
	return n >= minListed
}
