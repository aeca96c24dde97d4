package redact_test

import (
	"strings"
	"testing"
)

// TestNarratives holds what banks write of payments, with an account in each that has no
// other cue.
func TestNarratives(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, account string }{
		{"WIRE TYPE:WIRE OUT DATE:260105 TIME:1044 ET TRN:2026010500123456 SERVICE REF:012345 BNF:JOHN SMITH ID:000123456789 BNF BK:JPMORGAN CHASE BANK, ID:0002 PMT DET:INVOICE 4711", "000123456789"},
		{"WIRE TYPE:INTL IN DATE:260105 ORIG:ACME GMBH ID:7712345678 SND BK:DEUTSCHE BANK", "7712345678"},
		{"BOOK TRANSFER CREDIT B/O: JOHN SMITH ORG:/000123456789 OGB:CHASE REF:4711", "000123456789"},
		{"CO ENTRY DESCR:PAYROLL SEC:PPD IND ID:000123456 IND NAME:SMITH JOHN", "000123456"},
		{"BACS ACME LTD 200000 55779911", "55779911"},
		{"FASTER PAYMENTS RECEIPT REF.RENT FROM SMITH J 200000 55779911", "55779911"},
		{"TFR 200000 55779911", "55779911"},
		{"062-000 12345678", "12345678"},
		{"OSKO PAYMENT 062-000 1234567 J SMITH", "1234567"},
		{"NEFT CR-SBIN0001234-RAHUL KUMAR-12345678901", "12345678901"},
		{"RTGS-HDFC0000123-ACME PVT LTD-50100012345678-HDFCR52026010512345678", "50100012345678"},
		{"NEFT/SBIN0001234/RAHUL KUMAR/12345678901", "12345678901"},
		{"PIX RECEBIDO JOAO Ag 0001 CC 12345-6", "12345"},
		{"TED BCO 341 AG 1234 CC 0012345-6 JOAO", "0012345"},
		{"Online transfer to Sav 123456789012 conf 55555", "123456789012"},
		{"Mobile transfer to CHK 12345678", "12345678"},
		{"INTERNET TRANSFER 1234567890 TO 0987654321", "0987654321"},
		{"NAB 083-004 123456789 transfer", "123456789"},
	} {
		if out := text(t, r, tc.in); strings.Contains(out, tc.account) || !strings.Contains(out, "ACCT_") {
			t.Errorf("%s\nbecomes %s", tc.in, out)
		}
	}
}

// TestNarrativesLeft holds what is no account, and words that have the form of a BIC.
func TestNarrativesLeft(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"ORIG CO NAME:ACME PAYROLL ORIG ID:1234567890 DESC DATE:260105",
		"ACH DEPOSIT ACME DES:PAYROLL ID:XXXXX1234 INDN:SMITH,JOHN CO ID:1234567890 PPD",
		"TRN:2026010500123456 SERVICE REF:012345",
		"TFR 200000 20260105", "CHK 1001234", "moved 123456 from checking 250000", "Transfer to Savings 20260105", "TRANSFER 12345678", "Transfer to 866-579-7172", "payment to 12345678", "transfer to order 123456", "moved to 12345678", "NETFLIX.COM 866-579-7172 0305", "order 123-456 20260105",
	} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
	for _, word := range []string{"ALQUILER", "RECIBIDO", "DEUTSCHE"} {
		for _, in := range []string{"TRANSFERENCIA DE ES9121000418450200051332 CONCEPTO " + word, "SPEI " + word + " 032180000118359719 BANAMEX", word + " BANK KONTO 12345678"} {
			if out := text(t, r, in); !strings.Contains(out, word) {
				t.Errorf("%s\nbecomes %s", in, out)
			}
		}
	}
}
