package redact_test

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestLeftAlone keeps what looks like an identity number but is an address or a
// telephone number.
func TestLeftAlone(t *testing.T) {
	r := newRedactor(t)
	for _, text := range []string{"+1 (210) 877-6689", "(210) 877-6689", "call +1 (270) 912-1327", "249.177.205.16"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || string(out) != text {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
	for _, text := range []string{"210877-6689", "111.444.777.35"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || len(found) != 1 {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
}

// TestGluedCLABE finds a Mexican account number to which a year or an expiry date is
// glued, and leaves the token of the number itself.
func TestGluedCLABE(t *testing.T) {
	r := newRedactor(t)
	token := redact.TokenOf(testKey, redact.Account, "002620202206500373")
	for _, text := range []string{"0127%s", "2024%s", "%s1227", "%s2026"} {
		in, want := strings.ReplaceAll(text, "%s", "002620202206500373"), strings.ReplaceAll(text, "%s", token)
		if out, found, err := r.Text(nil, []byte(in)); err != nil || string(out) != want {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
}

// TestDocumentsLeftAlone keeps what stands between and around the numbers of documents:
// dates, amounts and timestamps do not become a card together, invoices no social
// security number, ranges and bold text no mask.
func TestDocumentsLeftAlone(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"FV/703/09/2026", "memo FV 348/03/2026, paid", // a Polish invoice
		"| **4024258318448** |", "**order 1069148407** and", "| 2026-03-10 | **+44 20 6536 7865** |", "on **151221**", // in bold
		"index 3742481..8977352 100644", "index ae78e61..8c4f8c2 100644", "rows 1000..2000", // ranges
		"<CURDEF>USD\n<BANKTRANLIST><DTSTART>20230703<DTEND>20260607\n", "<CURDEF>USD <DTSTART>20230707<DTEND>20260607", // SD is Sudan
		"name: on 26.11.22 we paid (89.19)",
		"AUTH 772068 RRN 747309271811", "RRN 398471326616    98.33", // ISO 8583, field 37
		"<TRNAMT>-65.10<FITID>202612133258<NAME>LIDL", "<LEDGERBAL><BALAMT>53002.06<DTASOF>20260107</LEDGERBAL>", "<when>2026-05-03T11:13:43</when><to>x</to><memo>1643260613147093375</memo>",
		":60F:C240905EUR26,54\n:61:2504241222D834,02NTRF\n",
		"7-ELEVEN 24310 1416938818469044553", "SVWZ+E2E-352816 1433993976472313958 EREF+#694435",
	} {
		if out, found, err := r.Text(nil, []byte(in)); err != nil || string(out) != in {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
	for _, in := range []string{
		"703-09-2026", "703 09 2026", "<b>4556</b><b>7375</b><b>8689</b><b>9855</b>", "<td>4556 7375</td><td>8689 9855</td>", "411111..1111", "4111**1111", "card **411111******1111**",
		"xDE 89 37 04 00 44 05 32 01 30 00", "506*1709488899726804", "account 1643260613147093", "RRN 900101-1234568",
		"^\nPKontonummer 0507273725\nMPaid\n", "^\nPSSN 574862817\n^", // the payee of a QIF file
	} {
		if out, found, err := r.Text(nil, []byte(in)); err != nil || len(found) == 0 {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
}
