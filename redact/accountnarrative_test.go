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
		{"FPO SMITH J 55779911 208013 10 0203 11:07", "55779911"},
		{"TFR TO 55779911 20-80-13", "55779911"},
		{"Withdrawal Mobile 3820408 Pymt To J Smith 733-133 475338", "475338"},
		{"Checking x8358095663", "8358095663"},
		{"acct x56789", "56789"},
		{"LOAN 204497886", "204497886"},
		{"HOMELOAN 365518224 repayment", "365518224"},
		{"LOAN REPAYMENT LN REPAY 364940871", "364940871"},
		{"EMI 791333626 CHQ S803275571", "791333626"},
		{"Darlehen 1617011117 Rate Juni", "1617011117"},
		{"ECHEANCE PRET 81334 961182 84", "961182"},
		{"RATA MUTUO N. 73867342 scadenza 19.12.2026", "73867342"},
		{"Loan A/c No. MPMDL00041895812", "00041895812"},
		{"IMPS-400112345678-RAHUL KUMAR-HDFC-50100012345678-RENT", "50100012345678"},
		{"FT - DR - 50100012345678 - RAHUL KUMAR", "50100012345678"},
		{"PAGO CUENTA DE TERCERO 0071234567 BNET 1512345678 RENTA", "1512345678"},
		{"TBI 7674.22449-4", "22449"},
		{"DBS 117-85237-2", "85237"},
		{"POSB SAVINGS 117-85237-2", "85237"},
		{"UOB 733-714-929-8 rent", "714-929"},
		{"I-BANK TRANSFER 123-22345-6", "22345"},
		{"HSBC 123-682651-833 rent", "682651"},
		{"轉賬至 123-519659-833 CHEN", "519659"},
		{"בנק הפועלים 12-345-992264", "992264"},
		{"계좌이체 110-687-334294 신한", "334294"},
		{"타행이체 하나 42228695878162 이영희", "42228695878162"},
		{"Överföring 8327-3 658 863 812-3", "658 863"},
		{"Overførsel til 3392-0003549614", "0003549614"},
		{"TFR TO 5921432-50", "5921432"},
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
		"TFR 200000 20260105", "CHK 1001234", "moved 123456 from checking 250000", "Transfer to Savings 20260105", "TRANSFER 12345678", "Transfer to 866-579-7172", "payment to 12345678", "LOAN 20260105 disbursed", "Loan of 25000000 JPY", "home loan 10,000,000", "HOME DEPOT 8006541234", "DBS hotline 1800-111-1111", "HSBC 1-800-975-4722", "DBS 2026-01-05",
		"Transferencia a Juan 612345678", "Przelew na telefon 600123456", "Överföring 20260105", "Överföring till Anna 0701234567", "이체 010-1234-5678", "checking x86 builds", "acct x1234", "FPO 20260105 250105", "BACS 12345678 050126", "IMPS/P2A/400112345678/RAHUL/HDFC",
		"IMPS-400112345678-RAHUL-9876543210-RENT", "IMPS-400112345678-RAHUL KUMAR-HDFC-XXXXXXX1234-RENT", "FAST PAYMENT PIB5309736290767078 OTHR CHEN", "transfer to order 123456", "moved to 12345678", "NETFLIX.COM 866-579-7172 0305", "order 123-456 20260105",
	} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
	for _, word := range []string{"ALQUILER", "RECIBIDO", "DEUTSCHE", "BONIFICO", "PRELIEVO", "IMPUESTO", "BENEFICIARY", "HESAPTAN"} {
		for _, in := range []string{"TRANSFERENCIA DE ES9121000418450200051332 CONCEPTO " + word, "SPEI " + word + " 032180000118359719 BANAMEX", word + " BANK KONTO 12345678"} {
			if out := text(t, r, in); !strings.Contains(out, word) {
				t.Errorf("%s\nbecomes %s", in, out)
			}
		}
	}
}

// TestMaskedBeside: what stands before a number that is masked, or behind it, is none of
// its digits.
func TestMaskedBeside(t *testing.T) {
	checkLeft(t, "DDA PURCHASE SEATTLE WA CARD ****7746 05/08", "CARD ****7746 2026-05-08", "CARD ****7746 20260508", "Karte ****7746 08.05. 12:30", "VISA xxxx7746 45.00 USD", "CARD ****7746 1,245.00", "XXXX7746 100", "05/08 14:22 ****1234", "1,234.56 XXXX7746", "07/07/26 xx-6164 GRAB", "**** **** **** 7746 05/26", "Visa ending in 6508 05/08", "card ending 6508 12:30", "card ending in 6508 45.00 USD", "acct *2877 12/24", "Account x2877 05/08 payment")
	checkGone(t, []gone{{"****77466 05/08", "77466"}, {"411111****1111 05/08", "411111"}, {"**** 1234 5678 9012", "5678"}, {"4111 **** **** 1111", "4111"}, {"2026-05-08 411111****1111", "411111"}, {"card ending in 62 1486", "1486"}, {"card ending in 6214 86", "6214"}, {"Visa ending in 621486 05/08", "621486"}, {"**** 345 678 901", "345"}})
}

// TestWireBanks: the routing number of a bank in the fields of a wire.
func TestWireBanks(t *testing.T) {
	checkGone(t, []gone{{"DOMESTIC WIRE TRANSFER VIA: CITIBANK NYC/021000089 A/C: J SMITH NEW YORK", "021000089"}, {"WIRE OUT BNF BK:CHASE BANK ID:021000021 PMT DET:543304275", "021000021"}})
	checkLeft(t, "VIA: BUS 021000089", "ORDER/021000089", "ORIG CO NAME:ACME ID:021000089")
}

// TestSettlementReferences: the references of card payments and of payment slips are no
// cards, whatever their digits.
func TestSettlementReferences(t *testing.T) {
	checkLeft(t, "CHECKCARD 0512 STARBUCKS STORE 32340 SAN JOSE CA 24231684111111111111111 RECURRING", "CHECKCARD 6676 ACME SAN JOSE CA 24231685076121871899854", "Zahlung QR-Rechnung Referenz 78 96481 74324 97486 41279 35048", "ESR 840837464426232523106033102")
	checkGone(t, []gone{{"CHECKCARD 0512 STARBUCKS 4111111111111111", "4111"}, {"24231685076121871899854", "507612187"}, {"CHECKCARD 0512 STARBUCKS 99999994111111111111111", "41111"}})
}

// TestNamedBehind: an account before the code of its bank with its name, another account in
// the same sentence, and those of messages and addresses.
func TestNamedBehind(t *testing.T) {
	checkGone(t, []gone{
		{"Account name J Doe, number 68064037, sort code 40-47-84", "064037"}, {"send it to my Chase one, it's 5580730215, routing's 021000021", "730215"}, {"pay 68064037 (sort code is 404784)", "064037"},
		{"my acct # has changed from 13322453 to 93236405, pls update", "322453"}, {"my acct # has changed from 13322453 to 93236405, pls update", "236405"}, {"Mein altes Konto war die 8350288442, das neue ist die 2711824540.", "824540"}, {"mi cuenta es 9564139593 y el de mi mujer 9123139594", "139594"},
		{"send it to 7355106713 (that's my savings account at BoA)", "106713"}, {"Account nurnber 6703548423", "548423"}, {"acount numbr 6275582823", "582823"},
		{"payto://ach/021000021/4136649585?amount=USD:100", "649585"}, {"payto://ach/021000021/4136649585?amount=USD:100", "000021"}, {"NAD+BE+++ANN LEE'FII+BF+8706176731:ANN LEE+DEUTDEFF:25:5'", "176731"}, {" $ account_number: chr \"6122353849\"", "353849"}, {`{"acctNbr":17,"rtNbr":"121510369"}`, "510369"},
		{"Acct: 5580730215; R/T: 322839674", "839674"}, {"his login code was 209538", "209538"}, {`{"debtor_account":{"identification":{"other":{"identification":"290308429331"}}}}`, "429331"},
		{"INSERT INTO payee (id, name, acct_no, sort_cd) VALUES (4, 'Smith', '55779911', '409074');", "409074"}, {`{"a":1,"pin":{"int":9368},"b":2}`, "9368"}, {`{"cvv":{"integerValue":936}}`, "936"},
	})
	checkLeft(t, "ref 68064037, sort code tbd", "ordered 68064037, sort of late", "invoice 68064037, routing to 021000020", "account 1 of 12, the other one is 68064037", "order 68064037, routing 021000020 is wrong",
		"Number of accounts: 1204551", "GL account 1200-00 Cash", "Epoch 12: loss=0.438359 acc=0.986531 lr=1e-4", "from 10442310 to 10442315, the new one", "FII+BF+++DEUTDEFF'", `{"pin":{"count":9368}}`, `{"price":{"int":9368}}`)
}
