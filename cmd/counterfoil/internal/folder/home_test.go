package folder

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
)

// samples are statements of real banks.
const samples = "../../../../ingest/testdata/"

// statement is an OFX file of an account's three bookings.
const statement = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n" +
	"<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>121000248<ACCTID>7000000001<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\n" +
	"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260101<TRNAMT>-0.00<FITID>f0<NAME>SHOP 0</STMTTRN>\n" +
	"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260102<TRNAMT>-1.01<FITID>f1<NAME>SHOP 1</STMTTRN>\n" +
	"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260103<TRNAMT>-2.02<FITID>f2<NAME>SHOP 2</STMTTRN>\n" +
	"</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"

// newHome sets up a data folder and returns where it is, and what is said.
func newHome(t *testing.T) (*home.Home, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	h := &home.Home{
		UI:      console.UI{Out: &bytes.Buffer{}, Err: said},
		DataDir: filepath.Join(t.TempDir(), "data"),
		Now:     func() time.Time { return time.Now().UTC() },
	}
	if err := h.Resolve(); err != nil {
		t.Fatal(err)
	}
	if err := setup.Init(t.Context(), h, setup.Postgres{}, ""); err != nil {
		t.Fatal(err)
	}
	return h, said
}

// edit replaces a text in a file, which has to be there.
func edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, replacement, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkRefusal makes sure that a peer that is another user is refused on record.
func checkRefusal(t *testing.T, dir string) {
	t.Helper()
	r, err := audit.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Record.Reason == "bad_peer" {
			return
		}
	}
	t.Error("the refusal is not on record")
}
