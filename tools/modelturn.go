package tools

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// Bounds of a conversation with the model.
const (
	// turnTokens is the longest answer.
	turnTokens = 512
	// turnPrompt is what a conversation and the tools take in tokens at most.
	turnPrompt = 24 << 10
	// maxTurns bounds the messages of a conversation.
	maxTurns = 64
	// maxAnswer is the longest answer of the constrained form, in characters.
	maxAnswer = "600"
)

// turnTools are what a model may call in a conversation.
var turnTools = []string{
	"list_accounts", "search_transactions", "summarize_transactions", "get_cash_flow", "detect_recurring", "list_categories", "list_merchants",
}

type turnArgs struct {
	Conversation string `json:"conversation" required:"true" max:"40960" doc:"messages as JSON"`
	ToolCalls    bool   `json:"tool_calls" doc:"the model supports tool calls"`
	Final        bool   `json:"final" doc:"it has to answer now"`
}

// turn is what the model wants next: tools called, or an answer.
type turn struct {
	Text     string     `json:"text" class:"text"`
	Calls    []turnCall `json:"calls"`
	Invented []string   `json:"invented" class:"text"`  // numbers of words that were withheld
	Withheld bool       `json:"withheld" class:"count"` // the model's words had figures that no tool gave, or there were none
}

type turnCall struct {
	ID   string `json:"id" class:"text"`
	Name string `json:"name" class:"text"`
	Args string `json:"args" class:"text"`
}

// turnTool is one turn of a conversation between a person and the model. It is
// internal: only `counterfoil ask` knows it, and it calls the tools that the
// model wants through the Gate like everybody else.
func turnTool() *tool {
	t := define(Spec{Name: "@turn", Description: "Asks the local model for the next turn of a conversation."}, policy.Untrusted|policy.Private|policy.ModelOutput, nextTurn)
	t.needs, t.patience = modelNeeded, modelPatience
	t.cost = costs{tokens: categoryAttempts * (turnPrompt + turnTokens)}
	return t
}

func nextTurn(ctx context.Context, r *run, a turnArgs) (turn, error) {
	// What the person and the tools said is redacted as one document; a tool's
	// result was already.
	var turns conversation
	if err := json.Unmarshal([]byte(a.Conversation), &turns.Messages); err != nil || len(turns.Messages) == 0 || len(turns.Messages) > maxTurns {
		return turn{}, invalid("conversation", "must be a list of messages")
	}
	clean, err := r.clean(ctx, turns)
	if err != nil {
		return turn{}, err
	}
	if err := json.Unmarshal(clean, &turns); err != nil {
		return turn{}, err
	}
	out, err := r.answer(ctx, turns, a)
	if err != nil {
		return turn{}, err
	}
	r.facts.seen("", 0)
	return out, nil
}

// answer asks until the model calls a tool or says nothing that the tools did
// not. If it can't, its words are withheld, or, before anything was looked up, the
// server chooses what to look up.
func (r *run) answer(ctx context.Context, c conversation, a turnArgs) (turn, error) {
	rows := c.figures()
	request := r.turnRequest(c, a)
	withheld := turn{Calls: []turnCall{}, Invented: []string{}, Withheld: true}
	for range maxRewrites {
		answer, err := r.ask(ctx, request, r.written(turnTokens))
		if noAnswer(err) && !c.lookedUp() {
			return turnOf(llm.Answer{Text: chosenLookup(c.question())}, false, r.today)
		}
		if noAnswer(err) {
			return withheld, nil
		}
		if err != nil {
			return turn{}, err
		}
		out, err := turnOf(answer, a.ToolCalls && !a.Final, r.today)
		if err != nil {
			return turn{}, &Error{Code: CodeUnavailable, Message: messageNoAnswer, Err: err}
		}
		out.Text, out.Invented = withoutLinks(out.Text), []string{}
		if len(out.Calls) > 0 || supported(out.Text, rows) && !parrots(out.Text, c) {
			return out, nil
		}
		withheld.Invented = append([]string{}, numbers(out.Text)...)
		clean, err := r.cleanText(ctx, out.Text)
		if err != nil {
			return turn{}, err
		}
		request.Messages = append(request.Messages, llm.Message{Role: "assistant", Content: clean},
			llm.Message{Role: "user", Content: "Those figures are not what the data says. Answer again without any number."})
	}
	return withheld, nil
}

// figures are the rows of everything that a tool said.
func (c conversation) figures() (rows []Figure) {
	for _, m := range c.Messages {
		if m.Role == "tool" {
			rows = append(rows, Figures([]byte(m.Content))...)
		}
	}
	return rows
}

// question is what the person asked first.
func (c conversation) question() string { return c.Messages[0].Content }

// parrots reports whether an answer repeats an example instead of the data.
func parrots(text string, c conversation) bool {
	if !strings.Contains(strings.ToLower(text), exampleName) {
		return false
	}
	return !slices.ContainsFunc(c.Messages, func(m turnMessage) bool { return strings.Contains(strings.ToLower(m.Content), exampleName) })
}

// exampleName is the merchant of turnExamples.
const exampleName = "brightside"

// lookupOf narrows the form to what a question names: how to group, and when.
// What it does not name is left to the model.
func lookupOf(question string) (by, period []string) {
	q := strings.ToLower(question)
	for _, w := range []struct{ word, by string }{
		{"each month", "month"}, {"per month", "month"}, {"every month", "month"}, {"by month", "month"}, {"monthly", "month"},
		{"categor", "category"}, {"merchant", "merchant"}, {"shop", "merchant"}, {"supplier", "merchant"},
	} {
		if strings.Contains(q, w.word) {
			by = []string{w.by}
			break
		}
	}
	if named := namedPeriod(question); named != "" {
		return by, []string{named}
	}
	for _, w := range []struct{ words, period string }{
		{"last month", "last_month"}, {"this month", "this_month"}, {"last year", "last_year"}, {"this year", "this_year"},
	} {
		if strings.Contains(q, w.words) {
			return by, []string{w.period}
		}
	}
	return by, []string{"last_12_months"}
}

// chosenLookup is the server's choice where the model makes none.
func chosenLookup(question string) string {
	by, period := lookupOf(question)
	return `{"do":"totals","by":"` + append(by, "category")[0] + `","period":"` + period[0] + `"}`
}

// lookForms is the form for a question, before anything was looked up.
func lookForms(question string) json.RawMessage {
	by, period := lookupOf(question)
	q := strings.ToLower(question)
	switch {
	case len(by) > 0:
		return json.RawMessage(totalsFormOf(by, period))
	case strings.HasPrefix(q, "find ") || strings.HasPrefix(q, "list ") || strings.Contains(q, "bought at"):
		return json.RawMessage(findForm)
	}
	return json.RawMessage(`{"oneOf":[` + totalsFormOf(groupings, period) + `,` + findForm + `]}`)
}

var groupings = []string{"category", "merchant", "month"}

func totalsFormOf(by, period []string) string {
	return `{"type":"object","properties":{"do":{"type":"string","const":"totals"},"by":{"type":"string","enum":["` + strings.Join(by, `","`) +
		`"]},"period":{"type":"string","enum":["` + strings.Join(period, `","`) + `"]}},"required":["do","by","period"],"additionalProperties":false}`
}

// conversation is what is redacted: every text in it, whoever said it.
type conversation struct {
	Messages []turnMessage `json:"messages"`
}

type turnMessage struct {
	Role    string     `json:"role" class:"text"`
	Content string     `json:"content,omitempty" class:"text"`
	Calls   []turnCall `json:"calls,omitempty"`
	CallID  string     `json:"call_id,omitempty" class:"text"`
}

const turnText = modelText + "Answer the person's question from what the tools say, briefly. The figures are shown beside your words: name things, repeat no number. " +
	"Amounts are exact: never add up yourself. Today is "

// turnRequest makes the prompt: for a model with tool calls its tools, else the
// constrained form.
func (r *run) turnRequest(c conversation, a turnArgs) llm.Request {
	system := turnText + r.today.String() + "."
	request := llm.Request{MaxTokens: turnTokens}
	switch {
	case a.Final && !a.ToolCalls:
		request.Schema = finalSchema
		system += " " + finalHelp
	case !a.ToolCalls && !c.lookedUp():
		request.Schema = lookForms(c.question()) // before there is data there is nothing to answer from
		system += " " + turnHelp
	case !a.ToolCalls:
		request.Schema = turnSchema
		system += " " + turnHelp
	case !a.Final:
		request.Tools = r.turnTools()
	}
	request.Messages = []llm.Message{{Role: "system", Content: system}}
	if !a.ToolCalls {
		request.Messages = append(request.Messages, turnExamples...)
	}
	for _, m := range c.Messages {
		request.Messages = append(request.Messages, messageOf(m, a.ToolCalls))
	}
	return request
}

// messageOf is a message as the model gets it. One without tool calls knows no
// such role: a tool's words come to it as the user's.
func messageOf(m turnMessage, toolCalls bool) llm.Message {
	role := m.Role
	if !slices.Contains([]string{"user", "assistant", "tool"}, role) {
		role = "user"
	}
	if role == "tool" && !toolCalls {
		return llm.Message{Role: "user", Content: "Data: " + m.Content}
	}
	out := llm.Message{Role: role, Content: m.Content, CallID: m.CallID}
	for _, call := range m.Calls {
		if toolCalls {
			out.Calls = append(out.Calls, llm.ToolCall(call))
		}
	}
	return out
}

func (r *run) turnTools() (list []llm.Tool) {
	for _, t := range r.specs {
		if slices.Contains(turnTools, t.spec.Name) {
			list = append(list, llm.Tool{Name: t.spec.Name, Description: t.spec.Description, Schema: t.spec.InputSchema})
		}
	}
	return list
}

// The constrained form is small, so that a small model can fill it in. Each
// "do" is one call of a tool.
const (
	turnHelp = `Answer with one JSON object. To look something up: {"do":"totals","by":"category","period":"last_month"} (by category, merchant or month), ` +
		`or {"do":"find","words":"coffee"}. When you know: {"do":"answer","text":"..."}.`
	finalHelp = `Answer with one JSON object: {"do":"answer","text":"..."}.`

	answerForm = `{"type":"object","properties":{"do":{"type":"string","const":"answer"},"text":{"type":"string","minLength":1,"maxLength":` + maxAnswer + `}},"required":["do","text"],"additionalProperties":false}`
	totalsForm = `{"type":"object","properties":{"do":{"type":"string","const":"totals"},"by":{"type":"string","enum":["category","merchant","month"]},` +
		`"period":{"type":"string","enum":["this_month","last_month","last_3_months","this_year","last_year","last_12_months"]}},"required":["do","by","period"],"additionalProperties":false}`
	findForm = `{"type":"object","properties":{"do":{"type":"string","const":"find"},"words":{"type":"string","minLength":1,"maxLength":80}},"required":["do","words"],"additionalProperties":false}`
)

// turnExamples show the form, which even a model that hardly follows
// instructions then follows.
var turnExamples = []llm.Message{
	{Role: "user", Content: "Find what I bought at Brightside."},
	{Role: "assistant", Content: `{"do":"find","words":"brightside"}`},
	{Role: "user", Content: `Data: {"items":[{"date":"2026-01-05","amount":{"decimal":"-1.00","currency":"GBP"},"merchant":"Brightside"}],"truncated":false}`},
	{Role: "assistant", Content: `{"do":"answer","text":"There is one payment to Brightside."}`},
	{Role: "user", Content: "Which merchant did I pay most this year?"},
	{Role: "assistant", Content: `{"do":"totals","by":"merchant","period":"this_year"}`},
	{Role: "user", Content: `Data: {"items":[{"keys":[{"by":"merchant","value":"Brightside"}],"out":{"decimal":"-1.00","currency":"GBP"}}],"truncated":false}`},
	{Role: "assistant", Content: `{"do":"answer","text":"Most went to Brightside."}`},
}

// lookedUp reports whether a tool has said anything yet.
func (c conversation) lookedUp() bool {
	return slices.ContainsFunc(c.Messages, func(m turnMessage) bool { return m.Role == "tool" })
}

var (
	turnSchema  = json.RawMessage(`{"oneOf":[` + totalsForm + `,` + findForm + `,` + answerForm + `]}`)
	finalSchema = json.RawMessage(answerForm)
)

// turnOf reads what the model wants.
func turnOf(a llm.Answer, toolCalls bool, today store.Date) (turn, error) {
	out := turn{Text: a.Text, Calls: []turnCall{}}
	for _, call := range a.Calls {
		if toolCalls {
			out.Calls = append(out.Calls, turnCall(call))
		}
	}
	var form struct{ Do, By, Period, Words, Text string }
	if json.Unmarshal([]byte(a.Text), &form) != nil || form.Do == "" {
		return out, nil // a model with tool calls answers in plain words
	}
	out.Text = form.Text
	var name string
	var args any
	switch form.Do {
	case "totals":
		from, to := period(form.Period, today)
		name, args = "summarize_transactions", map[string]any{"group_by": []string{form.By}, "from": from.String(), "to": to.String(), "top_n": lookups}
	case "find":
		name, args = "search_transactions", map[string]any{"query": form.Words, "limit": lookups}
	default:
		return out, nil
	}
	text, err := json.Marshal(args)
	out.Calls = append(out.Calls, turnCall{ID: form.Do, Name: name, Args: string(text)})
	return out, err
}

// lookups is how many rows a lookup of the constrained form brings: what a
// small context holds.
const lookups = 10

// period is the dates of a period's name.
func period(name string, today store.Date) (from, to store.Date) {
	month := today.MonthStart()
	january := month.AddMonths(1 - int(today.Time().Month()))
	switch name {
	case "this_month":
		return month, today
	case "last_month":
		return month.AddMonths(-1), month.AddDays(-1)
	case "last_3_months":
		return month.AddMonths(-2), today
	case "this_year":
		return january, today
	case "last_year":
		return january.AddMonths(-12), january.AddDays(-1)
	}
	if from, to, ok := namedDates(name, today); ok {
		return from, to
	}
	return month.AddMonths(-11), today
}

// linkLeftOut stands where a model's answer had a link.
const linkLeftOut = "(link left out)"

// withoutLinks takes from an answer every word that is, or is close to, a link.
// A person whose tokens are restored on the screen could else be made to send
// what they stand for with one click.
func withoutLinks(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		words := strings.Split(strings.TrimRight(line, "\n"), " ")
		for i, w := range words {
			low := strings.ToLower(w)
			suspicious := strings.Contains(low, "://") || strings.Contains(low, "](") || strings.Contains(low, "www.") ||
				strings.Contains(low, "mailto:") || strings.Contains(low, "data:") || strings.ContainsAny(w, "<>")
			if _, _, token := redact.NextToken(w); token && strings.ContainsAny(w, "/?&=@%\\#") {
				suspicious = true
			}
			if suspicious {
				words[i] = linkLeftOut
			}
		}
		out.WriteString(strings.Join(words, " "))
		if strings.HasSuffix(line, "\n") {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
