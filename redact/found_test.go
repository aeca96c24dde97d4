package redact_test

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

// TestFound holds one text for each class that once got past the redactor, or
// was altered though it holds nothing.
func TestFound(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"4111x1111x1111x1111", "1111"}, {"5038x0902x3990", "0902"}, {"4111 o 1111 o 1111 o 1111", "1111"},
		{"3056\u2009064805423517", "064805"}, {"364,2026,7919,5149,9", "x"}, {"6\b3\b6432\b1\b743\b285\b832", "743"},
		{"DE3802\x1b[0m3111165992707982", "3111"}, {"ᴅᴇ38023111165992707982", "3111"}, {"ŚĶ8639418821533226985006", "3941"},
		{"6\u01c05\u01c08\u01c03\u01c010\u01c039061\u01c065703", "39061"}, {"4111&nbsp1111&hyphen;1111&zwj;1111", "1111"},
		{`\N{U+0034}\N{DIGIT ONE}11111111111111`, "1111"}, {`\0064111111111111111`, "1111"}, {"%uD835%uDFD2%uD835%uDFCF11111111111111", "1111"},
		{"41111111111111111", "11111111111"}, {"4111111111111111123", "11111111111"}, {"5018136538485512281 23", "x"}, {"98501935223385813612345", "35223385"},
		{"S/C 33-85-88 A/C 41761296", "41761296"}, {"33-85-88 4176 1296", "4176"}, {"pay to 338588 / 41761296 sort code and account", "41761296"},
		{"⑆021000021⑆ 148646288179⑈ 0101", "148646288179"}, {"21549-003 77580056", "77580056"}, {"HDFC0001234/9903863424211", "9903863424211"},
		{"a/c no 9903863424211 ifsc code HDFC0001234", "9903863424211"}, {"2100 0418 45 0200051332", "0200051332"}, {"30006 00001 12345678901 89", "12345678901"},
		{"account NWBK52828970251234 at bank", "52828970251234"}, {"conto K 05415 13856 000000866171", "866171"}, {":86:166?00GUTSCHRIFT?31474322048?32MAX", "474322048"},
		{"348 04 6648", "6648"}, {"A★B★6582★43C", "6582"}, {"R/F/1/8/5/3/9/0/0/7/5/4/7/0/3/4", "7/5/4"}, {"RF18\n539007547034", "539007"},
		{"GB29NWBK601613****6819", "601613"}, {"411111??????1111", "411111"}, {"file 4111 11__ ____ 1111", "4111"},
		{"Authorization: token Ea4fDw3btQ1Xt2", "Ea4f"}, {"--token JqPp32ShM5w6u0", "JqPp"}, {"<password>XHJP5ht4co6WZ2</password>", "XHJP"},
		{"Set-Cookie: sessionid=Vfo1xooGxkdEo2; Path=/", "Vfo1"}, {"contraseña: Ztsz5W08Sw0G65", "Ztsz"}, {"Kennwort: 4gdmoZj6rddam6", "4gdm"},
		{"-----BEGIN+RSA+PRIVATE+KEY-----%0AMIIabc", "MIIabc"}, {"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhk\n-----END -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhk", "MIIEvQ"},
		{"NDExMQAxMTExADExMTEAMTExMQ==", "NDEx"}, {"/v1/cards/eJwyMTREAEAAAAAA//8", "x"},
	} {
		if tc.gone == "x" { // only that it does not fail
			text(t, r, tc.in)
			continue
		}
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
}

// TestFoundJSON is TestFound for documents.
func TestFoundJSON(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`["A B12"]`, ""}, {`["TMNDM","S69A0","4H501J"]`, ""}, {`{"a":"sk-o","b":"r-v1"}`, ""}, // these failed whole
		{`[3,44335936539357]`, "44335"}, {`{"a":41111,"b":11111111111}`, "1111"}, {`[["4111"],[["1111","1111","1111"]]]`, "1111"},
		{`["LV80","BANK","0000","4351","9500","1"]`, "4351"}, {`[{"type":"text","text":"it is DE89370400"},{"type":"text","text":"440532013000 ok"}]`, "4405"},
		{`[{"type":"text","text":"D"},{"type":"text","text":"E89370400440532013000"}]`, "4405"},
		{`["HU42117730161111101","800000000"]`, "8000"},
	} {
		if got := jsonText(t, r, tc.in); tc.gone != "" && strings.Contains(got, tc.gone) {
			t.Errorf("%s -> %s", tc.in, got)
		}
	}
}

// TestMemos: what stands in ordinary statements stays as it is.
func TestMemos(t *testing.T) {
	r := newRedactor(t)
	for _, in := range hostile.Memos {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}
