package main

import (
	"fmt"
	"strings"
)

// statement makes an OFX file of an account's n bookings, all its own.
func statement(account, n int) string {
	var b strings.Builder
	b.WriteString("OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n")
	fmt.Fprintf(&b, "<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>121000248<ACCTID>70000%05d<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\n", account)
	for i := range n {
		fmt.Fprintf(&b, "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202601%02d<TRNAMT>-%d.%02d<FITID>f%d<NAME>SHOP %d</STMTTRN>\n", 1+i%28, i, i%100, i, i%17)
	}
	b.WriteString("</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n")
	return b.String()
}
