package audit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// WitnessServer is a C2SP tlog-witness: an http.Handler for POST
// /add-checkpoint. It cosigns a checkpoint only if it extends the last one it
// cosigned for that log, and keeps that in one file for each log.
type WitnessServer struct {
	dir    string
	signer *CosignatureSigner
	logs   map[string]*witnessedLog
}

type witnessedLog struct {
	mu   sync.Mutex // held from the check to the file: the protocol demands it
	keys []note.Verifier
	path string
	last Checkpoint // Size 0 before the first
}

// NewWitnessServer serves the logs whose verifier keys are given; several keys
// of one origin are all trusted for it. dir keeps the witness's memory: losing
// it means that the witness can be lied to once more.
func NewWitnessServer(dir string, signer *CosignatureSigner, logKeys []string) (*WitnessServer, error) {
	vs, err := verifiers(logKeys)
	if err != nil {
		return nil, err
	}
	if len(vs) == 0 {
		return nil, invalid("no log to witness")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the witness folder: %w", err)
	}
	s := &WitnessServer{dir: dir, signer: signer, logs: make(map[string]*witnessedLog)}
	for _, v := range vs {
		if s.logs[v.Name()] == nil {
			if s.logs[v.Name()], err = s.load(v.Name()); err != nil {
				return nil, err
			}
		}
		s.logs[v.Name()].keys = append(s.logs[v.Name()].keys, v)
	}
	return s, nil
}

// load reads what was cosigned for a log. The file's name is a digest: an
// origin may hold slashes.
func (s *WitnessServer) load(origin string) (*witnessedLog, error) {
	l := &witnessedLog{path: filepath.Join(s.dir, Digest([]byte(origin))+".checkpoint")}
	l.last = Checkpoint{Origin: origin, Root: emptyRoot}
	data, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the witness's memory: %w", err)
	}
	c, err := parseSigned(data)
	if err != nil || c.Origin != origin || !c.verifiedBy(s.signer.Verifier()) {
		return nil, tampered("the witness's memory of %s is damaged", origin)
	}
	l.last = c.Checkpoint
	return l, nil
}

// ServeHTTP implements http.Handler.
func (s *WitnessServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != addCheckpointURL {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWitnessBody))
	if err != nil {
		http.Error(w, "body too long or unreadable", http.StatusBadRequest)
		return
	}
	old, proof, c, err := parseAddCheckpoint(body)
	if err != nil {
		http.Error(w, "malformed request", http.StatusBadRequest)
		return
	}
	s.add(w, old, proof, c)
}

// add answers a well-formed request in the order that the protocol sets.
func (s *WitnessServer) add(w http.ResponseWriter, old int64, proof tlog.TreeProof, c *signedCheckpoint) {
	l := s.logs[c.Origin]
	if l == nil {
		http.Error(w, "unknown log", http.StatusNotFound)
		return
	}
	if c.verifiedByAny(l.keys) == nil {
		http.Error(w, "no signature of a trusted key", http.StatusForbidden)
		return
	}
	if old > c.Size {
		http.Error(w, "old size is greater than the checkpoint's", http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if old != l.last.Size {
		w.Header().Set("Content-Type", sizeContentType)
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintf(w, "%d\n", l.last.Size)
		return
	}
	if old == c.Size && c.Root != l.last.Root {
		http.Error(w, "another root at the same size", http.StatusConflict)
		return
	}
	if !consistent(proof, l.last, c.Checkpoint) {
		http.Error(w, "consistency proof does not verify", http.StatusUnprocessableEntity)
		return
	}
	s.cosign(w, l, c)
}

// consistent checks a consistency proof. From the empty tree, and to the same
// tree, it must be empty.
func consistent(proof tlog.TreeProof, old, now Checkpoint) bool {
	if old.Size == 0 {
		return len(proof) == 0 && (now.Size > 0 || now.Root == emptyRoot)
	}
	return tlog.CheckTree(proof, now.Size, now.Root, old.Size, old.Root) == nil
}

// cosign signs, remembers, and only then answers.
func (s *WitnessServer) cosign(w http.ResponseWriter, l *witnessedLog, c *signedCheckpoint) {
	msg, err := note.Sign(&note.Note{Text: c.text}, s.signer)
	if err == nil {
		err = writeFileSync(l.path, msg)
	}
	if err != nil {
		http.Error(w, "the witness cannot keep its memory", http.StatusInternalServerError)
		return
	}
	l.last = c.Checkpoint
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(msg[len(c.text)+1:]) // the lines after the blank one
}
