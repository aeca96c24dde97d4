package hostile

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Accounts returns national account numbers in the spellings that statements,
// forms and payment files use.
func Accounts(rng *rand.Rand) (all []Value) {
	all = append(all, british(rng)...)
	all = append(all, american(rng)...)
	all = append(all, elsewhere(rng)...)
	return append(all, european(rng)...)
}

func british(rng *rand.Rand) (all []Value) {
	a, b, c := strconv.Itoa(10+rng.IntN(80)), digits(rng, 2), strconv.Itoa(13+rng.IntN(80))
	acct := strconv.Itoa(1+rng.IntN(9)) + digits(rng, 7)
	for _, sort := range []string{a + "-" + b + "-" + c, a + " " + b + " " + c, a + b + c, a + "." + b + "." + c, a + "/" + b + "/" + c, a + "–" + b + "–" + c} {
		for _, form := range []string{"sort code %s account %s", "Sort Code: %s, Account Number: %s", "S/C %s A/C %s", "SC: %s AC: %s", "sort-code=%s&account-number=%s",
			"sort %s acc %s", "sortcode %s acct no. %s", "Sort code\t%s\nAccount no\t%s", "pay to %s / %s sort code and account"} {
			all = append(all, cued("UK account", fmt.Sprintf(form, sort, acct), acct))
		}
		if len(sort) > 6 {
			all = append(all, cued("UK account", "to "+sort+" "+acct+" thanks", acct), cued("UK account", sort+"/"+acct, acct), cued("UK account", sort+" "+acct[:4]+" "+acct[4:], acct))
		}
	}
	return all
}

func american(rng *rand.Rand) (all []Value) {
	aba := usRouting(rng)
	acct := strconv.Itoa(1+rng.IntN(9)) + digits(rng, 7+rng.IntN(6))
	for _, form := range []string{"routing %s account %s", "Routing Number: %s Account Number: %s", "RTN %s ACCT %s", "ABA# %s / Acct# %s", "aba %s, checking account %s",
		"routing no. %s savings acct. no. %s", "ACH routing %s dda %s", "⑆%s⑆ %s⑈ 0101", "wire to ABA %s for account %s"} {
		all = append(all, cued("US account", fmt.Sprintf(form, aba, acct), acct, aba))
	}
	return all
}

// usRouting makes a number of the American Bankers Association: 3-7-1.
func usRouting(rng *rand.Rand) string {
	head := fmt.Sprintf("%02d", 1+rng.IntN(12)) + digits(rng, 6)
	sum := 0
	for i, w := range []int{3, 7, 1, 3, 7, 1, 3, 7} {
		sum += w * int(head[i]-'0')
	}
	return head + strconv.Itoa((10-sum%10)%10)
}

func elsewhere(rng *rand.Rand) (all []Value) {
	bsb, acct := "0"+strconv.Itoa(1+rng.IntN(9))+digits(rng, 1)+"-"+digits(rng, 3), strconv.Itoa(1+rng.IntN(9))+digits(rng, 7)
	for _, form := range []string{"BSB %s Account %s", "BSB: %s ACC: %s", "bsb %s acct no %s", "BSB/Account %s %s"} {
		all = append(all, cued("AU account", fmt.Sprintf(form, bsb, acct), acct), cued("AU account", fmt.Sprintf(form, strings.ReplaceAll(bsb, "-", ""), acct), acct))
	}
	transit, inst, ca := digits(rng, 5), pick(rng, "001", "002", "003", "004", "006", "010", "016"), strconv.Itoa(1+rng.IntN(9))+digits(rng, 6+rng.IntN(4))
	all = append(all, cued("CA account", "Transit "+transit+" Institution "+inst+" Account "+ca, ca), cued("CA account", "transit number: "+transit+", institution: "+inst+", acct: "+ca, ca),
		cued("CA account", transit+"-"+inst+" "+ca, ca), cued("CA account", "0"+inst+transit+" account "+ca, ca))
	ifsc, in := pick(rng, "HDFC", "ICIC", "SBIN", "UTIB", "PUNB")+"0"+digits(rng, 6), strconv.Itoa(1+rng.IntN(9))+digits(rng, 9+rng.IntN(6))
	all = append(all, cued("IN account", "IFSC "+ifsc+" A/c "+in, in), cued("IN account", "IFSC: "+ifsc+" Account No: "+in, in), cued("IN account", "a/c no "+in+" ifsc code "+ifsc, in), cued("IN account", ifsc+"/"+in, in))
	nz := pick(rng, "01", "02", "03", "06", "12", "38") + "-" + fmt.Sprintf("%04d", 1+rng.IntN(999)) + "-" + digits(rng, 7) + "-" + pick(rng, "00", "050", "01", "25")
	clabe, cbu := mexican(rng), argentine(rng)
	return append(all, cued("NZ account", nz, nz), cued("NZ account", "account "+strings.ReplaceAll(nz, "-", " "), nz), number("CLABE", clabe), cued("CLABE", "CLABE: "+clabe, clabe),
		cued("CLABE", "clabe "+clabe[:3]+" "+clabe[3:6]+" "+clabe[6:17]+" "+clabe[17:], clabe), number("CBU", cbu), cued("CBU", "CBU "+cbu[:8]+" "+cbu[8:], cbu), cued("CBU", "CVU: "+cbu, cbu))
}

func weighted(s string, weights ...int) (sum int) {
	for i := range len(s) {
		sum += int(s[i]-'0') * weights[i%len(weights)]
	}
	return sum
}

func mexican(rng *rand.Rand) string {
	head := pick(rng, "002", "012", "014", "021", "030", "036", "044", "058", "072", "127", "646") + pick(rng, "180", "320", "580", "010") + digits(rng, 11)
	sum := 0
	for i := range len(head) {
		sum += int(head[i]-'0') * []int{3, 7, 1}[i%3] % 10
	}
	return head + strconv.Itoa((10-sum%10)%10)
}

func argentine(rng *rand.Rand) string {
	bank := pick(rng, "011", "007", "017", "072", "285") + digits(rng, 4)
	acct := digits(rng, 13)
	return bank + strconv.Itoa((10-weighted(bank, 7, 1, 3, 9, 7, 1, 3)%10)%10) + acct + strconv.Itoa((10-weighted(acct, 3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3)%10)%10)
}

// european are numbers without the IBAN around them, each with what a
// statement says beside it.
func european(rng *rand.Rand) (all []Value) {
	konto, blz := strconv.Itoa(1+rng.IntN(9))+digits(rng, 8), pick(rng, "37040044", "10050000", "70150000", "50010517")
	all = append(all, cued("BBAN", "Konto "+konto+" BLZ "+blz, konto), cued("BBAN", "Kto.-Nr. "+konto+", BLZ "+blz, konto), cued("BBAN", "Kontonummer: "+konto+" Bankleitzahl: "+blz, konto),
		cued("BBAN", ":59:/"+konto+"\nMUSTERMANN", konto), cued("BBAN", "BIC DEUTDEFF500 Konto "+konto, konto))
	es := digits(rng, 8)
	es2 := digits(rng, 10)
	ccc := es + spanishCheck("00"+es) + spanishCheck(es2) + es2
	rib := digits(rng, 10) + digits(rng, 11)
	rib += frenchKey(rib)
	be := digits(rng, 10)
	n, _ := strconv.ParseInt(be, 10, 64)
	key := n % 97
	if key == 0 {
		key = 97
	}
	be = fmt.Sprintf("%s-%s-%02d", be[:3], be[3:], key)
	all = append(all, cued("BBAN", "CCC "+ccc[:4]+" "+ccc[4:8]+" "+ccc[8:10]+" "+ccc[10:], ccc), cued("BBAN", "cuenta "+ccc, ccc), cued("BBAN", "RIB "+rib[:5]+" "+rib[5:10]+" "+rib[10:21]+" "+rib[21:], rib),
		cued("BBAN", "compte "+rib, rib), cued("BBAN", "rekening "+be, be), cued("BBAN", "bankgiro account 5050-1055, konto 8327-9,"+digits(rng, 9), "x"))
	all = all[:len(all)-1]
	nl, it := digits(rng, 10), from(rng, upper, 1)+digits(rng, 10)+"000000"+digits(rng, 6)
	all = append(all, cued("BBAN", "account NWBK"+nl+"1234 at bank", nl), cued("BBAN", "conto "+it[:1]+" "+it[1:6]+" "+it[6:11]+" "+it[11:], it[6:]), cued("BBAN", "beneficiary account no. "+konto, konto),
		cued("BBAN", "rachunek nr "+digits(rng, 0)+konto+"1234567", konto), cued("BBAN", "BARCGB22 account "+konto[:8], konto[:8]), cued("BBAN", "SWIFT: BARCGB2LXXX acc "+konto, konto))
	ref := checked("RF", digits(rng, 7+rng.IntN(14)))
	alpha := checked("RF", from(rng, upper+"0123456789", 8)+digits(rng, 8))
	return append(all, number("ISO 11649", ref), cued("ISO 11649", "reference "+spaced(ref, 4), ref), number("ISO 11649", alpha))
}

func spaced(s string, n int) string {
	var parts []string
	for ; len(s) > n; s = s[n:] {
		parts = append(parts, s[:n])
	}
	return strings.Join(append(parts, s), " ")
}

func spanishCheck(ten string) string {
	c := 11 - weighted(ten, 1, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11
	if c == 11 {
		c = 0
	} else if c == 10 {
		c = 1
	}
	return strconv.Itoa(c)
}

func frenchKey(s string) string {
	rest := 0
	for i := range len(s) {
		rest = (rest*10 + int(s[i]-'0')) % 97
	}
	return fmt.Sprintf("%02d", 97-rest*100%97)
}
