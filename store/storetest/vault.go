package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// testSealed: what a token stands for is kept once for each subject, also for
// rows that are held already and without a batch of its own; a token of two
// values gives neither; an undo forgets nothing.
func testSealed(t *testing.T, s store.Store) {
	value := func(token, subject, value string) store.Sealed {
		return store.Sealed{Token: token, Subject: subject, Value: []byte("sealed " + value), Proof: []byte(value)}
	}
	put := func(name string, want int64, values ...store.Sealed) {
		t.Helper()
		one := row("2026-01-01", "-1", "a")
		one.Sealed = values
		done, err := s.Import(t.Context(), file(name, "main"), seq(one), false)
		if err != nil || done.Collisions != want {
			t.Errorf("%s: %+v, %v; want %d collisions", name, done, err, want)
		}
	}
	im := file("account", "main")
	im.Accounts[0].Token, im.Accounts[0].Sealed = "ACCT_A", []store.Sealed{value("ACCT_A", "", "1")}
	if _, err := s.Import(t.Context(), im, seq(row("2026-01-01", "-1", "a")), false); err != nil {
		t.Fatal(err)
	}
	put("row that is held", 0, value("ACCT_A", "anna", "1"), value("CARD_B", "", "2"))
	put("the same again", 0, value("CARD_B", "", "2"))
	if head(t, s) != 1 {
		t.Errorf("values alone made batches: %d", head(t, s))
	}
	again := file("dry", "main")
	again.Accounts[0].Sealed = []store.Sealed{value("CARD_DRY", "", "3")}
	if _, err := s.Import(t.Context(), again, seq(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Undo(t.Context(), 1, at); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string][]store.Sealed{
		"ACCT_A": {value("ACCT_A", "", "1"), value("ACCT_A", "anna", "1")}, "CARD_B": {value("CARD_B", "", "2")},
	} {
		got, err := s.Sealed(t.Context(), token)
		if err != nil {
			t.Error(err)
		}
		diff(t, token, got, want)
	}
	for _, token := range []string{"ACCT_B", "acct_a", "CARD_DRY", "", "CARD_B\x00"} {
		if _, err := s.Sealed(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("token %q gives %v", token, err)
		}
	}
	put("a collision", 1, value("CARD_B", "ben", "other"))
	if got, err := s.Sealed(t.Context(), "CARD_B"); !errors.Is(err, store.ErrConflict) || got != nil {
		t.Errorf("a token of two values gives %v, %v", got, err)
	}
	for _, bad := range []store.Sealed{{}, {Token: "X", Value: []byte("v")}, {Token: "X", Proof: []byte("p")}} {
		one := row("2026-01-02", "-1", "b")
		one.Sealed = []store.Sealed{bad}
		if _, err := s.Import(t.Context(), file("bad", "main"), seq(one), false); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// testReseal: steps go through every value once, in order, each as a whole, and
// bring no batch.
func testReseal(t *testing.T, s store.Store) {
	im := file("vault", "main")
	one := row("2026-01-01", "-1", "a")
	for _, name := range []string{"CARD_C", "ACCT_A", "CARD_B"} {
		for _, subject := range []string{"", "anna"} {
			one.Sealed = append(one.Sealed, store.Sealed{Token: name, Subject: subject, Value: []byte("old " + name + subject), Proof: []byte(name)})
		}
	}
	if _, err := s.Import(t.Context(), im, seq(one), false); err != nil {
		t.Fatal(err)
	}
	var seen []string
	anew := func(v *store.Sealed) ([]byte, error) {
		seen = append(seen, v.Token+"/"+v.Subject+"/"+string(v.Value))
		return []byte(strings.Replace(string(v.Value), "old", "new", 1)), nil
	}
	failed := errors.New("no")
	calls := 0
	if _, err := s.Reseal(t.Context(), store.Sealed{}, 4, func(v *store.Sealed) ([]byte, error) {
		if calls++; calls == 3 {
			return nil, failed
		}
		return []byte("half"), nil
	}); !errors.Is(err, failed) {
		t.Errorf("a step that failed: %v", err)
	}
	if _, err := s.Reseal(t.Context(), store.Sealed{}, 4, func(*store.Sealed) ([]byte, error) { return nil, nil }); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("an empty value: %v", err)
	}
	if _, err := s.Reseal(t.Context(), store.Sealed{}, 0, anew); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no limit: %v", err)
	}
	var after store.Sealed
	for _, want := range []store.Resealed{{Examined: 4, Changed: 4}, {Examined: 2, Changed: 2}, {}} {
		done, err := s.Reseal(t.Context(), after, 4, anew)
		if err != nil || done.Examined != want.Examined || done.Changed != want.Changed {
			t.Fatalf("step: %+v, %v, want %+v", done, err, want)
		}
		after = done.Last
	}
	diff(t, "seen", seen, []string{
		"ACCT_A//old ACCT_A", "ACCT_A/anna/old ACCT_Aanna", "CARD_B//old CARD_B", "CARD_B/anna/old CARD_Banna", "CARD_C//old CARD_C", "CARD_C/anna/old CARD_Canna",
	})
	if done, err := s.Reseal(t.Context(), store.Sealed{}, 10, anew); err != nil || done.Examined != 6 || done.Changed != 0 {
		t.Errorf("again: %+v, %v", done, err)
	}
	got, err := s.Sealed(t.Context(), "CARD_B")
	if err != nil || len(got) != 2 || string(got[1].Value) != "new CARD_Banna" {
		t.Errorf("%+v, %v", got, err)
	}
	if head(t, s) != 1 {
		t.Errorf("it made a batch: %d", head(t, s))
	}
}
