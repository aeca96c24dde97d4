package folder

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/lockfile"
	"github.com/counterfoil/counterfoil/mcp"
	"github.com/counterfoil/counterfoil/store"
)

// Books is what commands do with a data folder: by themselves if they own it,
// else through its owner.
type Books interface {
	Call(ctx context.Context, principal, tool string, args []byte) (Called, error)
	ImportStatement(ctx context.Context, in ingest.Input, r ImportRequest, progress func(rows, bytes int64)) (ingest.Report, error)
	Batches(ctx context.Context, limit int) ([]store.Batch, error)
	Undo(ctx context.Context, batch int64) (store.Batch, error)
	Accounts(ctx context.Context) ([]store.Account, error)
	Rename(ctx context.Context, id, name string) (store.Batch, error)
	Outbox(ctx context.Context, r OutboxRequest) (OutboxAnswer, error)
	Reveal(ctx context.Context, tokens []string) ([]Revealed, error)
	RedactStored(ctx context.Context, r RedactRequest) (RedactAnswer, error)
	KeysDo(ctx context.Context, r KeysRequest) (KeysAnswer, error)
	ProbeSandbox(ctx context.Context, r ProbeRequest) (ProbeAnswer, error)
	// Told is a text without what the store knows.
	Told(ctx context.Context, text string) string
	Close() error
}

const (
	// ownerWait is how long a process waits for one that holds the lock but does
	// not serve: it is just starting, or just ending, which takes at most
	// mcp.DefaultDrainTimeout.
	ownerWait = mcp.DefaultDrainTimeout + 2*time.Second
	// ownerPoll is how often it looks. Looking takes about a millisecond.
	ownerPoll = 20 * time.Millisecond
	// helloTimeout bounds a handshake with an owner that is stuck.
	helloTimeout = 5 * time.Second
	// maxLocalAnswer bounds what a command accepts from an owner, in bytes: the
	// largest document (config.MaxBytesPerCall) in base64, with room for its envelope.
	maxLocalAnswer = 4 * config.MaxBytesPerCall
)

// errNoOwner means that nobody serves the folder at the moment.
var errNoOwner = errors.New("nobody serves the data folder")

// OpenBooks returns the books of the data folder, for a principal or "".
func OpenBooks(ctx context.Context, h *home.Home, principal string) (b Books, err error) {
	err = reach(ctx, h, ownerWait, func() (err error) {
		f, err := Open(ctx, h)
		if err == nil {
			b = f
		}
		return err
	}, func() (err error) {
		r, err := findOwner(ctx, h, principal)
		if err == nil {
			b = r
		}
		return err
	})
	return b, err
}

// reach owns the data folder or, while somebody else does, joins that owner.
// Between owners it waits.
func reach(ctx context.Context, h *home.Home, wait time.Duration, own, join func() error) error {
	giveUp := time.NewTimer(wait)
	defer giveUp.Stop()
	for {
		held := own()
		if !errors.Is(held, lockfile.ErrHeld) {
			return held
		}
		if !mcp.HavePeers {
			return alone(held)
		}
		if err := join(); !errors.Is(err, errNoOwner) {
			return err
		}
		select {
		case <-time.After(ownerPoll):
		case <-giveUp.C:
			return held
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// alone is why a second process is refused where there are no relays.
func alone(held error) error {
	return exit.Fail(exit.Data, "stop the other process, or run counterfoil serve --http and let all clients use that",
		"%w; on this platform, where a socket cannot tell who connects, one process at a time can use a data folder", held)
}

// Remote is the way to the owner of a data folder.
type Remote struct {
	home   *home.Home
	http   *http.Client
	socket string
	ticket string
}

// findOwner says hello to the owner. The error is errNoOwner if there is none.
func findOwner(ctx context.Context, h *home.Home, principal string) (*Remote, error) {
	cfg, err := h.Config()
	if err != nil {
		return nil, err
	}
	return greetOwner(ctx, h, hello{Config: hex.EncodeToString(cfg.Digest[:]), Principal: principal})
}

func greetOwner(ctx context.Context, a *home.Home, h hello) (*Remote, error) {
	h.Protocol, h.Build = localProtocol, build.Read().String()
	socket := ownerSocket(a)
	r := &Remote{home: a, socket: socket, http: &http.Client{Transport: socketTransport(socket)}}
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	var w welcome
	if err := r.ask(ctx, "hello", h, &w); err != nil {
		var refused *exit.Failure
		if errors.As(err, &refused) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", errNoOwner, err)
	}
	r.ticket = w.Ticket
	return r, nil
}

func socketTransport(path string) *http.Transport {
	return egress.Local(func(ctx context.Context) (net.Conn, error) { return mcp.DialUnix(ctx, path) }, 0)
}

// errOwnerLeft is what becomes of a command whose owner ended.
func errOwnerLeft(err error) error {
	return exit.Fail(exit.Unavailable, "try again; counterfoil audit list and counterfoil import list show what was done", "the process that owns the data folder ended before it answered: %w", err)
}

// send sends a request and returns a response with status 200.
func (r *Remote) send(ctx context.Context, path string, body io.Reader) (*http.Response, error) {
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+localPath+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(headerTicket, r.ticket)
	resp, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	var f localFailure
	switch {
	case resp.StatusCode == http.StatusUnprocessableEntity && json.NewDecoder(io.LimitReader(resp.Body, maxLocalBody)).Decode(&f) == nil:
		return nil, f.Failure()
	case resp.StatusCode == http.StatusNotFound:
		return nil, exit.Fail(exit.Data, "restart the programs that use the data folder, so that all run the same counterfoil", "the data folder is owned by another version of counterfoil")
	}
	return nil, fmt.Errorf("status %d", resp.StatusCode)
}

func (f *localFailure) Failure() error {
	return &exit.Failure{Code: f.Code, Err: errors.New(console.Plain(f.Text)), Hint: console.Plain(f.Hint)}
}

func (r *Remote) ask(ctx context.Context, path string, req, into any) error {
	body, err := json.Marshal(req)
	if err != nil {
		return err
	}
	resp, err := r.send(ctx, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(io.LimitReader(resp.Body, maxLocalAnswer)).Decode(into)
}

// order asks like ask, and says so if the owner ended meanwhile.
func order[T any](ctx context.Context, r *Remote, path string, req any) (answer T, err error) {
	err = r.ask(ctx, path, req, &answer)
	var refused *exit.Failure
	if err == nil || errors.As(err, &refused) || ctx.Err() != nil {
		return answer, err
	}
	return answer, errOwnerLeft(err)
}

func (r *Remote) Call(ctx context.Context, _, tool string, args []byte) (Called, error) {
	a, err := order[callAnswer](ctx, r, "call", callRequest{tool, args})
	return Called{Result: a.Document, Error: a.Error, CallID: a.CallID, Receipt: a.Receipt}, err
}

func (r *Remote) Batches(ctx context.Context, limit int) ([]store.Batch, error) {
	return order[[]store.Batch](ctx, r, "batches", limitRequest{limit})
}

func (r *Remote) Undo(ctx context.Context, batch int64) (store.Batch, error) {
	return order[store.Batch](ctx, r, "undo", undoRequest{batch})
}

func (r *Remote) Accounts(ctx context.Context) ([]store.Account, error) {
	return order[[]store.Account](ctx, r, "accounts", struct{}{})
}

func (r *Remote) Rename(ctx context.Context, id, name string) (store.Batch, error) {
	return order[store.Batch](ctx, r, "rename", renameRequest{id, name})
}

func (r *Remote) Told(ctx context.Context, text string) string {
	answer, err := order[string](ctx, r, "told", toldRequest{text})
	if err != nil {
		return exit.Withheld
	}
	return answer
}

func (r *Remote) Outbox(ctx context.Context, q OutboxRequest) (OutboxAnswer, error) {
	return order[OutboxAnswer](ctx, r, "outbox", q)
}

func (r *Remote) Reveal(ctx context.Context, tokens []string) ([]Revealed, error) {
	return order[[]Revealed](ctx, r, "reveal", revealRequest{tokens})
}

func (r *Remote) RedactStored(ctx context.Context, req RedactRequest) (RedactAnswer, error) {
	return order[RedactAnswer](ctx, r, "redact", req)
}

func (r *Remote) KeysDo(ctx context.Context, req KeysRequest) (KeysAnswer, error) {
	return order[KeysAnswer](ctx, r, "keys", req)
}

func (r *Remote) reload(ctx context.Context) error {
	_, err := order[struct{}](ctx, r, "reload", struct{}{})
	return err
}

// Close leaves the owner alone.
func (r *Remote) Close() error {
	r.http.CloseIdleConnections()
	return nil
}

// ImportStatement sends the file, which this process has the right to read. One
// longer than ingest.MaxBuffered would fill the owner's memory or lie in a
// temporary file in the clear, so the owner is told where it is.
func (r *Remote) ImportStatement(ctx context.Context, in ingest.Input, req ImportRequest, progress func(rows, bytes int64)) (ingest.Report, error) {
	file, err := in.Open()
	if err != nil {
		return ingest.Report{}, unreadable(err, in.Name)
	}
	defer file.Close()
	var body io.Reader = file
	if disk, ok := file.(*os.File); ok {
		info, err := disk.Stat()
		if err != nil {
			return ingest.Report{}, err
		}
		if info.Size() > ingest.MaxBuffered {
			if req.Path, err = filepath.Abs(disk.Name()); err != nil {
				return ingest.Report{}, err
			}
			req.Size, body = info.Size(), http.NoBody
		}
	}
	req.Name = in.Name
	head, err := json.Marshal(req)
	if err != nil {
		return ingest.Report{}, err
	}
	resp, err := r.send(ctx, "import", io.MultiReader(bytes.NewReader(append(head, '\n')), body))
	var refused *exit.Failure
	switch {
	case ctx.Err() != nil:
		return ingest.Report{}, ctx.Err()
	case errors.As(err, &refused):
		return ingest.Report{}, err
	case err != nil && unreadable(err, in.Name) != err:
		return ingest.Report{}, unreadable(err, in.Name)
	case err != nil:
		return ingest.Report{}, errOwnerLeft(err)
	}
	defer resp.Body.Close()
	return readImported(ctx, resp.Body, progress)
}

// unreadable says of a file what package ingest would. Any other error it
// returns as it is.
func unreadable(err error, name string) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return AsInput(&ingest.Error{File: name, Reason: "cannot be read: " + path.Err.Error()})
	}
	return err
}

func readImported(ctx context.Context, body io.Reader, progress func(rows, bytes int64)) (ingest.Report, error) {
	dec := json.NewDecoder(body)
	for {
		var e importEvent
		switch err := dec.Decode(&e); {
		case ctx.Err() != nil:
			return ingest.Report{}, ctx.Err()
		case err != nil:
			return ingest.Report{}, errOwnerLeft(err)
		case e.Failure != nil:
			return ingest.Report{}, e.Failure.Failure()
		case e.Report != nil:
			return ingest.Report(*e.Report), nil
		}
		progress(e.Rows, e.Bytes)
	}
}

// watch returns a channel that is closed when the owner stops, or ctx ends.
func (r *Remote) watch(ctx context.Context) (<-chan struct{}, error) {
	resp, err := r.send(ctx, "watch", nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoOwner, err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer resp.Body.Close()
		io.Copy(io.Discard, io.LimitReader(resp.Body, maxPointer))
	}()
	return gone, nil
}
