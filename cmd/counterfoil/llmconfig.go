package main

import (
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/llm"
)

// endpoint resolves the endpoint against the data folder.
func (a *app) modelEndpoint(l *config.LLM) llm.Endpoint {
	e := llm.Endpoint{URL: l.Endpoint, Networks: l.Networks}
	if path := e.Socket(); path != "" {
		e.URL = "unix:" + a.Below(path, "")
	}
	return e
}
