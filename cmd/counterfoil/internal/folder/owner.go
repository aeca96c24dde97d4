package folder

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/counterfoil/counterfoil/mcp"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// owner is what serves the other processes of a data folder: the messages of
// their MCP clients at /mcp, and their commands at /local/v1/. Every process
// that opens the store is one, for as long as it has it.
type owner struct {
	folder *Folder
	path   string   // of its socket
	secret [32]byte // makes the tickets of this owner
	stop   context.CancelFunc
	gone   chan struct{} // closed when it begins to stop
	served chan error

	importing sync.Mutex // one at a time: each may hold a file in memory
}

// listen makes this process the owner that others find. A command does its work
// also where that is not possible, alone.
func (f *Folder) listen(ctx context.Context) {
	if !mcp.HavePeers {
		return
	}
	path, err := claimSocket(f.Home)
	if err != nil {
		f.Home.UI.Warnf("other counterfoil processes can't use the data folder while this one does: %v", err)
		return
	}
	ln, err := mcp.ListenUnix(path)
	if err != nil {
		f.Home.UI.Warnf("other counterfoil processes can't use the data folder while this one does: %v", err)
		return
	}
	ctx, stop := context.WithCancel(ctx)
	o := &owner{folder: f, path: path, stop: stop, gone: make(chan struct{}), served: make(chan error, 1)}
	rand.Read(o.secret[:])
	f.owner = o
	go func() {
		o.served <- mcp.ServeLocal(ctx, ln, o.routes(), mcp.Limits{}, o.stopping, f.Home.Logger())
	}()
}

// stopping ends what would not end by itself.
func (o *owner) stopping() {
	close(o.gone)
	o.folder.opening.Lock()
	defer o.folder.opening.Unlock()
	if s := o.folder.running; s != nil && s.edge != nil {
		s.edge.Drain()
	}
}

// close lets the requests of others finish. After it the socket is gone, and
// the lock can be.
func (o *owner) close() error {
	o.stop()
	return <-o.served
}

// ticket is what another process of this user shows with each request. It holds
// for which principal that process speaks, and dies with this owner.
func (o *owner) ticket(principal string) string {
	return o.sign(principal) + "." + principal
}

func (o *owner) sign(principal string) string {
	mac := hmac.New(sha256.New, o.secret[:])
	mac.Write([]byte(principal))
	return hex.EncodeToString(mac.Sum(nil))
}

var errTicket = errors.New("the ticket is of another owner")

// holder returns whose ticket it is; "" is a process that asked for no
// principal.
func (o *owner) holder(ticket string) (string, error) {
	sum, principal, _ := strings.Cut(ticket, ".")
	if !hmac.Equal([]byte(sum), []byte(o.sign(principal))) {
		return "", errTicket
	}
	return principal, nil
}

// principal finds the principal of a ticket among those in force.
func (s *Service) relayed(ticket string) (policy.Principal, error) {
	o := s.owner
	if o == nil {
		return policy.Principal{}, errTicket
	}
	name, err := o.holder(ticket)
	if err != nil {
		return policy.Principal{}, err
	}
	cfg := s.current.Load()
	i := cfg.Find(name)
	if i < 0 {
		return policy.Principal{}, errTicket
	}
	return cfg.Principal(cfg.Principals[i], "stdio"), nil
}

// serveMCP hands the messages of other processes' clients to the MCP edge. The
// gate is opened when first needed: an import can do without one.
func (o *owner) serveMCP(w http.ResponseWriter, r *http.Request) {
	s, err := o.folder.Service(r.Context())
	if err == nil {
		var edge *mcp.Server
		if edge, err = s.Server(); err == nil {
			edge.Handler().ServeHTTP(w, r)
			return
		}
	}
	o.folder.Home.UI.Warnf("another process can't be served: %v", err)
	http.Error(w, "not ready", http.StatusServiceUnavailable)
}

// turnAway refuses a process of another user, on record.
func (o *owner) turnAway(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "the socket serves only the user that owns it", http.StatusForbidden)
	s, err := o.folder.Service(r.Context())
	if err != nil {
		o.folder.Home.UI.Warnf("a process of another user was refused, which could not be recorded: %v", err)
		return
	}
	s.Gate.Refuse(context.WithoutCancel(r.Context()), nil, tools.Refusal{
		Code: tools.CodeUnauthenticated, Source: "unix", Reason: "bad_peer",
	})
}
