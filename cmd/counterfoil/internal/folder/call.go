package folder

import (
	"context"
	"encoding/json"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// Called is what `call` prints.
type Called struct {
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *CalledError    `json:"error,omitempty"`
	CallID  string          `json:"call_id"`
	Receipt audit.Receipt   `json:"receipt"`
}

// CalledError is why a call was refused or failed.
type CalledError struct {
	Code    tools.Code `json:"code"`
	Message string     `json:"message"`
}

// Call runs one tool for a principal.
func (f *Folder) Call(ctx context.Context, principal, tool string, args []byte) (Called, error) {
	s, err := f.Service(ctx)
	if err != nil {
		return Called{}, err
	}
	cfg := f.current.Load()
	i := cfg.Find(principal)
	if i < 0 {
		return Called{}, exit.Fail(exit.Unauthenticated, "counterfoil token list shows them", "there is no such principal")
	}
	auth := "local"
	if principal == cfg.LLM.Principal {
		auth = "model" // whoever calls as the model has the model's rights
	}
	res := s.Gate.Call(ctx, cfg.Principal(cfg.Principals[i], auth), tools.Call{
		Tool: tool, Args: args,
		Client: policy.Client{Name: "counterfoil call", Version: build.Read().Version},
	})
	out := Called{Result: res.Document, CallID: res.CallID, Receipt: res.Receipt}
	if res.Err != nil {
		out.Error = &CalledError{res.Err.Code, res.Err.Message}
	}
	return out, nil
}
