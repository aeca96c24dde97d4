package redact_test

import (
	"strings"
	"testing"
)

// TestHidden: a number shows more than its last four digits, whatever hides the
// others.
func TestHidden(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"453957------1486", "4539-57------1486", "453957 ------ 1486", "453957~~~~~~1486", "453957======1486", "453957[redacted]1486", "453957 [REDACTED] 1486",
		"453957<redacted>1486", "453957(hidden)1486", "4539571 (hidden) 1486", "45395 71 hidden 1486", "453957masked1486", "453957 {removed} 1486", "card 453957 *removed* 1486", "BIN 453957, last four 1486", "card starting 453957 ending 1486",
		"card begins with 453957, ends 1486"} {
		if got := text(t, r, in); strings.Contains(got, "3957") {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{"************1486", "------------1486", "[redacted] 1486", "1234 ---- 1486", "100000 [deleted] items", "invoice 453957 -- 12.50", "ref 123456 (private) lane", "wheelie bin 112345", "HE0BIN 31534591"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestChipFields: cards as chips give them.
func TestChipFields(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"5A0845395787636214865F24", "5a0845395787636214865F2403281231", "5A08378282246310005F5F24", "5713" + "4539578763621486D28122011", "5A0A" + "4539578763621486123F5F24"} {
		if got := text(t, r, in); strings.Contains(got, "8763621") || strings.Contains(got, "82246310") {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestDividedUnderCue: identity numbers divided where only a cue tells what they
// are.
func TestDividedUnderCue(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{`{"ssn":[536,90,4399]}`, `{"ssn":["536","90","4399"]}`, `{"ssn":{"a":"536","b":"90","c":"4399"}}`, `{"ssn":{"area":"536","group":"90","serial":"4399"}}`,
		`[{"type":"text","text":"my ssn is 536"},{"type":"text","text":"904399"}]`, `{"content":[{"type":"text","text":"SSN: 536-90"},{"type":"text","text":"4399 thanks"}]}`, `{"parts":["536","90","4399"]}`} {
		if got := jsonText(t, r, in); strings.Contains(got, "4399") {
			t.Errorf("%s -> %s", in, got)
		}
	}
	for _, in := range []string{`{"visits":[536,90,4399]}`, `{"shop":{"a":"536","b":"90","c":"4399"}}`, `[{"text":"branch 536"},{"text":"904399"}]`, `{"ssns":[536,90,4399]}`, `["5369","04399","1"]`} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
	for _, in := range []string{`["JG28","1541","C"]`, `["JG281","541C"]`, `{"a":["JG2","815","41C"]}`, `["AB980741","B"]`} {
		if got := jsonText(t, r, in); strings.Contains(got, "41") {
			t.Errorf("%s -> %s", in, got)
		}
	}
	if got := jsonText(t, r, `{"a":"NDUz","b":"OTU3","c":"ODc2","d":"MzYy","e":"MTQ4","f":"Ng=="}`); strings.Contains(got, "ODc2") {
		t.Errorf("short parts of base64 -> %s", got)
	}
}

// TestKnownAmount: a known number is exact, so that it is found though its
// separators make an amount of it.
func TestKnownAmount(t *testing.T) {
	r := newRedactor(t, "27949972")
	for _, in := range []string{"27.94\u20699.972", "27.949.972", "27,949,972", "279,499.72", "paid 12.50 and 27.949.972 today"} {
		if got := text(t, r, in); !strings.Contains(got, "ACCT_") {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{"27.949.973", "12,949,972.00", "2794-99-72"} {
		if got := text(t, newRedactor(t, "20260105"), in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
	if got := text(t, newRedactor(t, "20260105"), "2026-01-05"); got != "2026-01-05" {
		t.Errorf("a date -> %q", got)
	}
}

// TestBesideCues: what stands before and behind an identity number, and letters
// for its marks.
func TestBesideCues(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"CPF 09113195816;2", "09113195816"}, {"CPF 09113195816 2028-12", "09113195816"}, {"CPF 09113195816-1", "09113195816"}, {"CUIT 23022112880 20260105", "23022112880"},
		{":61:2601050105D12,50NTRFNHS 567 328 9987//1", "9987"}, {":61:2601050105D12,50NTRFITIN 973783584//1", "973783584"}, {"data:text/plain;charset=utf-8,600-79-2139", "2139"},
		{"number 600x79x2139", "2139"}, {"number 091o131o958o16", "958"}, {"00232030195                    7193560", "0232"}, {"2026362718120838528", "18120"}, {"20245881 2236 5600 5114", "2236"}, {"00005087795401906730", "77954"}, {"2024-01-05 253 52 0891", "0891"}, {"-12.50,253 52 0891", "0891"}, {"60974529098178212026", "52909"}, {"6282o8\u200729o1792o4449o81", "1792"}, {"5020o00;5o6439o9629o40", "6439"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
}
