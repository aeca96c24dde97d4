package tabular

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDraft guesses a profile, answers what it asks, writes it, reads it back
// and reads the file with it.
func TestDraft(t *testing.T) {
	text := "Konto;123\n\nBuchungstag;Empfänger;Verwendungszweck;Betrag;Saldo\n31.12.2025;REWE;Einkauf;-1.012,50;100,00\n30.12.2025;ACME;Gehalt;2.000,00;1.112,50\n"
	d, ok := NewDraft("mine", []byte(text))
	if !ok || len(d.Questions) != 1 || d.Questions[0].Field != "currency" {
		t.Fatalf("%+v", d)
	}
	d.Profile.Currency = "EUR"
	out, err := d.Profile.YAML()
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadProfile(bytes.NewReader(out))
	if err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	var got list
	if err := p.Parse(strings.NewReader(text), &got); err != nil {
		t.Fatal(err)
	}
	if want := "account mine\n2025-12-31 -1012.50 EUR|Einkauf|||false\n2025-12-30 2000.00 EUR|Gehalt|||false"; strings.Join(got.lines, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got.lines, "\n"))
	}
}

// TestDraftAsks lists what files leave open.
func TestDraftAsks(t *testing.T) {
	for text, want := range map[string]string{
		"Date,Description,Amount,Currency\n01/02/2025,X,-1.00,GBP\n": "date",
		"Date,Description,Amount,Currency\n2025-01-02,X,1.00,GBP\n":  "sign",
		"Date,Description,Amount,Currency\n2025-01-02,X,-1,GBP\n":    "decimal",
		"Date,What,Amount,Currency\n2025-01-02,X,-1.00,GBP\n":        "columns.description",
		"When,Description,Amount,Currency\nsoon,X,-1.00,GBP\n":       "columns.date date",
		"Date,Description,Number,Currency\n2025-01-02,X,100,GBP\n":   "columns.amount",
		"Date,Description,Paid out,Paid in\n2025-01-02,X,1.00,\n":    "currency",
		"Date,Description,Amount\n2025-01-02,X,-¥1.00\n":             "currency", // yen or yuan
	} {
		d, ok := NewDraft("x", []byte(text))
		var got []string
		for _, q := range d.Questions {
			got = append(got, q.Field)
		}
		if !ok || strings.Join(got, " ") != want {
			t.Errorf("%q asks %v, want %s", text, got, want)
		}
	}
	if _, ok := NewDraft("x", []byte("nothing\n")); ok {
		t.Error("a draft of no table")
	}
}

// TestDraftBanks drafts profiles of exports in the manner of many banks, without
// a question but for the currency, and reads them.
func TestDraftBanks(t *testing.T) {
	const want = "-1234.50 30.00"
	for name, text := range map[string]string{
		"footer and pending":                   ";\n\"Umsätze\";\"Zeitraum\";\n\nBuchungstag;Wertstellung (Valuta);Vorgang;Buchungstext;Umsatz in EUR;\n31.03.2025;31.03.2025;Karte;A;-1.234,50;\noffen;--;Karte;B;-9,00;\n30.03.2025;30.03.2025;SEPA;C;30,00;\n\nAlter Kontostand;1.000,00 EUR;\n",
		"signed debit, apostrophe":             "IBAN:;CH93;\n\nAbschlussdatum;Buchungsdatum;Währung;Belastung;Gutschrift;Saldo;Beschreibung;\n2025-03-14;2025-03-14;CHF;-1'234.50;;1.00;Migros;\n2025-03-13;2025-03-13;CHF;;30.00;2.00;ACME;\n",
		"cells with currency":                  "#Klient;\nX;\n\n#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;\n2025-03-14;A;e 1;K;-1 234,50 PLN;;\n2025-03-13;B;e 1;K;30,00 PLN;;\n",
		"parentheses and symbol":               "Posting Date,Description,Debit,Credit,Balance\n12/31/2024,\"A \"\"B\"\"\nC\",\"(£1,234.50)\",,£1.00\n12/30/2024,D,,£30.00,£2.00\n",
		"CR and DR column":                     "Date,Details,Amount (GBP),Type\n14-Mar-2025,A,\"1,234.50\",DR\n13-Mar-2025,B,30.00,CR\n",
		"CR and DR behind":                     "Date,Details,Amount,Balance,Currency\n14/03/2025,A,\"1,234.50 DR\",1.00 CR,GBP\n13/03/2025,B,30.00 CR,2.00 CR,GBP\n",
		"total row":                            "Date,Description,Paid out £,Paid in £\n2025-03-14,A,1234.50,\n2025-03-13,B,,30.00\n,Total,1234.50,30.00\n",
		"lakh":                                 "Account : X\n\nTxn Date\tValue Date\tDescription\tDebit INR\tCredit INR\tBalance\n14 Mar 2025\t14 Mar 2025\tA\t1,234.50\t \t8,76,543.50\n13 Mar 2025\t13 Mar 2025\tB\t \t30.00\t10,00,000.00\n**This is a computer generated statement.\n",
		"swedish":                              "Bokföringsdag;Belopp;Namn;Rubrik;Saldo;Valuta\n2025/03/14;-1234,50;;ICA;1,00;SEK\n2025/03/13;30,00;;Lön;2,00;SEK\n",
		"balance otherwise":                    "dateOp;label;amount;currency;accountbalance\n2025-03-14;A;-1 234,50;EUR;1.00\n2025-03-13;B;30,00;EUR;2.00\n",
		"no name known":                        "תאריך,תיאור,x,currency\n14/03/2025,A,-1234.50,ILS\n13/03/2025,B,30.00,ILS\n",
		"chinese, a column of sides":           "支付明细\n交易时间,交易对方,商品说明,收/支,金额(元)\n2025-03-14 12:30:00,美团,A,支出,1234.50元\n2025-03-13 09:00:00,李四,B,收入,30.00元\n",
		"japanese":                             "日付,摘要,支払い金額,預かり金額,差引残高,通貨\n2025/3/14,A,1234.50,,1.00,USD\n2025/3/13,B,,30.00,2.00,USD\n",
		"czech":                                "ID pohybu;Datum;Objem;Měna;Název protiúčtu;Zpráva pro příjemce\n2;14.03.2025;-1234,50;CZK;A;B\n1;13.03.2025;30,00;CZK;C;D\n",
		"balance carried over":                 "Data;Histórico;Crédito (R$);Débito (R$);Saldo (R$);\n13/03/2025;SALDO ANTERIOR;;;0,00;\n14/03/2025;A;;-1.234,50;1,00;\n15/03/2025;B;30,00;;2,00;\nTotal;;30,00;-1.234,50;2,00;\n",
		"made wide by a spreadsheet":           "Konto;DE89370400440532013000;;;\nKunde;Max;;;\n;;;;\nBuchungstag;Empfänger;Verwendungszweck;Betrag;Währung\n14.03.2025;A;;-1.234,50;EUR\n13.03.2025;B;C;30,00;EUR\n",
		"codes under a name that is not known": "Kirjauspäivä;Määrä;Selite;Valuutta\n2025/03/14;-1234,50;A;EUR\n2025/03/13;30,00;B;EUR\n",
		"euros in words":                       "Date;Libellé;Débit euros;Crédit euros;\n14/03/2025;\"A\nX\";1 234,50;;\n13/03/2025;B;;30,00;\n",
		"value date is no amount":              "F.Valor;Fecha;Concepto;Importe;Divisa\n14/03/2025;14/03/2025;A;-1.234,5;EUR\n13/03/2025;13/03/2025;B;30;EUR\n",
	} {
		d, ok := NewDraft("mine", []byte(text))
		if !ok || len(d.Questions) > 0 {
			t.Errorf("%s: %+v", name, d.Questions)
			continue
		}
		got := amountsBy(t, d.Profile, text)
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// amountsBy reads a file by a profile, as it is when written and read again.
func amountsBy(t *testing.T, p *Profile, text string) string {
	t.Helper()
	out, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = ReadProfile(bytes.NewReader(out)); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	var got list
	if err := p.Parse(strings.NewReader(text), &got); err != nil {
		return err.Error()
	}
	var amounts []string
	for _, line := range got.lines {
		if fields := strings.Fields(line); len(fields) > 2 {
			amounts = append(amounts, fields[1])
		}
	}
	return strings.Join(amounts, " ")
}

// TestDraftWithoutHeader drafts a profile by position.
func TestDraftWithoutHeader(t *testing.T) {
	text := "14/03/2025,\"-1,234.50\",WOOLWORTHS\n13/03/2025,+30.00,Salary\n"
	d, ok := NewDraft("mine", []byte(text))
	if !ok || len(d.Questions) != 2 || d.Questions[0].Field != "currency" || d.Questions[1].Field != "columns.description" {
		t.Fatalf("%+v", d.Questions)
	}
	d.Profile.Currency, d.Profile.Columns.Description = "AUD", List{"#3"}
	if got := amountsBy(t, d.Profile, text); got != "-1234.50 30.00" {
		t.Error(got)
	}
	text = "03/14/2025,TIM,4.50,,1995.50\n03/13/2025,PAY,,2000.00,2000.00\n"
	if d, ok = NewDraft("mine", []byte(text)); !ok || d.Questions[0].Field != "columns.debit" || strings.Join(d.Questions[0].Choices, " ") != "#3 #4" {
		t.Errorf("%+v", d.Questions)
	}
}

// TestDraftSpaces takes a space between thousands where cells have it, also if the
// column of amounts has to be named.
func TestDraftSpaces(t *testing.T) {
	for mark, want := range map[string]string{" ": "-1012.50 30.00", "\u00a0": "-1012.50 30.00", ".": "-1012.50 30.00"} {
		text := "Дата;Опис;Сума;Залишок;Валюта\n14.03.2025;A;-1" + mark + "012,50;1" + mark + "000,00;UAH\n13.03.2025;B;30,00;2" + mark + "012,50;UAH\n"
		d, ok := NewDraft("mine", []byte(text))
		if !ok {
			t.Fatal("no draft")
		}
		answers := map[string]string{"columns.date": "Дата", "columns.amount": "Сума", "columns.description": "Опис", "decimal": ",", "sign": "as_is"}
		for _, q := range d.All() {
			if err := d.Profile.Answer(q, answers[q.Field]); err != nil {
				t.Errorf("%s: %v", q.Field, err)
			}
		}
		if got := amountsBy(t, d.Profile, text); got != want {
			t.Errorf("%q: %s, want %s", mark, got, want)
		}
	}
}

// TestOtherCurrency refuses an amount that is marked with another currency.
func TestOtherCurrency(t *testing.T) {
	p, err := ReadProfile(strings.NewReader("name: x\nheader: [Date, Amount]\ndate: YYYY-MM-DD\ncurrency: GBP\nsign: negate\ncolumns: {date: Date, amount: Amount}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for cell, want := range map[string]string{
		"£5.00": "-5.00", "GBP 5.00": "-5.00", "5.00 CR": "5.00", "5.00DR": "-5.00", "£5.00 Cr.": "5.00",
		"€5.00": ":2:12: " + reasonOther, "5.00 USD": ":2:12: " + reasonOther, "$5.00": ":2:12: " + reasonOther, "5.00 XYZ": ":2:12: amount is not a decimal number in the expected form",
	} {
		if got := amountsBy(t, p, "Date,Amount\n2025-01-01,"+cell+"\n"); got != want {
			t.Errorf("%q: %s, want %s", cell, got, want)
		}
	}
}

// TestDraftSamples drafts a profile for each sample export without a panic, and
// every draft without questions reads its file.
func TestDraftSamples(t *testing.T) {
	files, err := filepath.Glob("../testdata/profiles/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		head, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, ok := NewDraft("x", head)
		if !ok || len(d.Questions) > 0 {
			continue
		}
		out, err := d.Profile.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadProfile(bytes.NewReader(out)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
