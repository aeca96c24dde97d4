// Command engine stands in for an inference engine where no image can be
// pulled: on the Unix socket that --host names it serves one model, whose
// answers meet the schema that a request asks for and mean nothing.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

// maxRequest bounds a request, in bytes.
const maxRequest = 1 << 20

func main() {
	socket := flag.String("host", "/run/llm/llm.sock", "path of the socket")
	alias := flag.String("alias", "local", "the model's name")
	flag.String("model", "", "the model's file, which is not read")
	flag.Int("ctx-size", 0, "not used")
	flag.Parse()
	if err := serve(*socket, *alias); err != nil {
		log.Fatal(err)
	}
}

func serve(socket, alias string) error {
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if err := os.Chmod(socket, 0o660); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"status":"ok"}`) })
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"data": []any{map[string]string{"id": alias, "object": "model"}}})
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) { complete(w, r, alias) })
	fmt.Println("serving")
	srv := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second}
	return srv.Serve(l)
}

// complete streams one answer.
func complete(w http.ResponseWriter, r *http.Request, alias string) {
	var asked struct {
		Format struct {
			Schema struct {
				Schema schema `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxRequest)).Decode(&asked); err != nil {
		http.Error(w, "not understood", http.StatusBadRequest)
		return
	}
	text := "A stand-in answered."
	if s := asked.Format.Schema.Schema; s.Type != "" {
		raw, err := json.Marshal(s.least())
		if err != nil {
			http.Error(w, "no such answer", http.StatusInternalServerError)
			return
		}
		text = string(raw)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	piece(w, alias, map[string]any{"index": 0, "delta": map[string]string{"role": "assistant", "content": text}})
	piece(w, alias, map[string]any{"index": 0, "delta": map[string]string{}, "finish_reason": "stop"})
	io.WriteString(w, "data: [DONE]\n\n")
}

func piece(w io.Writer, alias string, choice any) {
	raw, err := json.Marshal(map[string]any{"id": "1", "object": "chat.completion.chunk", "model": alias, "choices": []any{choice}})
	if err == nil {
		fmt.Fprintf(w, "data: %s\n\n", raw)
	}
}

// schema is as much of JSON Schema as the program asks engines for.
type schema struct {
	Type       string            `json:"type"`
	Enum       []any             `json:"enum"`
	Properties map[string]schema `json:"properties"`
}

// least is a value that meets the schema.
func (s schema) least() any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == "object":
		out := map[string]any{}
		for name, p := range s.Properties {
			out[name] = p.least()
		}
		return out
	case s.Type == "array":
		return []any{}
	case s.Type == "integer" || s.Type == "number":
		return 0
	case s.Type == "boolean":
		return false
	}
	return "stand-in"
}
