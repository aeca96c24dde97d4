//go:build amd64 || arm64

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// proberArg starts the process of a Prober.
const proberArg = "counterfoil-sandbox-prober"

// proberTimeout bounds one probe in another process: the start of a sandbox,
// and every attempt and control one after the other.
const proberTimeout = time.Minute

// Prober makes probes in a process of its own, for a program that gives up what
// the controls of a probe need: a confined process reaches no listener, so that
// a probe from it would prove nothing. All that can be asked of that process is
// to probe.
type Prober struct {
	mu   sync.Mutex
	conn net.Conn
}

// proberRequest and proberAnswer are what the two processes say, as JSON.
type proberRequest struct {
	TCP bool `json:"tcp"`
}

type proberAnswer struct {
	Proof  Proof  `json:"proof"`
	Kind   int    `json:"kind"` // of the error: its place in proberErrors plus one; 0 is none
	Failed string `json:"failed"`
}

// proberErrors are those that keep their kind on the way.
var proberErrors = []error{ErrVoid, ErrForbidden, ErrPlatform, ErrSpec}

// StartProber starts the process and returns the descriptor of its socket,
// which survives exec. The process ends when the descriptor is closed.
func StartProber() (fd int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("%w: this program's own path is not known", ErrSpec)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("starting the prober: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "prober")
	defer theirs.Close()
	cmd := exec.Command(self, proberArg)
	cmd.Stdin = theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the terminal is for the server
	if err := cmd.Start(); err != nil {
		unix.Close(pair[0])
		return 0, fmt.Errorf("starting the prober: %w", err)
	}
	_, err = unix.FcntlInt(uintptr(pair[0]), unix.F_SETFD, 0)
	return pair[0], err
}

// OpenProber takes the descriptor that StartProber returned.
func OpenProber(fd int) (*Prober, error) {
	syscall.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), "prober")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("%w: the prober is not there", ErrVoid)
	}
	return &Prober{conn: conn}, nil
}

// Probe is the function Probe, made by the other process.
func (p *Prober) Probe(ctx context.Context, tcp bool) (Proof, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Proof{}, err
	}
	p.conn.SetDeadline(time.Now().Add(proberTimeout))
	var a proberAnswer
	err := json.NewEncoder(p.conn).Encode(proberRequest{tcp})
	if err == nil {
		err = json.NewDecoder(p.conn).Decode(&a)
	}
	if err != nil {
		p.conn.Close() // a late answer must not be taken for another's
		return Proof{}, fmt.Errorf("%w: the prober does not answer", ErrVoid)
	}
	if a.Kind > 0 && a.Kind <= len(proberErrors) {
		return a.Proof, fmt.Errorf("%w (%s)", proberErrors[a.Kind-1], a.Failed)
	}
	return a.Proof, nil
}

// proberMain answers until the other side has gone.
func proberMain() {
	conn, err := net.FileConn(os.Stdin)
	if err != nil {
		os.Exit(1)
	}
	requests, answers := json.NewDecoder(conn), json.NewEncoder(conn)
	for {
		var r proberRequest
		if requests.Decode(&r) != nil {
			os.Exit(0)
		}
		ctx, cancel := context.WithTimeout(context.Background(), proberTimeout)
		proof, err := Probe(ctx, r.TCP)
		cancel()
		if answers.Encode(answerOf(proof, err)) != nil {
			os.Exit(0)
		}
	}
}

// answerOf keeps an error's kind. One of another kind makes the probe void.
func answerOf(p Proof, err error) proberAnswer {
	if err == nil {
		return proberAnswer{Proof: p}
	}
	a := proberAnswer{Proof: p, Kind: 1, Failed: err.Error()}
	for i, known := range proberErrors {
		if errors.Is(err, known) {
			a.Kind = i + 1
		}
	}
	return a
}
