package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// testInside: what a query looks for inside of words is found in exactly the rows
// that have it there, in every order, as of every snapshot, with scopes and other
// words, in texts that were redacted, and when very many words have it.
func testInside(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(7, 8))
	texts := insideTexts(r)
	for n, some := range [][]string{texts[:40], texts[40:80], texts[80:]} {
		var all []store.Row
		for i, text := range some {
			account := pick(r, accounts)
			row := row("2026-01-01", fmt.Sprint(-1-i-1000*n), text)
			row.AccountKey = key("account", account)
			row.Transaction.Booked = randomDay(r)
			row.Transaction.Memo, row.Transaction.Merchant = pick(r, words), pick(r, merchants)
			all = append(all, row)
		}
		if _, err := s.Import(t.Context(), file(fmt.Sprint(n), accounts...), seq(all...), false); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Undo(t.Context(), 2, at); err != nil {
		t.Fatal(err)
	}
	redactInside(t, s)
	last := head(t, s)
	if last < 5 {
		t.Fatalf("%d batches", last)
	}
	for at := range last + 1 {
		held := rows(t, s, at, store.Filter{})
		for range 25 {
			checkInside(t, s, r, at, held)
		}
	}
}

// insideTexts are words glued to each other and to numbers, and codes that all have
// "xyz" in them.
func insideTexts(r *rand.Rand) (texts []string) {
	pieces := []string{"star", "bucks", "store", "TESCO", "bottle", "blue", "7", "123", "4", "é", "ref", "東京都", "москва", "ab", "SQ*", "-", " "}
	for range 120 {
		var text strings.Builder
		for range 1 + r.IntN(7) {
			text.WriteString(pick(r, pieces))
		}
		texts = append(texts, text.String())
	}
	for range 340 {
		texts = append(texts, fmt.Sprintf("c%cxyz%c%c%d", 'a'+rune(r.IntN(26)), 'a'+rune(r.IntN(26)), 'a'+rune(r.IntN(26)), r.IntN(9)))
	}
	return texts
}

// redactInside lets a redaction bring words that were not there.
func redactInside(t *testing.T, s store.Store) {
	clean := func(_, text string, _ int) (string, []store.Sealed, error) {
		return strings.ReplaceAll(text, "bottle", "TOKENmade99"), nil, nil
	}
	for after := ""; ; {
		got, err := s.Redact(t.Context(), store.Redaction{Epoch: 9, After: after, Limit: 200, At: at.Add(time.Hour), Text: clean})
		if err != nil {
			t.Fatal(err)
		}
		if after = got.Last; after == "" {
			return
		}
	}
}

// checkInside compares one search with what the rows that are held say.
func checkInside(t *testing.T, s store.Store, r *rand.Rand, at store.Snapshot, held []store.Transaction) {
	t.Helper()
	queries := []string{"*esco", "*star", "*tar", "*ucksst", "*store1", "*store123", "*bottle", "*BLUE", "*xyz", "*xyza", "*7star", "*refst", "*ref4", "*1234", "*москв", "*осква7",
		"*東京都", "*abst", "*made", "*ken9", "*kenmade9", "*tok", "*nothing", "*bucksé", "*zoë", "*coffe", "*ardp"}
	f := store.Filter{Query: pick(r, queries)}
	for r.IntN(3) == 0 {
		f.Query += " " + pick(r, append(queries, "tesco", "card", "co", "ref", "star"))
	}
	if len(held) > 0 && r.IntN(3) == 0 {
		f.Scope = &store.Predicate{Op: "eq", Field: "account", Values: []any{pick(r, held).Account}}
	}
	if r.IntN(4) == 0 {
		f.From, f.To = randomDay(r), randomDay(r)
	}
	var want []store.Transaction
	for i := range held {
		if hasInside(&held[i], f.Query) && (f.From == 0 || held[i].Booked >= f.From && held[i].Booked <= f.To) && f.Scope.Match(&held[i]) {
			want = append(want, held[i])
		}
	}
	what := fmt.Sprintf("at %d %s", at, describe(f))
	diff(t, what, rows(t, s, at, f), want)
	for _, sort := range []store.Sort{store.DateDesc, store.AmountAsc} {
		page, err := s.Search(t.Context(), store.Query{At: at, Filter: f, Sort: sort, Limit: 1000})
		if err != nil || len(page.Items) != len(want) || page.Next != nil {
			t.Errorf("%s by %s: %d rows, want %d, %v", what, sort, len(page.Items), len(want), err)
		}
	}
	groups, err := s.Summarize(t.Context(), store.Summary{At: at, Filter: f})
	count := int64(0)
	for _, g := range groups {
		count += g.Count
	}
	if err != nil || count != int64(len(want)) {
		t.Errorf("%s: %d rows in the total, want %d, %v", what, count, len(want), err)
	}
}

// hasInside is what a query says, in the plainest words.
func hasInside(tx *store.Transaction, query string) bool {
	parts := strings.Fields(store.Fold(query))
	have := tx.Words()
	for n, part := range parts {
		word, starred := strings.CutPrefix(part, "*")
		starred = starred && word != "1234" // which has no letters
		found := false
		for _, w := range have {
			switch {
			case starred:
				found = found || strings.Contains(w, word)
			case n == len(parts)-1:
				found = found || strings.HasPrefix(w, word)
			default:
				found = found || w == word
			}
		}
		if !found {
			return false
		}
	}
	return true
}
