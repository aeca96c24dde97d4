package redact_test

import (
	"strings"
	"testing"
)

// plantedCase is a text, the known values of the tenant, and what must be gone
// from what is made of it.
type plantedCase struct {
	in, gone string
	known    []string
}

func checkPlanted(t *testing.T, cases []plantedCase) {
	t.Helper()
	for _, tc := range cases {
		r := newRedactor(t, tc.known...)
		got := text(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%q (known %q) -> %q", tc.in, tc.known, got)
		}
		if again := text(t, r, got); again != got {
			t.Errorf("not idempotent: %q -> %q -> %q", tc.in, got, again)
		}
	}
}

// TestPlantedRanges: ranges of issuers of single countries.
func TestPlantedRanges(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "9704783463134768", gone: "8346"}, {in: "9704269720236575723", gone: "6972"}, // Napas
		{in: "490305192843342247", gone: "1928"}, {in: "633317 824768 986118", gone: "8247"}, // Switch
		{in: "60\u20095474135\u20093050710", gone: "3050710"}, {in: "5614·2586.7904 2", gone: "x56"}, // Pridnestrovie
		{in: "63\u2028626120\u20281896966545", gone: "1896966545"},                         // InterPayment
		{in: "5067317302970774", gone: "7317"}, {in: "20265067511672057671", gone: "5116"}, // Elo
		{in: "card:676·2704218.18", gone: "2704"}, {in: "2026 5020846448,43", gone: "5020"}, // an amount by its marks
	})
}

// TestPlantedScattered: digits that say nothing are glued to a card, and marks
// divide all of it.
func TestPlantedScattered(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "26304834448~618704", gone: "618704"}, {in: "0676 3717 2511 874", gone: "2511"}, {in: "2/02/6/01/056/7/6721736/8326641", gone: "8326641"},
		{in: "663336711\u205f8\u205f14\u205f0\u205f0\u205f700\u205f3\u205f3", gone: "6633367"}, {in: "00—0—30959050553—8—449—9", gone: "0959050553"},
		{in: "62856901｜2｜38｜885705000", gone: "8857"}, {in: "0003:532781653313219", gone: "1653"}, {in: "%B6–4–6–7–0–8–0–2–5–1–1–7–5–9–9–3^DOE/JOHN^27121011241737100?", gone: "6–4–6"},
		{in: "4663|0416|4171|7812|4473|33", gone: "4171"}, {in: "942272 096 225 619 855 314", gone: "619"}, {in: "2024657796‑393921‑6015", gone: "393921"},
		{in: "2286294384389951695598😀6955987", gone: "4384"}, {in: "60-38-3-0-59144-02-4-494-4822-8-47-70", gone: "4-494"}, {in: "1560::8836::6012∶6803：5493", gone: "6012"}, {in: "501813113526697", gone: "3113"},
		{in: "656732–2333–02006", gone: "x"}, {in: "6:762.146·9_6,186", gone: "762"}, {in: "34\u202c1.2\u206695.522\u200e.8\u200e32.97\u202a5", gone: "522"}, {in: ";50021007539/43304877=27121013430650666?", gone: "43304877"},
	})
}

// TestPlantedDated: a part of a date, a time or an amount is glued to a card, and its
// other part stands behind a mark.
func TestPlantedDated(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "37404986751787712/28", gone: "404986"}, {in: "3671922523022912-28", gone: "719225"}, {in: "04/29340868732537856", gone: "340868"}, {in: "367192252302294/29", gone: "719225"}, {in: "36719225230229 11 27", gone: "719225"},
		{in: "3740498675178771112.50", gone: "404986"}, {in: "12:30374049867517877", gone: "404986"}, {in: "36719225230229" + "11/2027", gone: "719225"},
	})
}

// TestPlantedCut: what a bank left of a credential that was too long for it.
func TestPlantedCut(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "token access-production-0f8ba5ef-33b0-47", gone: "0f8ba5ef"}, {in: "access-sandbox-d94e5efa-", gone: "d94e5efa"},
		{in: "SEPA DE89 3704 0044 0532 0130", gone: "3704"}, {in: "IBAN DE89 3704 0044 0532 01\nMEMO", gone: "3704"}, {in: "to AT61 1904 3002 3457", gone: "1904"},
	})
}

// TestPlantedAccounts: what divides the account number beside a cue, and the
// encodings of the number alone.
func TestPlantedAccounts(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "account 853388~640224", gone: "640224"}, {in: "acct no. 3464:24911933", gone: "2491"}, {in: "account 39853\r\n64\r\n8", gone: "39853"}, {in: "account 356385674•48", gone: "3563"},
		{in: "account 689、-55、1-、26、-8、1、-7", gone: "689"}, {in: "compte 605414\n\n933103", gone: "933103"}, {in: "Konto 1234567890.12", gone: "12345"}, {in: "Konto 87977｜63.54｜2", gone: "63.54"}, {in: "account 3'9'0'2'72:62", gone: "9'0"}, {in: "account 58·16·3;0;9054;9;·3", gone: "9054"},
		{in: "Account number: MjM0Mzg5Mzk0NQ==", gone: "MjM0"}, {in: "acc NTI4ODQwNjU4", gone: "NTI4"}, {in: "account: TkRjNE9EVTBPVGM1TkRnMQ==", gone: "TkRj"}, {in: "account no 38393634393831313635", gone: "3839"}, {in: "conto 0x36323930343936353336", gone: "3932"},
	})
}

// TestPlantedKnown: marks of several kinds in what a tenant knows.
func TestPlantedKnown(t *testing.T) {
	acct := []string{"530415079276"}
	checkPlanted(t, []plantedCase{
		{in: "5079/2#76", gone: "5079", known: acct}, {in: "07\u2028•92 76", gone: "07", known: acct}, {in: "account 7927/6", gone: "7927", known: []string{"530415079276"[:11] + "6"}},
		{in: "account ending 7\u20039\u20032 7\u20036", gone: "\u20039", known: acct}, {in: "acct 79-276", gone: "276", known: acct},
		{in: "8550.48", gone: "8550", known: []string{"855048"}}, {in: "100'090", gone: "090", known: []string{"100090"}},
		{in: "account 792.76", gone: "792", known: acct}, {in: "a/c 7" + strings.Repeat(" ", 20) + "9" + strings.Repeat(" ", 20) + "2" + strings.Repeat(" ", 20) + "76", gone: "76", known: acct},
	})
}

// TestPlantedEnds: the last digits of a number that the tenant knows, encoded, in
// longer numbers and beside a year.
func TestPlantedEnds(t *testing.T) {
	acct := []string{"12345011133", "94323483"}
	checkPlanted(t, []plantedCase{
		{in: "pay MTIzNDU2 now", gone: "NDU2", known: []string{"9123456"}}, {in: "pay MTExMzU0OA now", gone: "MTEx", known: []string{"201113548"}}, {in: "noNTAxMTEzMw==_end", gone: "EzMw", known: acct}, {in: "pay TlRBeE1URXpNdw== now", gone: "TlRB", known: acct},
		{in: "H4sI\u2011AKs9\u2011CmsC\u2011/zMx\u2011NjI2\u2011sTAG\u2011ADQH\u2011/PEH\u2011AAAA", gone: "NjI2", known: acct}, {in: "x36333936333136x", gone: "3933", known: []string{"8639" + "6316", "116396316"}},
		{in: "353 031 313 133 33", gone: "313", known: acct}, {in: "50111331227", gone: "0111", known: acct}, {in: "20265011133", gone: "0111", known: acct}, {in: "12/27 501113 3 ok", gone: "1113", known: acct}, {in: "8850111332", gone: "1113", known: acct},
		{in: "5,46,7426,7983,9,20", gone: "7426", known: []string{"46742679839"}}, {in: "0,46 7426 7983 9,20", gone: "7426", known: []string{"46742679839"}},
		{in: "200/501/113/329/1", gone: "113", known: acct}, {in: "3594323483771", gone: "3234", known: acct},
	})
}

// TestPlantedGlued: what is glued to a national insurance number, and the run of digits
// around a CLABE.
func TestPlantedGlued(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "2026CE103447D", gone: "1034"}, {in: "CE103447D2026", gone: "1034"}, {in: "REFJK569706B", gone: "5697"}, {in: "PANPR435242C", gone: "4352"}, {in: "1227JK674824B", gone: "6748"}, {in: "SN755997CD2712101", gone: "7559"},
		{in: "5793210072580282348117947437", gone: "5802823"}, {in: "memo: 5048610072320575486143863 ok", gone: "3205754"},
	})
}

// TestPlantedSparse: IBANs of few digits, all of whose characters are divided.
func TestPlantedSparse(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "B−H−3−1−N−J−P−H−L−V−Q−O−J−6−M−B−X−I−B−X−4−G", gone: "N−J"}, {in: "B-H-3-1-N-J-P-H-L-V-Q-O-J-6-M-B-X-I-B-X-4-G", gone: "N-J"},
		{in: "PS+64YS+B+E+H+8\u205fD+GA+DX+NIUWN+PT+QO+DX+79C", gone: "NIUWN"}, {in: "B&nbsp;H&nbsp;3&nbsp;1NJPH LVQOJ6&nbsp;MBXIBX4G", gone: "LVQOJ"},
		{in: "q=no.+676215696599", gone: "6215"},
	})
}

// TestPlantedSpread: encodings between whose characters marks stand that do not
// belong to them.
func TestPlantedSpread(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "NDUzO.TU3OD.c2MzY.yMTQ4.Ng==", gone: "TU3OD"}, {in: "see NDUzO,TU3OD,c2MzY,yMTQ4,Ng== ok", gone: "TU3OD"}, {in: "NDUzOTU3O\u2013Dc2MzYyMT\u2013Q4Ng==", gone: "Dc2MzYyMT"},
		{in: "39 3-8363-0373-4393-0353-3343-3313-4303-1", gone: "x"}, {in: "343131.313131.313131.313131.31313131", gone: "313131"}, {in: "%34,%31,%3,1%31%3,1%31%31%3,1%31%31%3,1%31%31%31%3,1%31%31", gone: "%31%31"},
		{in: "34:35\u201431:31\u2014:37\u201434:3\u20147:31\u20143:38\u20143:31\u20143:36\u20143:32\u20143:31\u20143:34\u201438:36", gone: "x"}, {in: "note: 35 3-5 35- 31 -31 3-8 33- 36 -32 3-8 37- 31 -35 3-6 34- 37. Bye", gone: "36 -32"}, {in: "0x37/, 0x|35,  0x37|, 0x\u201332, :0x30., 0x-32, \u20130x35:, 0x:36,  0x37 , 0x\u201338", gone: "x|35", known: []string{"7572025678"}},
		{in: "note: cmVm|IDYw|MTE5|NTk3|NTg\n|5NDY|4MDE|gbWV|tbyB|vZi\n|B0aG|UgcG|F5bW|VudC|wgd. Bye", gone: "NTk3"}, {in: "MjIy\u2013MTE4 MDky|MDg3\u2013Nzk0 MA==", gone: "MDg3"}, {in: "'cmVm' 'IDM1' 'Mjg5' 'MjY2' 'NDA' '0OTg' 'zMTA' 'gbWV' 'tbyB' 'vZi' 'B0aG'. Bye", gone: "MjY2"},
		{in: "0tcBANPXAQDT1wEA1NcBANXXAQDR1wEA1dcBANPXAQDW1wEA1NcBANbXAQDX1wEA19cBANbXAQDT1wEA09cBAA==", gone: "NPX"}, {in: "AAHX0gAB19MAAdfTAAHX1AAB19UAAdfRAAHX1QAB19MAAdfWAAHX1AAB19YAAdfXAAHX1wAB19YAAdfTAAHX0w==", gone: "1AAB19UAAd"},
		{in: `\u003|4\u00|31\u0031\u0031\u00|31\u0031\u0031\u0031\u0|031\u0031\u0031\u0031\u0031\u003|1\u0031\u0031`, gone: `\u0031\u0031`},
	})
}

// TestPlantedClean: what looks like the cases above and is none.
func TestPlantedClean(t *testing.T) {
	r := newRedactor(t, "530415079276")
	for _, in := range []string{
		"AT12 2024 1105", "GB82 1234 5678 9012", "SE45 5000 0000 0583 paid", "access-sandbox-rules of the house and access-production-facade", "8.4%, 83.5%, 42.1%, 46.2%, 47.6%, 89.2%", "64.8\t21.1\t7.7\t62.0\t20.4\t82.4", "76.5, 12.2, 36.6, 53.5, 73.7, 95.2", "22.60; 32.06; 49.57; 19.77; 50.50; 57.64; 91.60; 50.62; 49.35; 76.91", "07/14, 06/06, 01/21, 08/08, 02/23, 06/13", "08.08., 11.11., 01.07., 24.09., 13.12., 02.01.",
		"2027-01-12 00:03:31", "20160613T000446Z", "39.64.232.127:25283", "sha384-SE04xGZqrP3dHsJDXKz4Itq/D8qffKGt+uskx+WBmWAWB7oxnIzbJNCh/NQN+GoA", "sha256:9392525a85a0e62b1fa3ae260815f2662bb00556ea705debe86b3bcbbd17ef08", "sha256:c03438ea1335340605e18b6efb464947307627161006485d03e508a655b4f3cb",
		"account balance 1234567.89", "account 12.50", "account 1,234.50 on 2026-01-05", "TESCO 792.75", "Payment 792.76", "a/c opened, 792.76", "51.507351,11.127758", "acct opened 12:30:45", "account 1234 12.50", "account 12.50, 13.20", "0003 1234 5678",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestPrintedAsAmount: a card in groups of four to which a program has added two decimals.
func TestPrintedAsAmount(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "paid 4539 5787 6362 1486.00", gone: "5787"}, {in: "4539 5787 6362 1486.00 EUR", gone: "5787"}, {in: "4539 5787 6362 1486.5", gone: "4539"},
	})
	checkLeft(t, "9 4539 5787 6362 1486.50", "1234 4539 5787 6362 1486.00", "453957 8763 1486.00")
}
