package ingest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCAMTSamples reads messages of all three kinds and many versions.
func TestCAMTSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/camt/*.xml")
	if err != nil || len(files) < 18 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			m := &memory{}
			r := mustImport(t, m, Path(f), Options{})
			golden(t, f[:len(f)-4]+".golden", describe(m, r))
			if again := mustImport(t, m, Path(f), Options{}); again.Added != 0 {
				t.Errorf("again: %d added", again.Added)
			}
		})
	}
}

// TestCAMTBatch imports an entry of thousands of transactions, whose texts are
// together longer than a text may be.
func TestCAMTBatch(t *testing.T) {
	var details strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&details, "<TxDtls><RmtInf><Ustrd>Invoice %d</Ustrd></RmtInf></TxDtls>", i)
	}
	m := &memory{}
	mustImport(t, m, camtFile(`<Ntry><Amt Ccy="GBP">3000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2025-12-01</Dt></BookgDt><NtryDtls>`+details.String()+`</NtryDtls></Ntry>`), Options{})
	if len(m.rows) != 1 || m.rows[0].Transaction.Amount.Minor != -300000 || !strings.HasPrefix(m.rows[0].Transaction.Description, "Invoice 0 · Invoice 1 · ") {
		t.Errorf("%+v", m.rows)
	}
}
