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
	for _, text := range []string{"+1 (210) 877-6689", "(210) 877-6689", "call +1 (270) 912-1327", "249.177.205.16",
		"[#4539](https://example.com/5787), [#6362](#1486)", "| [4539](a) | [5787](b) | [6362](c) | 14.86 |", "[b]4539[/b] [b]5787[/b] 6362.50", `\textbf{4539} & \textbf{5787} & \textbf{6362} & 1486.5`,
		"as shown in [4, 5], 4539 of 5787 [6]", "part1=4539 part2=5787", "20 ℃, № 4539, ™ 5787", "x™ 45395787 № 6362",
		`((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)/([0-9]|[12][0-9]|3[0-2])`} {
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
		"08:23:28 (555) 738-6631", "98892 02:45:17 +55 11 93663-7157 +33 6 82 97 41 79 704", "+44 20 7946 0917\n+49 175 76528971\n01 56 24 30 40", // telephone numbers
		"Date:   Thu Jan 25 11:17:14 2024 +0100", "Wed, 06 Mar 2024 23:02:00 +0000", "<loc>https://x.example/p/576744</loc><lastmod>2025-04-03T06:46:23Z</lastmod>", "audit(1645980056.672:96765): apparmor=DENIED", "[690487.471656] usb 1-1",
		"BEG*00*SA*54365445**20260306~PO1*1*69*EA", "8=FIX.4.4\x019=220\x0135=8\x0134=66561\x0149=SND\x0152=20250507-17:11:50.552\x0131=401.55\x01", "8=FIX.4.4\x0156=TGT\x0152=20240819-02:30:55.137\x0111=754814437\x0117=19757660\x01",
		"6926 + 7214 + 7869", "  ports: [65310, 40348, 18393]", "index c406fb6..79e2ac0 100644", "(1 << 12) | (1 << 11) | (1 << 10) | (1 << 9) | (1 << 8)",
		" 5  alpha          24 20 10  4  92 71 +32  68\n 6  harbor         33 28  0  6  63 60 -3  4", "/usr/bin/summit\nroot       38046  5.1  3.9  564599 13919 ?        Ss   03:17   44:12 /usr/bin",
		"cs us sy id wa st\n 2  0   6041 963518 192790 1249357    4    4   601   833", "or 1 x 0.66  59.03\n2314368915410\nlumen", "static/srv1 92/43/80/253/1079 200 2573 - - ---- 105/385/43/49/0 0/0",
		"summit       0957 2235 1940 1406 1851 1912", "created_at) VALUES\n(67173, '162347', 70, 4646.72, '2024-08-03 21:34:41'),",
		`<path d="m 8 0 c 2.753906 0 5 2.246094 5 5 v 10 c 0 0.550781 -0.449219 1 -1 1 s -1 -0.449219 -1 -1 v -10 c"/>`, "translate(422.22645 -275.75944)", "1.0.0 1.0.2 1.1.0 1.1.1 1.1.2 1.1.3 1.1.4 1.2.0", "'1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'", "Copyright: 1985, 1986, 1987, 1988, 1998",
		"<tr><td>39361</td><td>61298</td><td>40865</td><td>17820</td><td>59844</td></tr>\n<tr><td>30938</td><td>44599</td><td>66002</td><td>8455</td><td>89330</td></tr>",
		"7-ELEVEN 24310 1416938818469044553", "SVWZ+E2E-352816 1433993976472313958 EREF+#694435",
	} {
		if out, found, err := r.Text(nil, []byte(in)); err != nil || string(out) != in {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
	for _, in := range []string{
		"703-09-2026", "703 09 2026", "<b>4556</b><b>7375</b><b>8689</b><b>9855</b>", "<td>4556 7375</td><td>8689 9855</td>", "<tr><td>4556</td><td>7375</td><td>8689</td><td>9855</td></tr>", "<tr><td>a</td><td>4556 7375 8689 9855</td><td>12</td></tr>", "+44 20 7946 0013 4556 7375 8689 9855", "4556.7375.8689.9855 12:30:45",
		"5;39.010.938/0001-28;2", "50 - 1813594070278", "638903&nbsp;1819821110", "36498363**1383418**369", "11:60.11.23-004.61:20", "411111..1111", "4111**1111", "card **411111******1111**",
		"xDE 89 37 04 00 44 05 32 01 30 00", "506*1709488899726804", "account 1643260613147093", "RRN 900101-1234568",
		"^\nPKontonummer 0507273725\nMPaid\n", "^\nPSSN 574862817\n^", // the payee of a QIF file
	} {
		if out, found, err := r.Text(nil, []byte(in)); err != nil || len(found) == 0 {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
}
