//go:build conformance

package mcp

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/counterfoil/counterfoil/tools"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// The fixtures of revision 2026-07-28 that ask for input by answering with
// what they need.

// errCapability is the refusal of a call that needs what the client did not
// declare. The library has no way for a handler to say this.
var errCapability = &rpcError{mcpgo.MISSING_REQUIRED_CLIENT_CAPABILITY, http.StatusBadRequest, tools.CodeInvalid,
	"no_capability", "the call needs a capability that the client did not declare"}

func init() { refusalData[errCapability] = []byte(`{"requiredCapabilities":{"sampling":{}}}`) }

var fixtureKey = []byte(rand.Text())

// sealed makes a state that a client cannot change unnoticed.
func sealed(state string) string {
	mac := hmac.New(sha256.New, fixtureKey)
	mac.Write([]byte(state))
	return state + "." + hex.EncodeToString(mac.Sum(nil))
}

var errTampered = errors.New("the request state was changed")

func askText(text, field, kind string) mcpgo.InputRequest {
	return mcpgo.NewElicitationInputRequest(mcpgo.ElicitationParams{Message: text, RequestedSchema: map[string]any{
		"type": "object", "properties": map[string]any{field: map[string]any{"type": kind}}, "required": []string{field}}})
}

func askModel(text string, tokens int) mcpgo.InputRequest {
	return mcpgo.NewSamplingInputRequest(mcpgo.CreateMessageParams{MaxTokens: tokens,
		Messages: []mcpgo.SamplingMessage{{Role: mcpgo.RoleUser, Content: mcpgo.NewTextContent(text)}}})
}

// round is one round of a fixture: what it asks, and with which state.
type round struct {
	asks  mcpgo.InputRequests
	state string
}

func needed(r round) *mcpgo.CallToolResult {
	out := &mcpgo.CallToolResult{Content: []mcpgo.Content{}}
	out.ResultType = mcpgo.ResultTypeInputRequired
	out.InputRequests = r.asks
	if r.state != "" {
		out.RequestState = sealed(r.state)
	}
	return out
}

// roundOf finds out how far a retry has come: the first round whose questions
// are not all answered, given the state of the round before it.
func roundOf(rounds []round, p mcpgo.MultiRoundTripParams) (int, error) {
	at := 0
	if p.RequestState != "" {
		for at < len(rounds) && sealed(rounds[at].state) != p.RequestState {
			at++
		}
		if at == len(rounds) {
			return 0, errTampered
		}
	}
	for key := range rounds[at].asks {
		if _, ok := p.InputResponses[key]; !ok {
			return at, nil
		}
	}
	return at + 1, nil
}

func addInputFixtures(add addFixture) {
	for name, rounds := range map[string][]round{
		"elicitation":    {{asks: mcpgo.InputRequests{"user_name": askText("What is your name?", "name", "string")}}},
		"sampling":       {{asks: mcpgo.InputRequests{"capital_question": askModel("What is the capital of France?", 100)}}},
		"list_roots":     {{asks: mcpgo.InputRequests{"client_roots": mcpgo.NewRootsInputRequest()}}},
		"request_state":  {{asks: mcpgo.InputRequests{"confirm": askText("Please confirm", "ok", "boolean")}, state: "confirm"}},
		"tampered_state": {{asks: mcpgo.InputRequests{"confirm": askText("Please confirm", "ok", "boolean")}, state: "guard"}},
		"multiple_inputs": {{state: "several", asks: mcpgo.InputRequests{"user_name": askText("What is your name?", "name", "string"),
			"greeting": askModel("Generate a greeting", 50), "client_roots": mcpgo.NewRootsInputRequest()}}},
		"multi_round": {
			{asks: mcpgo.InputRequests{"step1": askText("Step 1: What is your name?", "name", "string")}, state: "one"},
			{asks: mcpgo.InputRequests{"step2": askText("Step 2: What is your favorite color?", "color", "string")}, state: "two"}},
	} {
		add(mcpgo.NewTool("test_input_required_result_"+name), func(_ context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			at, err := roundOf(rounds, r.Params.MultiRoundTripParams)
			if err != nil {
				return nil, err
			}
			if at < len(rounds) {
				return needed(rounds[at]), nil
			}
			return mcpgo.NewToolResultText("state-ok: " + answersOf(r.Params.InputResponses)), nil
		})
	}
	add(mcpgo.NewTool("test_input_required_result_capabilities"), func(ctx context.Context, _ mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		asks := mcpgo.InputRequests{}
		if info := mcpserver.RequestProtocolInfoFromContext(ctx); info != nil && info.ClientCapabilities != nil {
			if info.ClientCapabilities.Sampling != nil {
				asks["model"] = askModel("Say something", 10)
			}
			if info.ClientCapabilities.Elicitation != nil {
				asks["person"] = askText("Who are you?", "name", "string")
			}
		}
		return needed(round{asks: asks, state: "capabilities"}), nil
	})
}

// answersOf puts what a client answered into words.
func answersOf(responses mcpgo.InputResponses) string {
	var words []string
	for key, r := range responses {
		b, _ := r.MarshalJSON()
		words = append(words, key+"="+string(b))
	}
	return strings.Join(words, ", ")
}

// addStatelessFixtures adds what the scenario server-stateless calls.
func addStatelessFixtures(core *mcpserver.MCPServer, add addFixture) {
	ok := func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		return mcpgo.NewToolResultText("ok"), nil
	}
	add(mcpgo.NewTool("test_missing_capability"), ok)
	add(mcpgo.NewTool("test_logging_tool"), ok) // it would log, but no level was asked for
	add(mcpgo.NewTool("test_streaming_elicitation"), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		return needed(round{asks: mcpgo.InputRequests{"user_name": askText("What is your name?", "name", "string")}}), nil
	})
	add(mcpgo.NewTool("test_trigger_tool_change"), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		core.SendNotificationToAllClients(mcpgo.MethodNotificationToolsListChanged, nil)
		return mcpgo.NewToolResultText("ok"), nil
	})
	add(mcpgo.NewTool("test_trigger_prompt_change"), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		core.SendNotificationToAllClients(mcpgo.MethodNotificationPromptsListChanged, nil)
		return mcpgo.NewToolResultText("ok"), nil
	})
	add(mcpgo.NewToolWithRawSchema("test_headers", "", []byte(`{"type":"object","properties":{
		"region":{"type":"string","x-mcp-header":"Region"},"query":{"type":"string"}}}`)), ok)
}

func addInputPrompt(core *mcpserver.MCPServer, names map[string]bool) {
	const name = "test_input_required_result_prompt"
	names[name] = true
	rounds := []round{{asks: mcpgo.InputRequests{"user_context": askText("What context should the prompt use?", "context", "string")}}}
	core.AddPrompt(mcpgo.NewPrompt(name, mcpgo.WithPromptDescription("Asks for its context")),
		func(_ context.Context, r mcpgo.GetPromptRequest) (*mcpgo.GetPromptResult, error) {
			var out mcpgo.GetPromptResult
			if at, err := roundOf(rounds, r.Params.MultiRoundTripParams); err != nil {
				return nil, err
			} else if at < len(rounds) {
				out.ResultType, out.InputRequests, out.Messages = mcpgo.ResultTypeInputRequired, rounds[at].asks, []mcpgo.PromptMessage{}
				return &out, nil
			}
			text := fmt.Sprintf("The context is %s.", answersOf(r.Params.InputResponses))
			out.Messages = []mcpgo.PromptMessage{{Role: mcpgo.RoleUser, Content: mcpgo.NewTextContent(text)}}
			return &out, nil
		})
}
