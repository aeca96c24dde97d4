package tools

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// Bounds of what the model writes.
const (
	// maxWords is the longest explanation in characters.
	maxWords = 1200
	// wordTokens holds that many characters in any language's tokens.
	wordTokens = 512
	// explainGroups is how many groups the model is shown.
	explainGroups = 12
	// wordPrompt is what such a prompt takes in tokens at most.
	wordPrompt = 4096
	// maxRewrites is how often the model may try to do without invented numbers.
	maxRewrites = 3
)

type explainArgs struct {
	From     store.Date `json:"from" doc:"default: the first of eleven months ago"`
	To       store.Date `json:"to" doc:"default: today"`
	GroupBy  string     `json:"group_by" enum:"category,merchant" default:"category"`
	Question string     `json:"question" max:"300" doc:"what to look at"`
}

// explanation has its numbers from the server and its words from the model.
type explanation struct {
	Explanation string   `json:"explanation" class:"text"`
	Groups      []group  `json:"groups"`
	Totals      []totals `json:"totals"`
	From        string   `json:"from" class:"date"`
	To          string   `json:"to" class:"date"`
	AsOf        asOf     `json:"as_of" class:"count"`
	Warnings    []string `json:"warnings" class:"enum"`
}

const warnModel = "the explanation was written by a model from the numbers beside it: read those"

func explainSpending() *tool {
	t := define(Spec{
		Name:        "explain_spending",
		Title:       "Explain spending",
		Description: "The local model puts a summary of the period, by category or merchant, into words. The numbers are the server's, and words with any other number are rejected.",
	}, policy.Untrusted|policy.Private|policy.ModelOutput, explain)
	t.needs, t.patience = modelNeeded, modelPatience
	t.cost = costs{tokens: maxRewrites * categoryAttempts * (wordPrompt + wordTokens)}
	return t
}

func explain(ctx context.Context, r *run, a explainArgs) (explanation, error) {
	s, err := summarize(ctx, r, summarizeArgs{
		GroupBy: []string{a.GroupBy}, TopN: explainGroups,
		filterArgs: filterArgs{From: a.From, To: a.To, ExcludeTransfers: true},
	})
	if err != nil {
		return explanation{}, err
	}
	task := "Say in two to four sentences what the person spent most on. " + numberRule
	if a.Question != "" {
		question, err := r.cleanText(ctx, a.Question)
		if err != nil {
			return explanation{}, err
		}
		task = "Answer in two to four sentences, from the data alone: " + question + " " + numberRule
	}
	words, err := r.words(ctx, task, s)
	if err != nil {
		return explanation{}, err
	}
	e := r.envelope()
	e.Warnings = append(e.Warnings, warnModel, warnUntrusted)
	return explanation{
		Explanation: words, Groups: s.Items, Totals: s.Totals, From: s.From, To: s.To, AsOf: e.AsOf, Warnings: e.Warnings,
	}, nil
}

const numberRule = "Use no number that is not in the data, and calculate none."

var wordsSchema = json.RawMessage(`{"type":"object","properties":{"text":{"type":"string","minLength":1,"maxLength":1200}},"required":["text"],"additionalProperties":false}`)

// words has the model write about a summary, until it invents no number.
func (r *run) words(ctx context.Context, task string, s summary) (string, error) {
	shown := shownOf(s)
	data, err := r.clean(ctx, shown)
	if err != nil {
		return "", err
	}
	request := llm.Request{
		Messages:  []llm.Message{{Role: "system", Content: modelText + task + " Answer with JSON only."}, {Role: "user", Content: string(data)}},
		Schema:    wordsSchema,
		MaxTokens: wordTokens,
	}
	for range maxRewrites {
		a, err := r.ask(ctx, request, r.written(wordTokens))
		if err != nil {
			return "", err
		}
		var out struct{ Text string }
		if err := json.Unmarshal([]byte(a.Text), &out); err != nil {
			return "", &Error{Code: CodeUnavailable, Message: messageNoAnswer, Err: err}
		}
		if len(invented(out.Text, string(data))) == 0 {
			return withoutLinks(short1200(out.Text)), nil
		}
		request.Messages = append(request.Messages[:2:2],
			llm.Message{Role: "assistant", Content: a.Text},
			llm.Message{Role: "user", Content: "That has numbers that are not in the data. Write it again without any number."})
		if request.Messages, err = r.cleanTurns(ctx, request.Messages); err != nil {
			return "", err
		}
	}
	return "", &Error{Code: CodeUnavailable, Message: "the model kept inventing numbers, so its words are withheld; use summarize_transactions for the numbers"}
}

func short1200(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), maxWords)])
}

// cleanTurns redacts what the model said before it is handed to it again.
func (r *run) cleanTurns(ctx context.Context, turns []llm.Message) ([]llm.Message, error) {
	for i := range turns {
		if turns[i].Role != "assistant" {
			continue
		}
		text, err := r.cleanText(ctx, turns[i].Content)
		if err != nil {
			return nil, err
		}
		turns[i].Content = text
	}
	return turns, nil
}

// shownGroup is a group without what only a program needs.
type shownGroup struct {
	Name     string `json:"name" class:"text"`
	Spent    string `json:"spent" class:"amount"`
	Received string `json:"received" class:"amount"`
	Currency string `json:"currency" class:"enum"`
	Count    int64  `json:"transactions" class:"count"`
}

type shownSummary struct {
	From   string       `json:"from" class:"date"`
	To     string       `json:"to" class:"date"`
	Groups []shownGroup `json:"groups"`
	Total  []shownGroup `json:"total"`
}

func shownOf(s summary) shownSummary {
	out := shownSummary{From: s.From, To: s.To}
	for _, g := range s.Items {
		name := g.Keys[0].Value
		if name == "" {
			name = "not categorised"
		}
		out.Groups = append(out.Groups, shownOne(name, g.totals))
	}
	for _, t := range s.Totals {
		out.Total = append(out.Total, shownOne("everything", t))
	}
	return out
}

func shownOne(name string, t totals) shownGroup {
	return shownGroup{
		Name: short(name), Spent: strings.TrimPrefix(t.Out.Decimal, "-"), Received: t.In.Decimal, Currency: t.Out.Currency, Count: t.Count,
	}
}

// numberWords are those by which a number can be told without a digit. One to
// twelve are left out: they rarely are the number of anything here.
var numberWords = []string{
	"percent", "per cent", "hundred", "thousand", "million", "billion", "dozen", "half", "third", "quarter", "double", "triple", "twice",
	"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
}

// invented lists the numbers in words that do not stand in the data, in the
// order in which they occur. A number is compared by its value: 1,234.50 and
// 1234.5 are the same.
func invented(words, data string) []string {
	known := map[string]bool{}
	for _, n := range numbers(data) {
		known[n] = true
	}
	var list []string
	for _, n := range numbers(words) {
		if !known[n] {
			list = append(list, n)
		}
	}
	low, data := strings.ToLower(words), strings.ToLower(data)
	for _, w := range numberWords {
		if containsWord(low, w) && !containsWord(data, w) {
			list = append(list, w)
		}
	}
	if strings.Contains(words, "%") {
		list = append(list, "%")
	}
	return list
}

func containsWord(text, word string) bool {
	for rest := text; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		before, after := lastRune(rest[:i]), firstRune(rest[i+len(word):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return true
		}
		rest = rest[i+len(word):]
	}
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return ' '
}

func lastRune(s string) rune {
	runes := []rune(s)
	if len(runes) == 0 {
		return ' '
	}
	return runes[len(runes)-1]
}

// numbers lists the numbers in a text by value. Any digit of Unicode begins
// one; what is not ASCII never equals one of the data's.
func numbers(text string) []string {
	var list []string
	runes := []rune(text)
	for i := 0; i < len(runes); {
		if !unicode.IsNumber(runes[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(runes) && (unicode.IsNumber(runes[end]) || separates(runes, end)) {
			end++
		}
		list = append(list, valueOf(string(runes[i:end])))
		i = end
	}
	return list
}

// separates tells a comma or a point inside a number.
func separates(runes []rune, i int) bool {
	return (runes[i] == '.' || runes[i] == ',') && i+1 < len(runes) && unicode.IsNumber(runes[i+1])
}

// valueOf writes a number without grouping, leading and trailing zeros.
func valueOf(text string) string {
	text = strings.ReplaceAll(text, ",", "")
	whole, fraction, _ := strings.Cut(text, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

type draftArgs struct {
	From  store.Date `json:"from" doc:"default: the first of eleven months ago"`
	To    store.Date `json:"to" doc:"default: today"`
	Title string     `json:"title" max:"120"`
}

// draft is a report ready to be read, and to be handed to a tool that writes it.
type draft struct {
	Title    string   `json:"title" class:"text"`
	Markdown string   `json:"markdown" class:"text"`
	AsOf     asOf     `json:"as_of" class:"count"`
	Warnings []string `json:"warnings" class:"enum"`
}

func draftReport() *tool {
	t := define(Spec{
		Name:        "draft_report",
		Title:       "Draft a report",
		Description: "A spending report for a period in Markdown: the tables are the server's, the introduction the local model's. Nothing is written anywhere.",
	}, policy.Untrusted|policy.Private|policy.ModelOutput, drafted)
	t.needs, t.patience = modelNeeded, modelPatience
	t.cost = costs{tokens: maxRewrites * categoryAttempts * (wordPrompt + wordTokens)}
	return t
}

func drafted(ctx context.Context, r *run, a draftArgs) (draft, error) {
	s, err := summarize(ctx, r, summarizeArgs{
		GroupBy: []string{"category"}, TopN: explainGroups,
		filterArgs: filterArgs{From: a.From, To: a.To, ExcludeTransfers: true},
	})
	if err != nil {
		return draft{}, err
	}
	words, err := r.words(ctx, "Write the introduction of a spending report, two to four plain sentences, no headings and no links. "+numberRule, s)
	if err != nil {
		return draft{}, err
	}
	title := a.Title
	if title == "" {
		title = "Spending " + s.From + " to " + s.To
	}
	e := r.envelope()
	e.Warnings = append(e.Warnings, warnModel, warnUntrusted)
	return draft{Title: title, Markdown: markdown(plainWords(words), s), AsOf: e.AsOf, Warnings: e.Warnings}, nil
}

// plainWords takes from a model's words all by which Markdown could become a
// link, an image or a heading.
func plainWords(words string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune("[]()<>!#`|*_\\~", r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.NewReplacer("://", " ", "www.", " ").Replace(words))), " ")
}

// cell keeps a name inside its cell of a table, and from being anything else.
func cell(name string) string { return plainWords(name) }

func markdown(words string, s summary) string {
	var b strings.Builder
	b.WriteString(words + "\n\n## Totals\n\n| | spent | received | transactions |\n|---|---|---|---|\n")
	row := func(name string, t totals) {
		g := shownOne(name, t)
		b.WriteString("| " + cell(name) + " | " + g.Spent + " " + g.Currency + " | " + g.Received + " " + g.Currency + " | " + strconv.FormatInt(g.Count, 10) + " |\n")
	}
	for _, t := range s.Totals {
		row("everything", t)
	}
	b.WriteString("\n## By category\n\n| category | spent | received | transactions |\n|---|---|---|---|\n")
	for _, g := range s.Items {
		row(g.Keys[0].Value, g.totals)
	}
	return b.String()
}
