package talk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/tools"
)

// summary is what a tool says of coffee.
const summary = `{"items":[{"keys":[{"name":"category","value":"Coffee"}],"net":{"minor":-1250,"currency":"GBP","decimal":"-12.50"},"count":3,"id":"tx_aaaaaaaaaaaaaaaa"}]}`

// lookUp is a turn that calls a tool.
const lookUp = `{"calls":[{"id":"1","name":"summarize_transactions","args":"{}"}]}`

// TestTurns: the model answers, looks something up, or fails to, and what it
// looked up is named under whatever is said in the end.
func TestTurns(t *testing.T) {
	for _, tt := range []struct {
		name    string
		turns   []string // the last one is repeated
		want    string
		by      string
		records int
		made    int // turns
	}{
		{"an answer", []string{`{"text":"Hello."}`}, "Hello.", "model", 0, 1},
		{"after a look", []string{lookUp, `{"text":"12.50 on coffee."}`}, "12.50 on coffee.", "model", 1, 2},
		{"withheld", []string{lookUp, `{"text":"13 on coffee.","withheld":true}`}, "The local model gave no answer that agrees with", "server", 1, 2},
		{"nothing", []string{`{"text":" "}`}, "The local model gave no usable answer, and looked nothing up.", "server", 0, 1},
		{"without end", []string{lookUp}, "The local model gave no answer that agrees with", "server", maxAskTurns, maxAskTurns},
		{"an internal tool", []string{`{"calls":[{"id":"1","name":"@turn","args":"{}"}]}`, `{"text":"No."}`}, "No.", "model", 0, 2},
	} {
		k := &Conversation{Trace: func(string, ...any) {}}
		finals := 0
		k.Call = func(_ context.Context, tool string, args []byte) (folder.Called, error) {
			if tool != "@turn" {
				return folder.Called{Result: json.RawMessage(summary)}, nil
			}
			var asked struct{ Final bool }
			if err := json.Unmarshal(args, &asked); err != nil {
				t.Fatal(err)
			}
			if asked.Final {
				finals++
			}
			turn := tt.turns[0]
			if len(tt.turns) > 1 {
				tt.turns = tt.turns[1:]
			}
			return folder.Called{Result: json.RawMessage(turn)}, nil
		}
		out, err := k.Ask(t.Context(), "What on coffee?")
		if err != nil || !strings.HasPrefix(out.Answer, tt.want) || out.By != tt.by || out.Turns != tt.made || len(out.Receipts) != tt.records {
			t.Errorf("%s: %+v, %v", tt.name, out, err)
		}
		if got := len(out.Figures) > 0 && len(out.Transactions) == 1; got != (tt.records > 0) {
			t.Errorf("%s: figures %q of %q", tt.name, out.Figures, out.Transactions)
		}
		if (finals == 1) != (tt.made == maxAskTurns) {
			t.Errorf("%s: the model was told %d times that it has to answer", tt.name, finals)
		}
	}
}

// TestRefusedTurn: a model that is not there is the error, unless something was
// looked up before.
func TestRefusedTurn(t *testing.T) {
	gone := folder.Called{Error: &folder.CalledError{Code: tools.CodeUnavailable, Message: "the model is away"}}
	k := &Conversation{Trace: func(string, ...any) {}, Call: func(context.Context, string, []byte) (folder.Called, error) { return gone, nil }}
	var refused *tools.Error
	if _, err := k.Ask(t.Context(), "?"); !errors.As(err, &refused) || exit.Classify(err, false, true).Code != exit.Unavailable {
		t.Errorf("got %v", err)
	}
	turns := 0
	k.Call = func(_ context.Context, tool string, _ []byte) (folder.Called, error) {
		if tool != "@turn" {
			return folder.Called{Result: json.RawMessage(summary)}, nil
		}
		if turns++; turns > 1 {
			return gone, nil
		}
		return folder.Called{Result: json.RawMessage(lookUp)}, nil
	}
	if out, err := k.Ask(t.Context(), "?"); err != nil || out.By != "server" || len(out.Figures) == 0 {
		t.Errorf("got %+v, %v", out, err)
	}
}

// TestShortened: what is too long for the model is cut by whole rows, and of a long
// conversation the oldest results are left out.
func TestShortened(t *testing.T) {
	rows := `{"items":[` + strings.TrimSuffix(strings.Repeat(`{"id":"x"},`, 100), ",") + `]}`
	var doc struct {
		Items     []any
		Truncated bool
	}
	if got := cutText(rows, 200); len(got) > 200 || json.Unmarshal([]byte(got), &doc) != nil || !doc.Truncated || len(doc.Items) == 0 {
		t.Errorf("cut to %s", got)
	}
	if got := cutText("ééé", 3); got != "é (cut)" {
		t.Errorf("cut to %q", got)
	}
	long := strings.Repeat("x", maxConversation)
	k := &Conversation{said: []utterance{{Role: "user", Content: "?"}, {Role: "tool", Content: long}, {Role: "tool", Content: "new"}}}
	k.shorten()
	if k.said[0].Content != "?" || k.said[1].Content != "(left out)" || k.said[2].Content != "new" {
		t.Errorf("left %+v", k.said)
	}
}
