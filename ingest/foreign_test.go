package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestForeignFiles says of files that are no statements what they are.
func TestForeignFiles(t *testing.T) {
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"statement.pdf", "PDF", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")},
		{"statement.xls", "Excel", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00")},
		{"statement.xlsx", "office document", zipped([2]string{"[Content_Types].xml", "<Types/>"}, [2]string{"xl/workbook.xml", "<workbook/>"})},
		{"statement.ods", "office document", zipped([2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, [2]string{"META-INF/manifest.xml", "<x/>"})},
		{"statement.csv", "web page", []byte("\n<!DOCTYPE html>\n<html><body>Your session has expired</body></html>")},
		{"table.xls", "save it as CSV", []byte("<table><tr><td>Date</td></tr></table>")},
		{"book.xls", "Excel workbook in XML", []byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`)},
		{"bai.txt", "BAI2", []byte("01,122099999,123456789,250131,0200,1,80,,2/\r\n02,031001234,122099999,1,250130,2359,USD,2/\r\n")},
		{"statement.json", "JSON", []byte(`{"transactions": []}`)},
		{"pain.xml", reasonUnknown, []byte(`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>`)},
	} {
		files, err := Files(Bytes(c.name, c.data))
		if err == nil {
			_, err = testImporter(t).File(context.Background(), &memory{}, files[0], Options{})
		}
		var refused *Error
		if !errors.As(err, &refused) || refused.File != c.name || !strings.Contains(refused.Reason, c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestLongNames imports texts that are longer than a store keeps, cut; a real
// store is in store_test.go.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("Ñ", 600)
	m := &memory{}
	mustImport(t, m, Bytes("x.csv", []byte("Booking Date,Value Date,Partner Name,Partner Iban,Type,Payment Reference,Account Name,Amount (EUR),Original Amount,Original Currency,Exchange Rate\n"+
		fmt.Sprintf("2025-03-14,2025-03-14,%s,,Presentment,,%s,-23.50,,,\n", long, long))), Options{})
	if n := len(m.rows[0].Transaction.Merchant); n != maxStoredName {
		t.Errorf("merchant of %d bytes", n)
	}
	if n := len(m.accounts[0].Name); n != maxStoredName {
		t.Errorf("account name of %d bytes", n)
	}
}

// TestFarDates names the line of a booking outside the years that a store keeps.
func TestFarDates(t *testing.T) {
	for _, day := range []string{"0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"} {
		_, err := testImporter(t).File(context.Background(), &memory{}, Bytes("x.csv", []byte("Date,Amount,Currency,Description\n2025-01-01,1.00,GBP,a\n"+day+",1.00,GBP,b\n")), Options{})
		if err == nil || err.Error() != "x.csv:3:1: "+reasonFarDate {
			t.Errorf("%s: %v", day, err)
		}
	}
}
