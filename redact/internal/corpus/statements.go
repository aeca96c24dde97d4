package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Row holds the texts of one real transaction.
type Row struct{ Merchant, Counterparty, Memo, Category, Unit string }

// remittances are memos as banks print them: longer than a merchant's name and
// full of references. # is a random digit, @ a random upper-case letter.
var remittances = []string{
	"POS PURCHASE TERMINAL 0####### LONDON GB 12MAR",
	"VISA DEBIT 03/14 SHELL OIL 57444 AUSTIN TX #00####",
	"DIRECT DEBIT PAYMENT TO BRITISH GAS REF 85########, MANDATE NO 00##",
	"Rechnung ####-##### vom 12.03.2025, Kundennummer 9#####, vielen Dank",
	"EREF+NOTPROVIDED SVWZ+Rechnung 2025-####-1 vom 03.02.2025 Kd.Nr. 4####",
	"FASTER PAYMENTS RECEIPT REF.RENT MARCH FROM J SMITH & SONS",
	"AMAZON MKTPL*@@#@@##@# AMZN.COM/BILL WA",
	"ACH CREDIT ACME CORP PAYROLL PPD ID: 9######### TRACE 0#######",
	"CONTACTLESS 14:32 TESCO STORES ####, BIRMINGHAM GB, AUTH ######",
	"Factuur 2025##### - klantnr 7##### - periode 01-03-2025 t/m 31-03-2025",
	"CARTE 12/03 CARREFOUR CITY PARIS 11 FACT 12032025 N ####",
	"Uber Eats order @#@#@ on 2025-03-12 at 19:45, total GBP 23.40",
	"INTEREST PAID FOR PERIOD OF 03/01/2025 THROUGH 03/31/2025 AT 0.05% ANNUAL YIELD",
	"Standing order: rent flat 12b, 1,250.00 monthly, next on 2025-04-01",
	"Refund for order 204-#######-####### (1 of 2)",
	"CHQ 00####",
	"Transfer to savings",
	"Parking session ####### zone 60## from 08:15 to 09:45",
}

// Statements returns a JSON document of at least size bytes made from real
// texts: transactions with references, timestamps, dates, amounts and memos of
// banks. Runs of five digits and more in a memo are varied, so that the
// document does not repeat itself. What is not clean, in the caller's opinion,
// is left out.
func Statements(seed uint64, size int, rows []Row, clean func(string) bool) []byte {
	rng := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	b.Grow(size + 2048)
	b.WriteString(`{"items":[`)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		statement(&b, rng, rows[rng.IntN(len(rows))], clean)
	}
	b.WriteString(`],"next_cursor":"","truncated":false,"as_of":"2026-11-22","warnings":[]}`)
	return []byte(b.String())
}

func statement(b *strings.Builder, rng *rand.Rand, row Row, clean func(string) bool) {
	memo := vary(rng, row.Memo)
	if memo == "" || rng.IntN(3) == 0 {
		memo = fill(rng, remittances[rng.IntN(len(remittances))])
	}
	description := strings.ToUpper(row.Merchant) + fill(rng, " ## MAR CD ####")
	for _, t := range []*string{&memo, &description, &row.Merchant, &row.Counterparty, &row.Category, &row.Unit} {
		if !clean(*t) {
			*t = ""
		}
	}
	day := fmt.Sprintf("20%02d-%02d-%02d", 20+rng.IntN(7), 1+rng.IntN(12), 1+rng.IntN(28))
	minor := 1 + rng.IntN(90000)
	fmt.Fprintf(b, `{"id":"tx_%s","account":"acc_%s","booked":%q,"booked_at":"%sT%02d:%02d:%02dZ","amount":{"minor":-%d,"currency":"GBP","decimal":"-%d.%02d"},`+
		`"status":"booked","reference":%q,"description":%q,"merchant":%q,"counterparty":%q,"memo":%q,"category":%q,"unit":%q,"mcc":"%04d","transfer":false}`,
		base32(rng, 16), base32(rng, 16), day, day, rng.IntN(24), rng.IntN(60), rng.IntN(60), minor, minor/100, minor%100,
		fill(rng, "FP25####@#####"), description, row.Merchant, row.Counterparty, memo, row.Category, row.Unit, 4000+rng.IntN(5000))
}

// fill puts random digits and letters into a form.
func fill(rng *rand.Rand, form string) string {
	out := []byte(form)
	for i, c := range out {
		switch c {
		case '#':
			out[i] = byte('0' + rng.IntN(10))
		case '@':
			out[i] = byte('A' + rng.IntN(26))
		}
	}
	return string(out)
}

// vary changes the digits but the first in runs of five and more.
func vary(rng *rand.Rand, memo string) string {
	out := []byte(memo)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j] >= '0' && out[j] <= '9' {
			j++
		}
		for k := i + 1; j-i >= 5 && k < j; k++ {
			out[k] = byte('0' + rng.IntN(10))
		}
		i = max(j, i+1)
	}
	return string(out)
}
