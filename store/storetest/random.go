package storetest

import (
	"math/rand/v2"
	"strings"

	"github.com/counterfoil/counterfoil/store"
)

// vocabulary is small, so that things coincide.
var (
	words      = []string{"tesco", "TESCO", "tesla", "coffee", "Café", "card", "payment", "ref", "a1", "a12", "東京"}
	categories = []string{"", "food", "Food", "fun", "rent & bills", "été"}
	merchants  = []string{"", "Tesco", "tesco stores", "Zoë", "O'Neil", "100%"}
	currencies = []string{"GBP", "JPY", "KWD", "EUR"}
	accounts   = []string{"main", "other", "third"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func sentence(r *rand.Rand) string {
	var all []string
	for range r.IntN(4) {
		all = append(all, pick(r, words))
	}
	return strings.Join(all, pick(r, []string{" ", "*", ", "}))
}

func randomDay(r *rand.Rand) store.Date { return day("2025-12-20").AddDays(r.IntN(60)) }

// randomRow returns a row whose keys are its own.
func randomRow(r *rand.Rand, n int) store.Row {
	row := store.Row{AccountKey: key("account", pick(r, accounts)), SourceKind: "csv", ContentKey: key("content", n)}
	row.Transaction = store.Transaction{
		Booked: randomDay(r), Amount: store.Money{Minor: int64(r.IntN(4001) - 2000), Currency: pick(r, currencies)}, Status: store.Booked,
		Description: sentence(r), Memo: sentence(r), Counterparty: sentence(r), Merchant: pick(r, merchants), Category: pick(r, categories),
		MCC: pick(r, []string{"", "5411"}), Transfer: r.IntN(8) == 0,
	}
	if r.IntN(3) == 0 {
		row.Transaction.Amount.Minor = int64(r.IntN(5) * 100) // amounts that tie
	}
	if r.IntN(6) == 0 {
		row.Transaction.Status = store.Pending
	}
	return row
}
