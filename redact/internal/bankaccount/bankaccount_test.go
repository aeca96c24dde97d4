package bankaccount

import "testing"

// TestExamples: each check passes an account that its source or a bank prints as an
// example, and not the same with another digit at its end.
func TestExamples(t *testing.T) {
	for number, verify := range map[string]func(d []byte) bool{
		"021000021": ABA, "032180000118359719": CLABE, "21000418450200051332": CCC, "2850590940090418135201": CBU,
		"117730161111101800000000": Hungarian, "1177301611111018": Hungarian, "539007547034": Belgian, "86011117947": Norwegian,
		"61109010140000071219812874": Polish, "260005601001611379": MOD97, "000201231234567890154": MOD97, "10010051863000160": Croatian,
		"19": Czech, "2000145399": Czech, "30006000011234567890189": RIB,
	} {
		if !verify([]byte(number)) {
			t.Errorf("%s does not pass", number)
		}
		d := []byte(number)
		if last := len(d) - 1; d[last] == '9' {
			d[last]--
		} else {
			d[last]++
		}
		if verify(d) {
			t.Errorf("%s passes too", d)
		}
	}
}

// TestBanks: numbers that are given out, and some that are not.
func TestBanks(t *testing.T) {
	for bank, want := range map[int]bool{1: true, 7: false, 38: true, 32: false, 0: false} {
		if got := NewZealandBank(bank); got != want {
			t.Errorf("New Zealand, %d: %v", bank, got)
		}
	}
	for bank, want := range map[int]bool{3: true, 10: true, 815: true, 5: false, 999: false} {
		if got := CanadianBank(bank); got != want {
			t.Errorf("Canada, %d: %v", bank, got)
		}
	}
	for bank, want := range map[int]bool{2: true, 32: true, 646: true, 3: false, 999: false} {
		if got := MexicanBank(bank); got != want {
			t.Errorf("Mexico, %d: %v", bank, got)
		}
	}
	if !NewZealand([]byte("010902006838900")) || NewZealand([]byte("010902006838800")) {
		t.Error("New Zealand: the check digit")
	}
	if ABA([]byte("400000004")) {
		t.Error("no Federal Reserve prefix")
	}
}
