package column

import (
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/entity"
)

// TestHeadOf: what the head of a column says of its cells.
func TestHeadOf(t *testing.T) {
	for head, want := range map[string]entity.Kind{
		"Account Number": entity.Account, "IBAN": entity.Account, "card_number": entity.Card, "SSN": entity.National, "Konto": entity.Account,
		"Account Name": "", "Balance": "", "Date": "", "Description": "",
	} {
		got := entity.Kind("")
		if k := HeadOf([]byte(head)); k != 0 {
			got = k.Entity()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", head, got, want)
		}
	}
}
