package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Bounds of the witness protocol (C2SP tlog-witness).
const (
	maxProofLines    = 63                                  // a client must not send more
	maxWitnessBody   = 32 + maxProofLines*45 + 1 + maxNote // old line, proof, blank line, note
	witnessTimeout   = 10 * time.Second                    // for one request
	sizeContentType  = "text/x.tlog.size"
	addCheckpointURL = "/add-checkpoint"
)

// Witness is the client of a C2SP tlog-witness: it submits checkpoints with
// consistency proofs and gets cosignatures. It is an Anchor: the witness
// refuses a log that does not extend what it has cosigned.
type Witness struct {
	url      string // submission prefix, without trailing slash
	verifier *CosignatureVerifier
	client   *http.Client

	mu   sync.Mutex
	size int64 // what the witness cosigned last, as far as is known
}

// NewWitness makes a client for a submission prefix (http or https URL) and
// the witness's verifier key. The client is what reaches the network; it must
// bound the whole request in time and follow no redirects.
func NewWitness(url, vkey string, client *http.Client) (*Witness, error) {
	v, err := NewCosignatureVerifier(vkey)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return nil, invalid("witness URL")
	}
	if client == nil {
		return nil, invalid("witness without a client")
	}
	return &Witness{url: strings.TrimRight(url, "/"), verifier: v, client: client}, nil
}

// Name implements Anchor.
func (w *Witness) Name() string { return "witness " + w.verifier.Name() }

// Reset implements Anchor: a witness never forgets. A restored log needs
// another origin there.
func (w *Witness) Reset(context.Context, *Head) error {
	return fmt.Errorf("%w: %s does not forget; a restored log needs a new origin with it", ErrUnavailable, w.Name())
}

// witnessTries is how often a checkpoint is submitted when the witness has
// another size than expected: other replicas submit theirs in between.
const witnessTries = 5

// Sync implements Anchor. If the witness's size is not what was expected, it
// says so, and the proof is made again.
func (w *Witness) Sync(ctx context.Context, h *Head) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size > h.Size {
		w.size = 0
	}
	old := w.size
	for range witnessTries {
		cosigs, actual, err := w.submit(ctx, h, old)
		switch {
		case err == nil:
			w.size = h.Size
			return cosigs, nil
		case !errors.Is(err, errOtherSize):
			return nil, err
		case actual > h.Size:
			return nil, tampered("log ends at %d records but %s has seen %d", h.Size, w.Name(), actual)
		}
		old = actual
	}
	return nil, fmt.Errorf("%w: %s had been given another checkpoint each time", ErrUnavailable, w.Name())
}

// errOtherSize means that the witness's last size is another than the old size
// submitted.
var errOtherSize = errors.New("witness has another size")

// submit posts the checkpoint with the proof from old, and returns the
// verified cosignature lines, or the witness's size with errOtherSize.
func (w *Witness) submit(ctx context.Context, h *Head, old int64) ([]byte, int64, error) {
	proof, _, err := h.Prove(old)
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+addCheckpointURL, bytes.NewReader(formatAddCheckpoint(old, proof, h.Note)))
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s", ErrUnavailable, w.Name())
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s: %w", ErrUnavailable, w.Name(), err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxNote))
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s: %w", ErrUnavailable, w.Name(), err)
	}
	return w.answer(resp, body, h)
}

func (w *Witness) answer(resp *http.Response, body []byte, h *Head) ([]byte, int64, error) {
	switch resp.StatusCode {
	case http.StatusOK:
		return w.cosignatures(body, h)
	case http.StatusConflict:
		if resp.Header.Get("Content-Type") != sizeContentType {
			return nil, 0, tampered("%s has seen another log of %d records", w.Name(), h.Size)
		}
		size, err := parseDecimal(strings.TrimSuffix(string(body), "\n"))
		if err != nil {
			return nil, 0, fmt.Errorf("%w: %s: malformed size", ErrUnavailable, w.Name())
		}
		return nil, size, errOtherSize
	case http.StatusUnprocessableEntity:
		return nil, 0, tampered("%s has seen a log that this one does not extend", w.Name())
	}
	return nil, 0, fmt.Errorf("%w: %s answered %d", ErrUnavailable, w.Name(), resp.StatusCode)
}

// cosignatures picks the lines of the pinned key out of an answer.
func (w *Witness) cosignatures(body []byte, h *Head) ([]byte, int64, error) {
	c, err := parseSigned(append(bytes.Clone(h.Note), body...))
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s: malformed answer", ErrUnavailable, w.Name())
	}
	for _, s := range c.sigs {
		if s.name == w.verifier.name && s.id == w.verifier.id && w.verifier.Verify([]byte(c.text), s.raw) {
			return []byte(s.line), 0, nil
		}
	}
	return nil, 0, fmt.Errorf("%w: %s gave no cosignature of its pinned key", ErrUnavailable, w.Name())
}

// formatAddCheckpoint writes the body of an add-checkpoint request.
func formatAddCheckpoint(old int64, proof tlog.TreeProof, msg []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range proof {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(msg)
	return b.Bytes()
}

// parseAddCheckpoint parses the body of an add-checkpoint request.
func parseAddCheckpoint(body []byte) (old int64, proof tlog.TreeProof, c *signedCheckpoint, err error) {
	head, msg, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return 0, nil, nil, invalid("malformed request")
	}
	lines := strings.Split(string(head), "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	if !ok || len(lines)-1 > maxProofLines {
		return 0, nil, nil, invalid("malformed request")
	}
	if old, err = parseDecimal(size); err != nil {
		return 0, nil, nil, err
	}
	for _, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return 0, nil, nil, err
		}
		proof = append(proof, h)
	}
	c, err = parseSigned(msg)
	return old, proof, c, err
}
