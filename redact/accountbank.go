package redact

import (
	"bytes"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
)

// What stands beside an account: the code of its bank (ISO 9362), and the number of
// its branch, which is too short to be looked for anywhere else.

// branchWords announce the number of a branch or of an institution.
var branchWords = [...]string{"transit", "institution", "inst", "branch", "clearing", "agencia", "agência", "ag", "agence", "sucursal", "oficina", "filial", "filiale", "guichet", "banque", "entidad", "banco"}

// Digits of such a number.
const (
	minBranch = 3
	maxBranch = 5
)

// bicReach is how near to an account, in bytes, a BIC counts as beside it.
const bicReach = 40

// besideAccounts finds the codes of banks and the numbers of branches near the
// accounts found in a view, which are among the spans from one on: to look at all of
// them in each of many decoded texts would take time by the square of the length. It
// returns without looking when there are none.
func (s *scan) besideAccounts(v *view, from int) {
	accounts := len(s.spans)
	for k := from; k < accounts; k++ {
		sp := s.spans[k]
		if sp.entity != IBAN && sp.entity != Account {
			continue
		}
		if len(v.t) == 0 || sp.hi <= int(v.from(0)) || sp.lo >= int(v.to(len(v.t)-1)) {
			continue
		}
		a, b := v.index(sp.lo), v.index(sp.hi)
		s.bics(v, max(0, a-bicReach), min(len(v.t), b+bicReach), a, b, countryOf(&sp))
		if sp.entity == Account {
			s.branches(v, max(0, a-bicReach), a)
		}
	}
}

// index returns the first byte of a view that came from byte i of the leaf or from
// behind it.
func (v *view) index(i int) int {
	if v.lo == nil {
		return min(max(0, i-int(v.at)), len(v.t))
	}
	k, _ := slices.BinarySearch(v.lo, int32(i))
	return k
}

// countryOf returns the country of an account, "" if only its holder knows.
func countryOf(sp *span) string {
	switch {
	case sp.entity == IBAN && len(sp.canon) > 2:
		return sp.canon[:2]
	case sp.rule == "clabe":
		return "MX"
	case sp.rule == "cbu":
		return "AR"
	case sp.rule == "uk":
		return "GB"
	}
	return ""
}

// bics finds bank identifier codes in the bytes [lo, hi) of a view, but for those in
// [a, b), where an account of a country is.
func (s *scan) bics(v *view, lo, hi, a, b int, country string) {
	t, announced := v.t, false
	for i := lo; i < hi; {
		if i >= a && i < b {
			i = b
			continue
		}
		j := i
		for j < min(len(t), hi+longestBIC+1) && alnum(t[j]) { // of a longer word no more is read
			j++
		}
		if j > i && (i == 0 || !alnum(t[i-1])) {
			if bic(t[i:j]) && (announced || !likeWord(t[i:j], country)) {
				s.add(v, i, j, span{entity: Bank, layer: LayerDetector, rule: "bic", canon: string(t[i:j])})
			} else if bicCue(t[i:j]) {
				s.dividedBIC(v, j)
			}
			announced = bicCue(t[i:j]) || announced && j-i <= len("code")
		}
		i = max(j, i+1)
	}
}

// likeWord tells whether a code of letters alone is more likely a word, as DEUTSCHE and
// ALQUILER are: it is of another country than the account beside it, or, if nobody knows
// of which that is, of one with few banks.
func likeWord(code []byte, country string) bool {
	const withBranch = 11
	if digitsIn(code) > 0 || len(code) == withBranch && bytes.HasSuffix(code, []byte("XXX")) {
		return false
	}
	switch string(code) {
	case "BENEFICIARY", "BONIFICO", "PRELIEVO", "IMPUESTO", "RESTAURANTE", "HESAPTAN": // on statements of several languages
		return true
	}
	if country != "" {
		return string(code[4:6]) != country
	}
	return !bytes.Contains([]byte("AT AU BE CA CH DE DK ES FI FR GB IE IT LU NL NO PL PT SE US"), code[4:6])
}

func bicCue(w []byte) bool {
	return bytes.EqualFold(w, []byte("bic")) || bytes.EqualFold(w, []byte("swift"))
}

// dividedBIC finds the code of a bank behind its cue, which ends at t[i], if marks
// stand between its characters or it is in small letters.
func (s *scan) dividedBIC(v *view, i int) {
	const short = 8
	t := v.t
	var code [longestBIC]byte
	n, first, gapped := 0, -1, 0
	for k := i; k < len(t) && n < longestBIC; k++ {
		c := t[k]
		if !alnum(c) {
			if gapped += gapCost(c); gapped > maxGapSpaces || c >= 0x80 {
				return
			}
			continue
		}
		if first < 0 {
			first = k
		}
		code[n], gapped = upper(c), 0
		if n++; (n == short || n == longestBIC) && !alnum(byteAt(t, k+1)) && bic(code[:n]) {
			s.add(v, first, k+1, span{entity: Bank, layer: LayerDetector, rule: "bic", canon: string(code[:n])})
			return
		}
	}
}

// branches finds the numbers of branches in the bytes [lo, hi) of a view, before an
// account.
func (s *scan) branches(v *view, lo, hi int) {
	t := v.t
	for i := lo; i < hi; {
		j := i
		for j < hi && (letter(t[j]) || t[j] >= 0x80) {
			j++
		}
		if j > i {
			s.branchAt(v, i, j)
		} else if j = i + canadianPair(t[i:hi]); j > i && !alnum(byteAt(t, i-1)) {
			s.add(v, i, j, span{entity: Bank, layer: LayerDetector, rule: "transit", canon: string(t[i:j])})
		}
		i = max(j, i+1)
	}
}

// branchAt takes the few digits behind the word t[i:j] as the number of a branch if
// the word says so.
func (s *scan) branchAt(v *view, i, j int) {
	const gapped = 8 // " number ", ": "
	t := v.t
	if i > 0 && alnum(t[i-1]) || !branchWord(t[i:j]) {
		return
	}
	a := j
	for a < len(t) && a-j <= gapped && !digit(t[a]) {
		a++
	}
	b := a + digits(t[a:])
	if b-a >= minBranch && b-a <= maxBranch && !alnum(byteAt(t, b)) && !(b < len(t) && marksNumber(t[b]) && digit(byteAt(t, b+1))) {
		s.add(v, a, b, span{entity: Bank, layer: LayerDetector, rule: "branch", canon: string(t[a:b])})
	}
}

// canadianPair returns how long an institution and a transit number are as they are
// written for electronic payments (Payments Canada, rule F1): 0, three digits, five.
func canadianPair(t []byte) int {
	const size = len("000312345")
	if len(t) <= size || t[0] != '0' || alnum(t[size]) {
		return 0
	}
	for _, c := range t[:size] {
		if !digit(c) {
			return 0
		}
	}
	if !bankaccount.CanadianBank(prefix(t[1:], 3)) {
		return 0
	}
	return size
}

func branchWord(w []byte) bool {
	for _, word := range branchWords {
		if len(w) == len(word) && bytes.EqualFold(w, []byte(word)) {
			return true
		}
	}
	return false
}
