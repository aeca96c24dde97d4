package ingest

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const accented = "Café Größe €5 naïve"

// TestCharsets imports one text in every character set that statements come
// in, declared, misdeclared and undeclared.
func TestCharsets(t *testing.T) {
	plain := readInput(t, ofxFile(ofxRow("1", "30", "-1", accented)))
	cp1252, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	latin9, err := charmap.ISO8859_15.NewEncoder().String(strings.Replace(plain, "CHARSET:1252", "CHARSET:ISO-8859-15", 1))
	if err != nil {
		t.Fatal(err)
	}
	utf16 := func(order unicode.Endianness, bom unicode.BOMPolicy) string {
		s, err := unicode.UTF16(order, bom).NewEncoder().String(plain)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cases := map[string]struct{ data, charset string }{
		"windows-1252":                  {cp1252, "windows-1252"},
		"utf-8 that claims to be 1252":  {plain, "utf-8"},
		"1252 that claims to be utf-8":  {strings.Replace(cp1252, "CHARSET:1252", "CHARSET:UTF-8", 1), "windows-1252"},
		"utf-8 with byte order mark":    {"\xef\xbb\xbf" + plain, "utf-8"},
		"utf-16 little-endian with BOM": {utf16(unicode.LittleEndian, unicode.UseBOM), "utf-16le"},
		"utf-16 big-endian with BOM":    {utf16(unicode.BigEndian, unicode.UseBOM), "utf-16be"},
		"utf-16 little-endian without":  {utf16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"},
		"utf-16 big-endian without":     {utf16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"},
		"iso-8859-15":                   {latin9, "iso-8859-15"},
	}
	for name, c := range cases {
		m := &memory{}
		r, err := testImporter(t).File(context.Background(), m, Bytes("x.ofx", []byte(c.data)), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := m.rows[0].Transaction.Description; got != accented || r.Charset != c.charset {
			t.Errorf("%s: %q in %s, want %q in %s", name, got, r.Charset, accented, c.charset)
		}
	}
	_, err = testImporter(t).File(context.Background(), &memory{}, Bytes("x.ofx", []byte(strings.Replace(cp1252, "CHARSET:1252", "CHARSET:KLINGON", 1))), Options{})
	if err == nil || err.Error() != "x.ofx: "+reasonCharset {
		t.Errorf("an unknown character set: %v", err)
	}
}

// TestValidator cuts text at every place.
func TestValidator(t *testing.T) {
	for _, text := range []string{accented, "a\xffb", "ab\xe2\x82", "\xf0\x9f\x92\xb6x", "\xed\xa0\x80"} {
		want := bytes.Equal([]byte(text), bytes.ToValidUTF8([]byte(text), nil))
		for i := range len(text) + 1 {
			for j := i; j <= len(text); j++ {
				v := validator{valid: true}
				v.write([]byte(text[:i]))
				v.write([]byte(text[i:j]))
				v.write([]byte(text[j:]))
				if v.end() != want {
					t.Fatalf("%q cut at %d and %d: %v", text, i, j, v.end())
				}
			}
		}
	}
}

// TestPlaces pins where errors point, in each format.
func TestPlaces(t *testing.T) {
	lloyds := "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance\n"
	cases := map[string]Input{
		"x.csv:3:37: amount has more digits after the point than its currency allows":                                                     Bytes("x.csv", []byte(lloyds+csvRow("30", "1.00", "A")+"\n"+csvRow("30", "1.005", "B")+"\n")),
		"x.csv:2:1: date is missing, not in the expected form or not in the calendar":                                                     Bytes("x.csv", []byte(lloyds+csvRow("32", "1.00", "A")+"\n")),
		"x.csv:3: line has fewer columns than the header":                                                                                 Bytes("x.csv", []byte(lloyds+csvRow("30", "1.00", "A")+"\n30/12/2025,DEB\n")),
		"x.csv:3:36: line has more columns than the header: a delimiter in an amount or a text is not quoted":                             Bytes("x.csv", []byte("Date,Amount,Currency,Description\n2025-12-30,-1.00,GBP,A\n2025-12-30,-1.00,GBP,To John Smith, flat 2\n")),
		"x.csv:3:33: two columns have the same name and differ here: a profile can name the one that counts as #N, its place in the line": Bytes("x.csv", []byte("Date,Amount,Currency,Description,Amount\n2025-12-30,-1.00,GBP,A,-1.00\n2025-12-30,-1.00,GBP,A sandwich,2.00\n")),
		"x.csv:2: file ends inside a quoted field":                                                                                        Bytes("x.csv", []byte(lloyds+"30/12/2025,DEB,\"30-00-01,12345678,A,1.00,,\n")),
		"x.csv:4:2: closing quote is not followed by a delimiter":                                                                         Bytes("x.csv", []byte(lloyds+"30/12/2025,DEB,30-00-01,12345678,\"A\nB\n\" C\" D,1.00,,\n")),
		"statement.xml:1:165: entry is marked neither credit nor debit":                                                                   camtFile(`<Ntry><Amt Ccy="GBP">1</Amt><Sts>BOOK</Sts><BookgDt><Dt>2025-12-30</Dt></BookgDt></Ntry>`),
		"statement.xml:1:215: amount has more digits after the point than its currency allows":                                            camtFile(strings.Replace(camtRow("R", "30", "1.001", "BOOK", "A"), "<Ntry>", "<Ntry>"+strings.Repeat(" ", 29), 1)),
		"statement.xml:2:197: closing tag does not match the open one":                                                                    camtFile(camtRow("R", "30", "1", "BOOK", "A"), strings.Replace(camtRow("R", "30", "1", "BOOK", "A"), "</NtryDtls>", "</Ntrydtls>", 1)),
		"x.xml:1:82: file ends before its last element is closed":                                                                         Bytes("x.xml", []byte(`<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>GB45LOYD30000112345678</IBAN></Id>`)),
		"x.xml:1:1: document type declarations are not accepted":                                                                          Bytes("x.xml", []byte(`<!DOCTYPE Document [<!ENTITY a "b">]><Document><BkToCstmrStmt></BkToCstmrStmt></Document>`)),
		"x.sta:3: entry before a balance (:60F:) or limit (:34F:) that names the currency":                                                Bytes("x.sta", []byte(":20:X\n:25:1\n:61:2512301230D3,20NTRF\n")),
		"x.sta:4:16: amount has more digits after the point than its currency allows":                                                     Bytes("x.sta", []byte(":20:X\n:25:1\n:60F:C251229GBP0,00\n:61:2512301230D3,205NTRF\n")),
		"x.sta:4:5: date is missing, not in the expected form or not in the calendar":                                                     Bytes("x.sta", []byte(":20:X\n:25:1\n:60F:C251229GBP0,00\n:61:2513301230D3,20NTRF\n")),
		"empty: file is empty": Bytes("empty", nil),
		"x.bin: not a statement in a known format, and no CSV profile fits":     Bytes("x.bin", []byte{0, 1, 2, 3, 0xff}),
		"statement.ofx:11:27: currency is missing or not a known ISO 4217 code": Bytes("statement.ofx", bytes.Replace([]byte(readInput(t, ofxFile("<STMTTRN>\n<DTPOSTED>20251230<TRNAMT>-1\n</STMTTRN>"))), []byte("<CURDEF>GBP"), []byte("<CURDEF>XXY"), 1)),
	}
	for want, in := range cases {
		_, err := testImporter(t).File(context.Background(), &memory{}, in, Options{})
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestNamedCharset reads files of sets that nothing in them tells.
func TestNamedCharset(t *testing.T) {
	const text = "Zażółć gęślą jaźń"
	const file = "Date,Amount,Currency,Description\n2025-03-14,-1.00,PLN," + text + "\n"
	for name, enc := range map[string]*charmap.Charmap{"windows-1250": charmap.Windows1250, "iso-8859-2": charmap.ISO8859_2} {
		data, err := enc.NewEncoder().Bytes([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		m := &memory{}
		r := mustImport(t, m, Bytes("x.csv", data), Options{Charset: name})
		if got := m.rows[0].Transaction.Description; got != text || r.Charset != name {
			t.Errorf("%s: %q in %s", name, got, r.Charset)
		}
	}
	m := &memory{}
	if r := mustImport(t, m, Bytes("x.csv", []byte(file)), Options{Charset: "windows-1250"}); r.Charset != "utf-8" {
		t.Errorf("UTF-8 was read as %s", r.Charset)
	}
	_, err := testImporter(t).File(context.Background(), m, Bytes("x.csv", []byte("Date\xff")), Options{Charset: "klingon"})
	if err == nil || !strings.HasSuffix(err.Error(), reasonNamed) {
		t.Errorf("an unknown name: %v", err)
	}
}
