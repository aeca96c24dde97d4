package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// Bounds of a question about a category.
const (
	// maxModelCategories keeps the prompt short enough for a small model.
	maxModelCategories = 60
	// maxSuggested is how many transactions one call files.
	maxSuggested = 50
	// categoryTokens is the longest answer: a category's name and a word.
	categoryTokens = 96
	// categoryPrompt is what one question takes in tokens at most, as the bounds
	// above and on names make it.
	categoryPrompt = 4096
	// maxExamples is how many merchants a prompt shows with their categories.
	maxExamples = 24
	// examplesPerCategory keeps a category with many merchants from being all that
	// is shown.
	examplesPerCategory = 2
	// categoryAttempts is what the bridge makes of one question at most.
	categoryAttempts = 3
)

type suggestArgs struct {
	IDs        []string `json:"ids" required:"true" items:"50" max:"40" doc:"transaction ids from another tool"`
	Categories []string `json:"categories" items:"60" max:"80" doc:"to choose from; default: those in use"`
	Method     string   `json:"method" enum:"history,model" default:"history" doc:"history: as the merchant was filed before, the model for the rest; model: the model for all"`
}

// suggestion is what the model thinks. It is never stored by itself.
type suggestion struct {
	ID         string `json:"id" class:"id"`
	Category   string `json:"category" class:"text"`
	Confidence string `json:"confidence" class:"enum"`
	By         string `json:"by,omitempty" class:"enum"` // history or model
}

func suggestCategories() *tool {
	t := define(Spec{
		Name:        "suggest_categories",
		Title:       "Suggest categories",
		Description: "The local model files transactions (at most 50 ids) under categories in use. Suggestions only: nothing is changed.",
	}, policy.Untrusted|policy.Private|policy.ModelOutput, suggest)
	t.needs, t.patience = modelNeeded, modelPatience
	t.cost = costs{tokens: maxSuggested * categoryAttempts * (categoryPrompt + categoryTokens)}
	return t
}

func suggest(ctx context.Context, r *run, a suggestArgs) (list[suggestion], error) {
	ids, more := cut(a.IDs, min(r.rows, maxSuggested))
	found, err := r.store.Get(ctx, r.at, r.scope, ids)
	if err != nil {
		return list[suggestion]{}, err
	}
	f, err := r.newFiling(ctx, a.Categories)
	if err != nil {
		return list[suggestion]{}, err
	}
	f.history = a.Method != "model"
	out := newList[suggestion](r, nil)
	for i, t := range found {
		r.report(int64(i), int64(len(found)), "transactions filed")
		// One transaction a prompt: then a memo that gives the model orders can
		// mislead it about its own row alone.
		s, err := f.file(ctx, r, t)
		if err != nil {
			return list[suggestion]{}, err
		}
		if s.Category == "" {
			out.Warnings = append(out.Warnings[:0], "the model gave no usable answer for some; they have no category here")
		}
		out.Items = append(out.Items, s)
		r.facts.seen(t.Account, t.Booked)
	}
	if len(found) < len(ids) {
		out.Warnings = append(out.Warnings, warnMissing)
	}
	out.Truncated = more
	return out, nil
}

// filing is one call's questions about categories: what they share.
type filing struct {
	categories []string // as they are shown to the model, clean
	schema     json.RawMessage
	system     string
	examples   []llm.Message
	history    bool // a merchant that was filed before is filed so again, without the model
}

// filed is the merchants of categories in use, for the prompt.
type filed struct {
	Merchant string `json:"merchant" class:"text"`
	Category string `json:"category" class:"text"`
}

type shownNames struct {
	Categories []string `json:"categories" class:"text"`
	Examples   []filed  `json:"examples"`
}

// newFiling reads the categories and a few merchants of each.
func (r *run) newFiling(ctx context.Context, chosen []string) (*filing, error) {
	names := shownNames{Categories: chosen, Examples: []filed{}}
	if len(chosen) == 0 {
		known, err := r.store.Categories(ctx, r.at, r.scope, "", maxModelCategories)
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			names.Categories = append(names.Categories, k.Name)
		}
	}
	if len(names.Categories) == 0 {
		return nil, invalid("categories", "name some to choose from; no transaction has one yet")
	}
	var err error
	if names.Examples, err = r.examples(ctx, names.Categories); err != nil {
		return nil, err
	}
	clean, err := r.clean(ctx, names)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(clean, &names); err != nil {
		return nil, err
	}
	return newFiling(names)
}

func newFiling(names shownNames) (*filing, error) {
	slices.Sort(names.Categories)
	names.Categories = slices.Compact(names.Categories)
	enum, err := json.Marshal(names.Categories)
	if err != nil {
		return nil, err
	}
	turns, err := exampleTurns(names.Examples)
	if err != nil {
		return nil, err
	}
	return &filing{
		categories: names.Categories,
		examples:   turns,
		schema: json.RawMessage(`{"type":"object","properties":{"category":{"type":"string","enum":` + string(enum) +
			`},"confidence":{"type":"string","enum":["low","medium","high"]}},"required":["category","confidence"],"additionalProperties":false}`),
		system: modelText + "File one transaction under one of these categories: " + string(enum) +
			". Answer with JSON only.",
	}, nil
}

// exampleTurns shows what is filed as turns of the conversation: even a model
// that hardly follows instructions follows examples.
func exampleTurns(list []filed) ([]llm.Message, error) {
	var turns []llm.Message
	for _, e := range list {
		question, err := json.Marshal(asked{Merchant: e.Merchant})
		if err != nil {
			return nil, err
		}
		answer, err := json.Marshal(suggested{Category: e.Category, Confidence: "high"})
		if err != nil {
			return nil, err
		}
		turns = append(turns, llm.Message{Role: "user", Content: string(question)}, llm.Message{Role: "assistant", Content: string(answer)})
	}
	return turns, nil
}

// suggested is an answer of the model.
type suggested struct {
	Category   string `json:"category"`
	Confidence string `json:"confidence"`
}

// examples are the merchants with most transactions of each category.
func (r *run) examples(ctx context.Context, categories []string) ([]filed, error) {
	to := r.today
	groups, err := r.store.Summarize(ctx, store.Summary{
		At: r.at, By: []store.Dimension{store.ByCategory, store.ByMerchant},
		Filter: store.Filter{From: to.AddDays(-maxSummaryDays + 1), To: to, Categories: categories, Scope: r.scope},
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(groups, func(a, b store.Group) int { return cmp.Compare(b.Count, a.Count) })
	list, of := []filed{}, map[string]int{}
	for _, g := range groups {
		if category, merchant := g.Keys[0], g.Keys[1]; category != "" && merchant != "" && of[category] < examplesPerCategory && len(list) < maxExamples {
			of[category]++
			list = append(list, filed{merchant, category})
		}
	}
	return list, nil
}

// asked is a transaction as the model sees it: nothing that identifies it.
type asked struct {
	Merchant     string `json:"merchant,omitempty" class:"text"`
	Description  string `json:"description,omitempty" class:"text"`
	Counterparty string `json:"counterparty,omitempty" class:"text"`
	Memo         string `json:"memo,omitempty" class:"text"`
	Amount       string `json:"amount,omitempty" class:"amount"`
	Direction    string `json:"direction,omitempty" class:"enum"`
}

// maxAskedText bounds each text of a transaction in a prompt, in characters.
const maxAskedText = 200

func short(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), maxAskedText)])
}

func (f *filing) file(ctx context.Context, r *run, t store.Transaction) (suggestion, error) {
	q := asked{
		Merchant: short(t.Merchant), Description: short(t.Description), Counterparty: short(t.Counterparty), Memo: short(t.Memo),
		Amount: t.Amount.Decimal() + " " + t.Amount.Currency, Direction: "out",
	}
	if t.Amount.Minor > 0 {
		q.Direction = "in"
	}
	s, err := f.question(ctx, r, t.Merchant, q)
	s.ID = t.ID
	return s, err
}

// question puts one question to the model. An answer that never met the schema
// is a suggestion without a category.
func (f *filing) question(ctx context.Context, r *run, merchant string, q asked) (suggestion, error) {
	near, before, err := r.near(ctx, merchant)
	if err != nil {
		return suggestion{}, err
	}
	if f.history && slices.Contains(f.categories, before) {
		return suggestion{Category: before, Confidence: "high", By: "history"}, nil
	}
	data, err := r.clean(ctx, q)
	if err != nil {
		return suggestion{}, err
	}
	messages := append([]llm.Message{{Role: "system", Content: f.system}}, f.examples...)
	messages = append(append(messages, near...), llm.Message{Role: "user", Content: string(data)})
	a, err := r.ask(ctx, llm.Request{Messages: messages, Schema: f.schema, MaxTokens: categoryTokens}, nil)
	if noAnswer(err) {
		return suggestion{Confidence: "none"}, nil
	}
	if err != nil {
		return suggestion{}, err
	}
	var s suggested
	if err := json.Unmarshal([]byte(a.Text), &s); err != nil || !slices.Contains(f.categories, s.Category) {
		return suggestion{Confidence: "none"}, nil // the bridge has checked it; a replay's answer comes from the record
	}
	return suggestion{Category: s.Category, Confidence: s.Confidence, By: "model"}, nil
}

// maxNear is how many merchants of a similar name a question shows.
const maxNear = 4

// near shows where merchants whose names begin with the same word are filed,
// and last where this one is, which is also returned.
func (r *run) near(ctx context.Context, merchant string) (turns []llm.Message, before string, err error) {
	words := strings.Fields(merchant)
	if len(words) == 0 {
		return nil, "", nil
	}
	similar, err := r.store.Merchants(ctx, r.at, r.scope, words[0], maxNear)
	if err != nil {
		return nil, "", err
	}
	names := []string{merchant}
	for _, s := range similar {
		names = append(names, s.Name)
	}
	groups, err := r.store.Summarize(ctx, store.Summary{
		At: r.at, By: []store.Dimension{store.ByCategory, store.ByMerchant},
		Filter: store.Filter{From: r.today.AddDays(-maxSummaryDays + 1), To: r.today, Merchants: names, Scope: r.scope},
	})
	if err != nil {
		return nil, "", err
	}
	clean, err := r.clean(ctx, shownNames{Categories: []string{}, Examples: mostFiled(groups, merchant)})
	if err != nil {
		return nil, "", err
	}
	var shown shownNames
	if err := json.Unmarshal(clean, &shown); err != nil {
		return nil, "", err
	}
	if n := len(shown.Examples); n > 0 && slices.ContainsFunc(groups, func(g store.Group) bool { return g.Keys[0] != "" && g.Keys[1] == merchant }) {
		before = shown.Examples[n-1].Category
	}
	turns, err = exampleTurns(shown.Examples)
	return turns, before, err
}

// mostFiled is each merchant with the category that most of its transactions
// have, in order of name, and the one asked about last.
func mostFiled(groups []store.Group, merchant string) []filed {
	most := map[string]store.Group{}
	for _, g := range groups {
		if g.Keys[0] != "" && g.Count > most[g.Keys[1]].Count {
			most[g.Keys[1]] = g
		}
	}
	list := []filed{}
	for _, name := range slices.Sorted(maps.Keys(most)) {
		if name != merchant {
			list = append(list, filed{short(name), most[name].Keys[0]})
		}
	}
	if g, ok := most[merchant]; ok {
		list = append(list, filed{short(merchant), g.Keys[0]})
	}
	return list
}

type classifyArgs struct {
	Merchant   string   `json:"merchant" required:"true" max:"200" doc:"as list_merchants has it"`
	Categories []string `json:"categories" items:"60" max:"80" doc:"to choose from; default: those in use"`
}

type classified struct {
	Merchant   string   `json:"merchant" class:"text"`
	Category   string   `json:"category" class:"text"`
	Confidence string   `json:"confidence" class:"enum"`
	AsOf       asOf     `json:"as_of" class:"count"`
	Warnings   []string `json:"warnings" class:"enum"`
}

func classifyMerchant() *tool {
	t := define(Spec{
		Name:        "classify_merchant",
		Title:       "Classify a merchant",
		Description: "The local model says which category in use a merchant's transactions belong to. A suggestion only.",
	}, policy.Untrusted|policy.Private|policy.ModelOutput, classifyOne)
	t.needs, t.patience = modelNeeded, modelPatience
	t.cost = costs{tokens: categoryAttempts * (categoryPrompt + categoryTokens)}
	return t
}

func classifyOne(ctx context.Context, r *run, a classifyArgs) (classified, error) {
	f, err := r.newFiling(ctx, a.Categories)
	if err != nil {
		return classified{}, err
	}
	s, err := f.question(ctx, r, a.Merchant, asked{Merchant: short(a.Merchant)})
	if err != nil {
		return classified{}, err
	}
	r.facts.seen("", 0)
	e := r.envelope()
	return classified{Merchant: a.Merchant, Category: s.Category, Confidence: s.Confidence, AsOf: e.AsOf, Warnings: e.Warnings}, nil
}
