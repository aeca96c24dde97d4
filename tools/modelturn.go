package tools

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/policy"
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
	maxAnswer = "1500"
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
	Invented []string   `json:"invented" class:"text"` // numbers of Text that stand nowhere in the conversation
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
	t.needs, t.patience = needsModel, modelPatience
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
	request := r.turnRequest(turns, a)
	answer, err := r.ask(ctx, request, r.written(turnTokens))
	if err != nil {
		return turn{}, err
	}
	out, err := turnOf(answer, a.ToolCalls && !a.Final)
	if err != nil {
		return turn{}, &Error{Code: CodeUnavailable, Message: messageNoAnswer, Err: err}
	}
	out.Invented = invented(out.Text, string(clean))
	if out.Invented == nil {
		out.Invented = []string{}
	}
	r.facts.seen("", 0)
	return out, nil
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

const turnText = modelText + "Answer the person's question from what the tools say, briefly and with no number that they do not have. " +
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
	case !a.ToolCalls:
		request.Schema = turnSchema
		system += " " + turnHelp
	case !a.Final:
		request.Tools = r.turnTools()
	}
	request.Messages = []llm.Message{{Role: "system", Content: system}}
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
	turnHelp = `Answer with one JSON object. To look something up: {"do":"totals","by":"category","from":"2026-01-01","to":"2026-01-31"} (by category, merchant or month), ` +
		`or {"do":"find","words":"coffee"}. When you know: {"do":"answer","text":"..."}.`
	finalHelp = `Answer with one JSON object: {"do":"answer","text":"..."}.`

	answerForm = `{"type":"object","properties":{"do":{"type":"string","const":"answer"},"text":{"type":"string","minLength":1,"maxLength":` + maxAnswer + `}},"required":["do","text"],"additionalProperties":false}`
	totalsForm = `{"type":"object","properties":{"do":{"type":"string","const":"totals"},"by":{"type":"string","enum":["category","merchant","month"]},` +
		`"from":{"type":"string","minLength":10,"maxLength":10},"to":{"type":"string","minLength":10,"maxLength":10}},"required":["do","by","from","to"],"additionalProperties":false}`
	findForm = `{"type":"object","properties":{"do":{"type":"string","const":"find"},"words":{"type":"string","minLength":1,"maxLength":80}},"required":["do","words"],"additionalProperties":false}`
)

var (
	turnSchema  = json.RawMessage(`{"oneOf":[` + totalsForm + `,` + findForm + `,` + answerForm + `]}`)
	finalSchema = json.RawMessage(answerForm)
)

// turnOf reads what the model wants.
func turnOf(a llm.Answer, toolCalls bool) (turn, error) {
	out := turn{Text: a.Text, Calls: []turnCall{}}
	for _, call := range a.Calls {
		if toolCalls {
			out.Calls = append(out.Calls, turnCall(call))
		}
	}
	var form struct{ Do, By, From, To, Words, Text string }
	if json.Unmarshal([]byte(a.Text), &form) != nil || form.Do == "" {
		return out, nil // a model with tool calls answers in plain words
	}
	out.Text = form.Text
	var name string
	var args any
	switch form.Do {
	case "totals":
		name, args = "summarize_transactions", map[string]any{"group_by": []string{form.By}, "from": form.From, "to": form.To, "top_n": lookups}
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
