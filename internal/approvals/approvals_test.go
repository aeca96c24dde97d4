package approvals

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/counterfoil/counterfoil/internal/seal"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func binding(c string) string { return strings.Repeat(c, 64) }

// desk is a folder with the operator's and a stranger's key.
type desk struct {
	*Folder
	operator, stranger note.Signer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	data := t.TempDir()
	if err := seal.Create(data); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenKeyring(data, "")
	if err != nil {
		t.Fatal(err)
	}
	operator, verifier := newKey(t)
	stranger, _ := newKey(t)
	f, err := Open(filepath.Join(data, "approvals"), keys, verifier)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{f, operator, stranger}
}

func newKey(t *testing.T) (note.Signer, string) {
	t.Helper()
	private, public, err := note.GenerateKey(nil, "test/operator")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return s, public
}

func (d *desk) ask(t *testing.T, b string) Request {
	t.Helper()
	r, err := d.Ask(Request{Binding: b, Principal: "agent", Tool: "t", Args: `{"secret":"words"}`}, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) take(t *testing.T, b string, at time.Time) Answer {
	t.Helper()
	_, a, err := d.Take(b, at)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnswerFitsOneRequestOnce(t *testing.T) {
	d := newDesk(t)
	r := d.ask(t, binding("a"))
	if again := d.ask(t, binding("a")); again.ID != r.ID {
		t.Errorf("asking again opened another request")
	}
	if a := d.take(t, binding("a"), now); a != None {
		t.Errorf("before any answer: %q", a)
	}
	if _, err := d.Give(r.ID, Approve, d.operator, now); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Give(r.ID, Deny, d.operator, now); !errors.Is(err, ErrAnswered) {
		t.Errorf("answering twice: %v", err)
	}
	if a := d.take(t, binding("b"), now); a != None {
		t.Errorf("another binding got %q", a)
	}
	if a := d.take(t, binding("a"), now); a != Approve {
		t.Errorf("got %q, want approve", a)
	}
	if a := d.take(t, binding("a"), now); a != None {
		t.Errorf("used twice: %q", a)
	}
	if next := d.ask(t, binding("a")); next.ID == r.ID {
		t.Error("a used request came back")
	}
}

func TestOnlyTheOperatorAnswers(t *testing.T) {
	d := newDesk(t)
	r := d.ask(t, binding("a"))
	if _, err := d.Give(r.ID, Approve, d.stranger, now); !errors.Is(err, ErrSignature) {
		t.Errorf("a stranger's key answered: %v", err)
	}
	forge := func(text string, s note.Signer) {
		msg, err := note.Sign(&note.Note{Text: text}, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(string(d.files.(local)), r.ID+".answer"), msg, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	longer := r
	longer.Expires = r.Expires.Add(time.Hour)
	other := r
	other.Binding = binding("b")
	for name, put := range map[string]func(){
		"stranger":        func() { forge(answerText(r, Approve), d.stranger) },
		"other binding":   func() { forge(answerText(other, Approve), d.operator) },
		"longer lifetime": func() { forge(answerText(longer, Approve), d.operator) },
		"other word":      func() { forge(answerText(r, "approve!"), d.operator) },
	} {
		put()
		if _, a, err := d.Take(binding("a"), now); !errors.Is(err, ErrSignature) || a != None {
			t.Errorf("%s: answer %q, error %v", name, a, err)
		}
	}
}

func TestRequestsExpire(t *testing.T) {
	d := newDesk(t)
	r := d.ask(t, binding("a"))
	if _, err := d.Give(r.ID, Approve, d.operator, now); err != nil {
		t.Fatal(err)
	}
	if a := d.take(t, binding("a"), now.Add(Lifetime)); a != None {
		t.Errorf("an expired request gave %q", a)
	}
	if _, err := d.Find(r.ID, now.Add(Lifetime)); !errors.Is(err, ErrNotFound) {
		t.Errorf("an expired request is found: %v", err)
	}
}

func TestOneOfManyTakes(t *testing.T) {
	d := newDesk(t)
	r := d.ask(t, binding("a"))
	if _, err := d.Give(r.ID, Approve, d.operator, now); err != nil {
		t.Fatal(err)
	}
	var got atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, a, err := d.Take(binding("a"), now); err == nil && a == Approve {
				got.Add(1)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("%d of 16 took the same answer", got.Load())
	}
}

func TestFolderIsBoundedAndSealed(t *testing.T) {
	d := newDesk(t)
	for i := range MaxOpen {
		b := strings.Repeat("0", 61) + strings.Repeat("0", 3-len(hex(i))) + hex(i)
		d.ask(t, b)
	}
	if _, err := d.Ask(Request{Binding: binding("f")}, now); !errors.Is(err, ErrFull) {
		t.Errorf("request %d: %v", MaxOpen+1, err)
	}
	entries, err := os.ReadDir(string(d.files.(local)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(string(d.files.(local)), e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "words") {
			t.Fatalf("%s holds the arguments in clear", e.Name())
		}
	}
}

func hex(i int) string {
	const digits = "0123456789abcdef"
	if i < 16 {
		return digits[i : i+1]
	}
	return hex(i/16) + digits[i%16:i%16+1]
}
