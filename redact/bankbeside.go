package redact

import "bytes"

// Numbers of branches beside an account: they are too short to be looked for
// anywhere else.

// branchWords announce the number of a branch or of an institution.
var branchWords = [...]string{"transit", "institution", "inst", "branch", "clearing", "agencia", "agência", "agence", "sucursal", "oficina", "filial", "filiale", "guichet", "banque", "entidad", "banco"}

// Digits of such a number.
const (
	minBranch = 3
	maxBranch = 5
)

// branches finds the numbers of branches in t near the accounts found in it. It
// returns without looking when there are none.
func (s *scan) branches(t []byte) {
	v := view{t: t}
	accounts := len(s.spans)
	for k := 0; k < accounts; k++ {
		if s.spans[k].entity != Account {
			continue
		}
		lo, hi := max(0, s.spans[k].lo-bicReach), s.spans[k].lo
		for i := lo; i < hi; {
			j := i
			for j < hi && (letter(t[j]) || t[j] >= 0x80) {
				j++
			}
			if j > i {
				s.branchAt(&v, i, j)
			}
			i = max(j, i+1)
		}
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
	b := a
	for b < len(t) && digit(t[b]) {
		b++
	}
	if b-a >= minBranch && b-a <= maxBranch && !alnum(byteAt(t, b)) && !(b < len(t) && marksNumber(t[b]) && digit(byteAt(t, b+1))) {
		s.add(v, a, b, span{entity: Bank, layer: LayerDetector, rule: "branch", canon: string(t[a:b])})
	}
}

func branchWord(w []byte) bool {
	for _, word := range branchWords {
		if len(w) == len(word) && bytes.EqualFold(w, []byte(word)) {
			return true
		}
	}
	return false
}
