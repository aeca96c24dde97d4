package ingest

import (
	"fmt"
	"io"
)

// generated is an endless-looking statement: a head, rows made by a function,
// and a tail, read from nothing but a counter.
type generated struct {
	head, tail string
	rows       int
	row        func(i int) string

	next int
	rest string
}

func (g *generated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if g.rest == "" {
			switch {
			case g.next == 0:
				g.rest = g.head
			case g.next <= g.rows:
				g.rest = g.row(g.next - 1)
			case g.next == g.rows+1:
				g.rest = g.tail
			default:
				if n == 0 {
					return 0, io.EOF
				}
				return n, nil
			}
			g.next++
		}
		c := copy(p[n:], g.rest)
		n += c
		g.rest = g.rest[c:]
	}
	return n, nil
}

// Close implements io.Closer.
func (g *generated) Close() error { return nil }

// makers generate a statement of so many rows in each format.
var makers = map[string]func(rows int) *generated{
	"csv": func(rows int) *generated {
		return &generated{rows: rows,
			head: "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance\n",
			row: func(i int) string {
				return fmt.Sprintf("%02d/%02d/%d,DEB,'30-00-01,12345678,\"SHOP %d, LONDON GB\",%d.%02d,,\n", i%28+1, i/28%12+1, 1990+i/336%35, i%5000, i%900, i%100)
			}}
	},
	"ofx": func(rows int) *generated {
		return &generated{rows: rows,
			head: "OFXHEADER:100\nDATA:OFXSGML\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP<BANKACCTFROM><BANKID>300001<ACCTID>12345678<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\n",
			row: func(i int) string {
				return fmt.Sprintf("<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>%d%02d%02d120000\n<TRNAMT>-%d.%02d\n<FITID>%012d\n<NAME>SHOP %d\n<MEMO>CARD PAYMENT LONDON GB\n</STMTTRN>\n", 1990+i/336%35, i/28%12+1, i%28+1, i%900, i%100, i, i%5000)
			},
			tail: "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"}
	},
	"camt": func(rows int) *generated {
		return &generated{rows: rows,
			head: `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>` + "\n",
			row: func(i int) string {
				return fmt.Sprintf("<Ntry><Amt Ccy=\"GBP\">%d.%02d</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%d-%02d-%02d</Dt></BookgDt><AcctSvcrRef>R%012d</AcctSvcrRef>"+
					"<NtryDtls><TxDtls><RltdPties><Cdtr><Pty><Nm>SHOP %d</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>Invoice %d</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n",
					i%900, i%100, 1990+i/336%35, i/28%12+1, i%28+1, i, i%5000, i)
			},
			tail: "</Stmt></BkToCstmrStmt></Document>\n"}
	},
	"mt940": func(rows int) *generated {
		return &generated{rows: rows,
			head: ":20:STARTUMS\n:25:50880050/0194777100888\n:28C:1/1\n:60F:C900101EUR100,00\n",
			row: func(i int) string {
				return fmt.Sprintf(":61:%02d%02d%02dD%d,%02dNTRFNONREF//%016d\n:86:166?00GUTSCHRIFT?100399?20SVWZ+Rechnung %d?30PBNKDEFF100?32SHOP %d\n", i/336%35, i/28%12+1, i%28+1, i%900, i%100, i, i, i%5000)
			},
			tail: ":62F:C250101EUR100,00\n-\n"}
	},
	"qif": func(rows int) *generated {
		return &generated{rows: rows,
			head: "!Type:Bank\n",
			row: func(i int) string {
				return fmt.Sprintf("D%d-%02d-%02d\nT-%d.%02d\nPSHOP %d\nMcard payment %d\nLFood\n^\n", 1990+i/336%35, i/28%12+1, i%28+1, i%900, i%100, i%5000, i)
			}}
	},
}

func generatedInput(format string, rows int) Input {
	return Input{Name: "generated." + format, Open: func() (io.ReadCloser, error) { return makers[format](rows), nil }}
}
