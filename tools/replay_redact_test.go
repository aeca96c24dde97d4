package tools

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// importKnown commits an account whose number has no check digit, so that only
// a known value finds it in text.
func (r *rig) importKnown(t *testing.T, number string) {
	t.Helper()
	key := TokenKey(r.cfg.Keys)
	print, err := redact.Fingerprint(key, redact.Account, number)
	if err != nil {
		t.Fatal(err)
	}
	im := store.Import{Source: "new.csv", Format: "csv", At: testNow, Accounts: []store.NewAccount{{
		Key: []byte("new account"), Name: "New", Kind: "checking", Currency: "GBP", Token: redact.TokenOf(key, redact.Account, number), Fingerprints: [][]byte{print},
	}}}
	if _, err := r.store.Import(t.Context(), im, func(func(store.Row, error) bool) {}, false); err != nil {
		t.Fatal(err)
	}
}

// importText commits one booking with this text.
func (r *rig) importText(t *testing.T, text string) {
	t.Helper()
	rows := func(yield func(store.Row, error) bool) {
		yield(store.Row{AccountKey: []byte("k1"), ContentKey: []byte(text), SourceKind: "csv", Transaction: store.Transaction{
			Booked: store.NewDate(2026, 11, 20), Amount: store.Money{Minor: -1, Currency: "GBP"}, Status: store.Booked, Description: text,
		}}, nil)
	}
	im := store.Import{Source: "text.csv", Format: "csv", At: testNow, Accounts: []store.NewAccount{{Key: []byte("k1"), Name: "Everyday", Kind: "checking", Currency: "GBP"}}}
	if _, err := r.store.Import(t.Context(), im, rows, false); err != nil {
		t.Fatal(err)
	}
}

// TestReplayRedactsAsTheCall: a value that the store learns later is redacted
// from then on, and neither it nor a redaction of what is stored changes the
// replay of a call that came before.
func TestReplayRedactsAsTheCall(t *testing.T) {
	const number = "90817265"
	const query = `{"query":"jumble"}`
	r := newRig(t)
	r.importText(t, "jumble sale "+number)
	mustHave(t, r.call(t, alice, "search_transactions", query).Document, number)
	r.importKnown(t, number)
	mustLack(t, r.call(t, alice, "search_transactions", query).Document, number)
	redaction := store.Redaction{Epoch: 1, Limit: store.MaxPage, At: testNow, Text: func(_, text string, _ int) (string, []store.Sealed, error) {
		return strings.ReplaceAll(text, number, "ACCT-gone"), nil, nil
	}}
	if done, err := r.store.Redact(t.Context(), redaction); err != nil || done.Batch.Added != 1 {
		t.Fatal(done, err)
	}
	mustHave(t, r.call(t, alice, "search_transactions", query).Document, "ACCT-gone")
	all := r.replayAll(t)
	if len(all) != 3 {
		t.Fatalf("%d calls, want 3", len(all))
	}
	for _, got := range all {
		if got.Verdict != Identical {
			t.Errorf("%+v", got)
		}
	}
}

// TestReplayUnderAnotherRedactor: what another redactor, by its settings or its
// version, makes of a call is compared, and where it makes something else, that is
// the reason.
func TestReplayUnderAnotherRedactor(t *testing.T) {
	r := newRig(t)
	r.importText(t, "jumble sale")
	r.importText(t, "jumble to DE89370400440532013000")
	for _, query := range []string{`{"query":"sale"}`, `{"query":"jumble"}`} {
		r.call(t, alice, "search_transactions", query)
	}
	r.cfg.Epoch++
	r.cfg.Actions = map[redact.Entity]redact.Action{redact.IBAN: redact.Drop}
	changed, err := New(t.Context(), r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Gate = changed
	all := r.replayAll(t)
	if len(all) != 2 || all[0].Verdict != Identical || all[1].Verdict != NotReplayable || all[1].Why != whyRedaction {
		t.Errorf("under other settings: %+v", all)
	}
}

// TestTokenIsFoundByToken: a search for a token finds the text that holds it,
// and no argument is restored for that.
func TestTokenIsFoundByToken(t *testing.T) {
	r := newRig(t)
	token := redact.TokenOf(TokenKey(r.cfg.Keys), redact.Account, "90817265")
	r.importText(t, "transfer to "+token)
	found := decodeItems(t, r.call(t, alice, "search_transactions", `{"query":"`+token+`"}`))
	if len(found) != 1 {
		t.Errorf("found %v", found)
	}
}
