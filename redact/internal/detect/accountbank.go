package detect

import (
	"bytes"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
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

// BesideAccounts finds the codes of banks and the numbers of branches near the
// accounts found in a view, which are among the spans from one on: to look at all of
// them in each of many decoded texts would take time by the square of the length. It
// returns without looking when there are none.
func (s *Scan) BesideAccounts(v *finding.View, from int) {
	accounts := len(s.Spans)
	for k := from; k < accounts; k++ {
		sp := s.Spans[k]
		if sp.Entity != entity.IBAN && sp.Entity != entity.Account {
			continue
		}
		if len(v.Text) == 0 || sp.Hi <= int(v.From(0)) || sp.Lo >= int(v.To(len(v.Text)-1)) {
			continue
		}
		a, b := indexIn(v, sp.Lo), indexIn(v, sp.Hi)
		s.bics(v, max(0, a-bicReach), min(len(v.Text), b+bicReach), a, b, countryOf(&sp))
		if sp.Entity == entity.Account {
			s.branches(v, max(0, a-bicReach), a)
		}
	}
}

// indexIn returns the first byte of a view that came from byte i of the leaf or from
// behind it.
func indexIn(v *finding.View, i int) int {
	if v.Lo == nil {
		return min(max(0, i-int(v.At)), len(v.Text))
	}
	k, _ := slices.BinarySearch(v.Lo, int32(i))
	return k
}

// countryOf returns the country of an account, "" if only its holder knows.
func countryOf(sp *finding.Span) string {
	switch {
	case sp.Entity == entity.IBAN && len(sp.Canon) > 2:
		return sp.Canon[:2]
	case sp.Rule == "clabe":
		return "MX"
	case sp.Rule == "cbu":
		return "AR"
	case sp.Rule == "uk":
		return "GB"
	}
	return ""
}

// bics finds bank identifier codes in the bytes [lo, hi) of a view, but for those in
// [a, b), where an account of a country is.
func (s *Scan) bics(v *finding.View, lo, hi, a, b int, country string) {
	t, announced := v.Text, false
	for i := lo; i < hi; {
		if i >= a && i < b {
			i = b
			continue
		}
		j := i
		for j < min(len(t), hi+LongestBIC+1) && char.Alnum(t[j]) { // of a longer word no more is read
			j++
		}
		if j > i && (i == 0 || !char.Alnum(t[i-1])) {
			if BIC(t[i:j]) && (announced || !likeWord(t[i:j], country)) {
				s.Add(v, i, j, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "bic", Canon: string(t[i:j])})
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
	if char.DigitsIn(code) > 0 || len(code) == withBranch && bytes.HasSuffix(code, []byte("XXX")) {
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
func (s *Scan) dividedBIC(v *finding.View, i int) {
	const short = 8
	t := v.Text
	var code [LongestBIC]byte
	n, first, gapped := 0, -1, 0
	for k := i; k < len(t) && n < LongestBIC; k++ {
		c := t[k]
		if !char.Alnum(c) {
			if gapped += encoded.GapCost(c); gapped > encoded.MaxGapSpaces || c >= 0x80 {
				return
			}
			continue
		}
		if first < 0 {
			first = k
		}
		code[n], gapped = char.Upper(c), 0
		if n++; (n == short || n == LongestBIC) && !char.Alnum(char.At(t, k+1)) && BIC(code[:n]) {
			s.Add(v, first, k+1, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "bic", Canon: string(code[:n])})
			return
		}
	}
}

// branches finds the numbers of branches in the bytes [lo, hi) of a view, before an
// account.
func (s *Scan) branches(v *finding.View, lo, hi int) {
	t := v.Text
	for i := lo; i < hi; {
		j := i
		for j < hi && (char.Letter(t[j]) || t[j] >= 0x80) {
			j++
		}
		if j > i {
			s.branchAt(v, i, j)
		} else if j = i + canadianPair(t[i:hi]); j > i && !char.Alnum(char.At(t, i-1)) {
			s.Add(v, i, j, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "transit", Canon: string(t[i:j])})
		}
		i = max(j, i+1)
	}
}

// branchAt takes the few digits behind the word t[i:j] as the number of a branch if
// the word says so.
func (s *Scan) branchAt(v *finding.View, i, j int) {
	const gapped = 8 // " number ", ": "
	t := v.Text
	if i > 0 && char.Alnum(t[i-1]) || !branchWord(t[i:j]) {
		return
	}
	a := j
	for a < len(t) && a-j <= gapped && !char.Digit(t[a]) {
		a++
	}
	b := a + char.Digits(t[a:])
	if b-a >= minBranch && b-a <= maxBranch && !char.Alnum(char.At(t, b)) && !(b < len(t) && cue.MarksNumber(t[b]) && char.Digit(char.At(t, b+1))) {
		s.Add(v, a, b, finding.Span{Entity: entity.Bank, Layer: entity.Detector, Rule: "branch", Canon: string(t[a:b])})
	}
}

// canadianPair returns how long an institution and a transit number are as they are
// written for electronic payments (Payments Canada, rule F1): 0, three digits, five.
func canadianPair(t []byte) int {
	const size = len("000312345")
	if len(t) <= size || t[0] != '0' || char.Alnum(t[size]) {
		return 0
	}
	for _, c := range t[:size] {
		if !char.Digit(c) {
			return 0
		}
	}
	if !bankaccount.CanadianBank(char.Number(t[1:], 3)) {
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

const (
	LongestBIC = 11
)
