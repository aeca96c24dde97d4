// Command engine stands in for an inference engine where no image can be
// pulled: it answers /health, and one fixed completion, on the Unix socket that
// --host names.
package main

import (
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	socket := flag.String("host", "/run/llm/llm.sock", "path of the socket")
	flag.Parse()
	if err := serve(*socket); err != nil {
		log.Fatal(err)
	}
}

func serve(socket string) error {
	if err := os.Remove(socket); err != nil && !os.IsNotExist(err) {
		return err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if err := os.Chmod(socket, 0o660); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", answer(`{"status":"ok"}`))
	mux.HandleFunc("POST /v1/chat/completions", answer(`{"object":"chat.completion","model":"stand-in","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"stand-in"}}]}`))
	srv := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second}
	return srv.Serve(l)
}

func answer(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, text)
	}
}
