// Command collector stands in for an OpenTelemetry collector: it takes OTLP over
// HTTP on loopback, and says how much of each signal has come.
package main

import (
	"io"
	"log"
	"net/http"
	"time"
)

// maxBody bounds what is read of one request, in bytes.
const maxBody = 16 << 20

func main() {
	http.HandleFunc("POST /v1/{signal}", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
		if err != nil {
			http.Error(w, "not read", http.StatusBadRequest)
			return
		}
		log.Printf("received %s: %d bytes", r.PathValue("signal"), n)
		w.Header().Set("Content-Type", "application/x-protobuf")
	})
	srv := &http.Server{Addr: "127.0.0.1:4318", ReadTimeout: 10 * time.Second}
	log.Fatal(srv.ListenAndServe())
}
