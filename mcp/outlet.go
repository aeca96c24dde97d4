package mcp

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// outlet is the response to one request: a single JSON object, or an event
// stream from the first notification on.
type outlet struct {
	s    *Server
	v    *visitor
	stop func() // ends the call when its client is gone

	mu     sync.Mutex
	stream bool
	broken error
}

// notify sends one message ahead of the answer, and returns when it is with
// the operating system.
func (o *outlet) notify(msg []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.stream {
		o.stream, o.v.sent = true, true
		h := o.v.w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("X-Accel-Buffering", "no")
		o.v.w.WriteHeader(http.StatusOK)
	}
	return o.event(msg)
}

func (o *outlet) event(msg []byte) error {
	if o.broken != nil {
		return o.broken
	}
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = append(append(append(*buf, "event: message\ndata: "...), msg...), "\n\n"...)
	control := http.NewResponseController(o.v.w)
	control.SetWriteDeadline(time.Now().Add(o.s.limits.WriteTimeout))
	_, err := o.v.w.Write(*buf)
	if err == nil {
		err = control.Flush()
	}
	if err != nil {
		o.broken = err
		o.stop()
	}
	return err
}

// finish sends the answer.
func (o *outlet) finish(status int, body []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stream {
		o.event(body)
		return
	}
	o.s.writeJSON(o.v, status, body)
}

func (s *Server) writeJSON(v *visitor, status int, body []byte) {
	v.w.Header().Set("Content-Type", "application/json")
	s.write(v, status, body)
}

func (s *Server) write(v *visitor, status int, body []byte) {
	http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(s.limits.WriteTimeout))
	v.sent = true
	v.w.Header().Set("Content-Length", strconv.Itoa(len(body))) // else a long answer goes out in chunks
	v.w.WriteHeader(status)
	v.w.Write(body)
}

// streamWriter lets the library write to a client directly, with a deadline
// for each write.
type streamWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

func newStreamWriter(s *Server, v *visitor) *streamWriter {
	return &streamWriter{v.w, http.NewResponseController(v.w), s.limits.WriteTimeout}
}

func (w *streamWriter) Write(p []byte) (int, error) {
	w.control.SetWriteDeadline(time.Now().Add(w.timeout))
	return w.ResponseWriter.Write(p)
}

func (w *streamWriter) Flush() {
	w.control.SetWriteDeadline(time.Now().Add(w.timeout))
	w.control.Flush()
}

func (w *streamWriter) CanStream() bool { return true }
