package folder

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/mcp"
	"github.com/counterfoil/counterfoil/store"
)

// This file is the owner's side of /local/v1/, by which the commands of other
// processes work while the owner has the data folder. It speaks JSON. A process
// says hello first and then shows its ticket with every request, in the header
// Counterfoil-Ticket. Because hello refuses every build but its own, both sides
// share the types below; the version is for what hello itself looks like.
//
//	POST /local/v1/hello     hello → welcome
//	GET  /local/v1/watch     a response that ends when the owner stops
//	POST /local/v1/call      callRequest → callAnswer
//	POST /local/v1/import    ImportRequest, newline, file → importEvent...
//	POST /local/v1/batches   limitRequest → []store.Batch
//	POST /local/v1/undo      undoRequest → store.Batch
//	POST /local/v1/accounts  {} → []store.Account
//	POST /local/v1/rename    renameRequest → store.Batch
//	POST /local/v1/told      toldRequest → string
//	POST /local/v1/reveal    revealRequest → []Revealed
//	POST /local/v1/redact    RedactRequest → RedactAnswer
//	POST /local/v1/keys      KeysRequest → KeysAnswer
//	POST /local/v1/probe     ProbeRequest → ProbeAnswer
//	POST /local/v1/reload    {} → {}
//	POST /local/v1/outbox    OutboxRequest → OutboxAnswer
//
// What fails is answered with another status than 200 and a localFailure.
const (
	localPath     = "/local/v1/"
	localProtocol = 1
	headerTicket  = "Counterfoil-Ticket"
)

// Bounds of /local/v1/.
const (
	// maxLocalBody holds the largest arguments of a call in base64.
	maxLocalBody = 2 << 20
	// maxImportHead bounds the first line of an import: a profile, in base64.
	maxImportHead = 2 * MaxProfileFile
	// localBodyTimeout bounds how long a request may take to arrive. A file comes
	// from this machine's disk.
	localBodyTimeout = 2 * time.Minute
)

// hello is how a process introduces itself.
type hello struct {
	Protocol  int    `json:"protocol"`
	Build     string `json:"build"`
	Config    string `json:"config"`    // SHA-256 of the file, hex; "" to have it read again
	Principal string `json:"principal"` // "" for commands that call no tool
}

type welcome struct {
	Ticket string `json:"ticket"`
}

// localFailure carries a failure to the process whose user asked.
type localFailure struct {
	Code int    `json:"code"` // exit code
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
}

type callRequest struct {
	Tool string `json:"tool"`
	Args []byte `json:"args"` // as given, JSON or not
}

// callAnswer is called with a document that stays as it is, byte for byte.
type callAnswer struct {
	Document []byte        `json:"document"`
	Error    *CalledError  `json:"error"`
	CallID   string        `json:"call_id"`
	Receipt  audit.Receipt `json:"receipt"`
}

// ImportRequest is a statement that is to be imported.
type ImportRequest struct {
	Name    string         `json:"name"`
	Options ingest.Options `json:"options"`
	Profile []byte         `json:"profile"` // text of a profile of the user's own
	// Path and Size name a file that is too long to be sent; otherwise it follows.
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// importEvent is progress, or the last one: a report or a failure.
type importEvent struct {
	Rows    int64         `json:"rows"`
	Bytes   int64         `json:"bytes"`
	Report  *sentReport   `json:"report"`
	Failure *localFailure `json:"failure"`
}

type limitRequest struct {
	Limit int `json:"limit"`
}

type undoRequest struct {
	Batch int64 `json:"batch"`
}

type renameRequest struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type toldRequest struct {
	Text string `json:"text"`
}

func (o *owner) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", o.serveMCP)
	mux.HandleFunc("POST "+localPath+"hello", local(o, func(_ context.Context, r hello) (welcome, error) { return o.greet(r) }))
	mux.HandleFunc("GET "+localPath+"watch", o.serveWatch)
	mux.HandleFunc("POST "+localPath+"import", o.serveImport)
	mux.HandleFunc("POST "+localPath+"call", o.serveCall)
	f := o.folder
	mux.HandleFunc("POST "+localPath+"batches", ticketed(o, func(ctx context.Context, r limitRequest) ([]store.Batch, error) {
		return f.Batches(ctx, r.Limit)
	}))
	mux.HandleFunc("POST "+localPath+"undo", ticketed(o, func(ctx context.Context, r undoRequest) (store.Batch, error) {
		return f.Undo(ctx, r.Batch)
	}))
	mux.HandleFunc("POST "+localPath+"accounts", ticketed(o, func(ctx context.Context, _ struct{}) ([]store.Account, error) {
		return f.Accounts(ctx)
	}))
	mux.HandleFunc("POST "+localPath+"rename", ticketed(o, func(ctx context.Context, r renameRequest) (store.Batch, error) {
		return f.Rename(ctx, r.ID, r.Name)
	}))
	mux.HandleFunc("POST "+localPath+"told", ticketed(o, func(ctx context.Context, r toldRequest) (string, error) {
		return f.Told(ctx, r.Text), nil
	}))
	mux.HandleFunc("POST "+localPath+"reveal", ticketed(o, func(ctx context.Context, r revealRequest) ([]Revealed, error) {
		return f.Reveal(ctx, r.Tokens)
	}))
	mux.HandleFunc("POST "+localPath+"redact", ticketed(o, func(ctx context.Context, r RedactRequest) (RedactAnswer, error) {
		return f.RedactStored(ctx, r)
	}))
	mux.HandleFunc("POST "+localPath+"keys", ticketed(o, f.KeysDo))
	mux.HandleFunc("POST "+localPath+"probe", ticketed(o, f.ProbeSandbox))
	mux.HandleFunc("POST "+localPath+"reload", ticketed(o, func(ctx context.Context, _ struct{}) (struct{}, error) {
		return struct{}{}, f.Reload(ctx)
	}))
	mux.HandleFunc("POST "+localPath+"outbox", ticketed(o, f.Outbox))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mcp.SameUser(r) {
			o.turnAway(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// greet checks that a process and this one mean the same.
func (o *owner) greet(h hello) (welcome, error) {
	build, config := build.Read().String(), hex.EncodeToString(o.folder.current.Load().Digest[:])
	pid := os.Getpid()
	switch {
	case h.Protocol != localProtocol || h.Build != build:
		return welcome{}, exit.Fail(exit.Data, "restart the programs that use the data folder, so that all run the same counterfoil",
			"process %d owns the data folder and is another build of counterfoil (%s, this is %s)", pid, build, h.Build)
	case h.Config != "" && h.Config != config:
		hint := "wait until that process has ended, or use the config that it has"
		if o.folder.Hangup.Load() {
			hint = fmt.Sprintf("apply it with kill -HUP %d, or restart that process; or use the config that it has", pid)
		}
		return welcome{}, exit.Fail(exit.Data, hint, "process %d owns the data folder and has another config than this one", pid)
	case h.Principal != "" && o.folder.current.Load().Find(h.Principal) < 0:
		return welcome{}, exit.Fail(exit.Unauthenticated, "counterfoil token list shows them", "there is no such principal")
	}
	return welcome{o.ticket(h.Principal)}, nil
}

// local serves one kind of request.
func local[Req, Resp any](o *owner, do func(context.Context, Req) (Resp, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req Req
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(localBodyTimeout))
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxLocalBody))
		dec.DisallowUnknownFields()
		if dec.Decode(&req) != nil {
			reject(w, exit.Fail(exit.Usage, "", "the request is not what this process understands"))
			return
		}
		resp, err := do(r.Context(), req)
		if err != nil {
			reject(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(resp)
	}
}

// ticketed serves one kind of request of a process that has said hello.
func ticketed[Req, Resp any](o *owner, do func(context.Context, Req) (Resp, error)) http.HandlerFunc {
	serve := local(o, do)
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := o.admit(w, r); ok {
			serve(w, r)
		}
	}
}

func (o *owner) admit(w http.ResponseWriter, r *http.Request) (principal string, ok bool) {
	principal, err := o.holder(r.Header.Get(headerTicket))
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return "", false
	}
	return principal, true
}

func reject(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnprocessableEntity)
	json.NewEncoder(w).Encode(asFailure(err))
}

func asFailure(err error) *localFailure {
	f := exit.Classify(err, true, true)
	return &localFailure{f.Code, f.Error(), f.Hint}
}

// serveWatch holds the line until this owner stops.
func (o *owner) serveWatch(w http.ResponseWriter, r *http.Request) {
	if _, ok := o.admit(w, r); !ok {
		return
	}
	w.WriteHeader(http.StatusOK)
	http.NewResponseController(w).Flush()
	select {
	case <-o.gone:
	case <-r.Context().Done():
	}
}

func (o *owner) serveCall(w http.ResponseWriter, r *http.Request) {
	who, ok := o.admit(w, r)
	if !ok {
		return
	}
	local(o, func(ctx context.Context, req callRequest) (callAnswer, error) {
		out, err := o.folder.Call(ctx, who, req.Tool, req.Args)
		return callAnswer{out.Result, out.Error, out.CallID, out.Receipt}, err
	})(w, r)
}

// serveImport imports one file, and says meanwhile how far it is.
func (o *owner) serveImport(w http.ResponseWriter, r *http.Request) {
	if _, ok := o.admit(w, r); !ok {
		return
	}
	control := http.NewResponseController(w)
	enc := json.NewEncoder(w)
	say := func(e importEvent) {
		enc.Encode(e)
		control.Flush()
	}
	o.importing.Lock()
	defer o.importing.Unlock()
	control.SetReadDeadline(time.Now().Add(localBodyTimeout))
	in, req, err := readImport(http.MaxBytesReader(w, r.Body, maxImportHead+ingest.MaxBuffered+1))
	if err == nil {
		control.SetReadDeadline(time.Time{})
		var report ingest.Report
		report, err = o.folder.ImportStatement(r.Context(), in, req, func(rows, bytes int64) { say(importEvent{Rows: rows, Bytes: bytes}) })
		if err == nil {
			say(importEvent{Report: (*sentReport)(&report)})
			return
		}
	}
	say(importEvent{Failure: asFailure(err)})
}

// readImport reads the request and either the file behind it or the one that
// it names.
func readImport(body io.Reader) (in ingest.Input, req ImportRequest, err error) {
	head, rest, err := readHead(body)
	if err != nil || json.Unmarshal(head, &req) != nil {
		return in, req, exit.Fail(exit.Usage, "", "the request is not what this process understands")
	}
	if req.Path == "" {
		in, err = ingest.Buffer(req.Name, rest)
		return in, req, AsInput(err)
	}
	info, err := os.Stat(req.Path)
	switch {
	case err != nil:
		return in, req, exit.Fail(exit.Input, "stop that process, or split the file: this one could not be sent to it",
			"the process that owns the data folder cannot read %s: %v", filepath.Base(req.Path), bounded.Reason(err))
	case !filepath.IsAbs(req.Path), !info.Mode().IsRegular(), info.Size() != req.Size:
		return in, req, exit.Fail(exit.Input, "", "%s is not the same file to the process that owns the data folder", filepath.Base(req.Path))
	}
	return ingest.Path(req.Path), req, nil
}

// readHead reads the first line, of at most maxImportHead bytes, and returns
// it with what follows.
func readHead(r io.Reader) (head []byte, rest io.Reader, err error) {
	b := bufio.NewReader(r)
	for {
		part, err := b.ReadSlice('\n')
		if len(head)+len(part) > maxImportHead {
			return nil, nil, errors.New("the head is too long")
		}
		head = append(head, part...)
		if err == nil {
			return bytes.TrimSuffix(head, []byte("\n")), b, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, nil, err
		}
	}
}
