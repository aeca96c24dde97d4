package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// signingKey is the key that signs a log's checkpoints: the configured signer,
// or the one in keys/ below the data folder. It is safe for concurrent use.
type signingKey struct {
	cfg Config

	mu       sync.Mutex
	signer   note.Signer
	verifier note.Verifier
	vkey     string // text form of verifier
}

// load takes the configured signer, or loads or makes keys/log.key.
func (k *signingKey) load() error {
	if k.cfg.Signer != nil {
		return k.use(k.cfg.Signer, k.cfg.Verifier)
	}
	if err := k.finishChange(); err != nil {
		return err
	}
	signer, err := EnsureKey(k.cfg.Dir, k.cfg.Origin)
	if err != nil {
		return err
	}
	vkey, err := os.ReadFile(k.path(pubFile))
	if err != nil {
		return fmt.Errorf("reading the public key: %w", err)
	}
	return k.use(signer, string(vkey))
}

// use makes a signer the one that signs from now on.
func (k *signingKey) use(s note.Signer, vkey string) error {
	v, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return invalid("verifier key of the signer")
	}
	if s.Name() != k.cfg.Origin || v.Name() != s.Name() || v.KeyHash() != s.KeyHash() {
		return invalid("signer, verifier and origin do not belong together")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.signer, k.verifier, k.vkey = s, v, strings.TrimSpace(vkey)
	return nil
}

func (k *signingKey) signs() note.Signer {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.signer
}

func (k *signingKey) verifies() note.Verifier {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.verifier
}

func (k *signingKey) verifierKey() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.vkey
}

func (k *signingKey) isOperator(operator note.Signer) error {
	if strings.TrimSpace(k.cfg.Operator) == "" {
		return invalid("no operator key is configured")
	}
	v, err := verifiers([]string{k.cfg.Operator})
	if err != nil {
		return err
	}
	if operator == nil || operator.Name() != v[0].Name() || operator.KeyHash() != v[0].KeyHash() {
		return invalid("not the configured operator's key")
	}
	return nil
}

// successor is the key that a rotation introduces.
type successor struct {
	signer note.Signer
	vkey   string
	staged bool // it was made here and lies in log.key.next
}

// successor checks a given next key, or makes one and stages it.
func (k *signingKey) successor(operator, next note.Signer, nextKey string) (successor, error) {
	if err := k.isOperator(operator); err != nil {
		return successor{}, err
	}
	s := successor{next, nextKey, next == nil}
	if s.staged {
		var err error
		if s.signer, s.vkey, err = k.stage(); err != nil {
			return successor{}, err
		}
	}
	v, err := note.NewVerifier(s.vkey)
	if err != nil || v.Name() != k.cfg.Origin || s.signer.Name() != v.Name() || s.signer.KeyHash() != v.KeyHash() {
		return successor{}, invalid("new key, its verifier and the origin do not belong together")
	}
	return s, nil
}

// succeed makes a successor the key, after its rotation is in the log.
func (k *signingKey) succeed(s successor) error {
	if s.staged {
		if err := k.adopt(s.vkey); err != nil {
			return err
		}
	}
	return k.use(s.signer, s.vkey)
}

// stage makes the next key and keeps it beside the present one until the
// rotation is in the log.
func (k *signingKey) stage() (note.Signer, string, error) {
	skey, vkey, err := GenerateKey(k.cfg.Origin)
	if err != nil {
		return nil, "", err
	}
	if err := writeFileSync(k.path(nextKeyFile), []byte(skey+"\n")); err != nil {
		return nil, "", err
	}
	next, err := note.NewSigner(skey)
	return next, vkey, err
}

func (k *signingKey) path(name string) string { return filepath.Join(k.cfg.Dir, "keys", name) }

// adopt makes the staged key the log's. The public key goes first: if a crash
// follows, load sees by it that the rotation is in the log.
func (k *signingKey) adopt(vkey string) error {
	if err := writeFileSync(k.path(pubFile), []byte(vkey+"\n")); err != nil {
		return err
	}
	if err := os.Rename(k.path(nextKeyFile), k.path(keyFile)); err != nil {
		return fmt.Errorf("replacing the signing key: %w", err)
	}
	return durable.SyncDir(k.path(""))
}

// finishChange ends an adoption that a crash interrupted after log.pub.
func (k *signingKey) finishChange() error {
	staged, err := k.staged()
	if err != nil || staged == "" {
		return err
	}
	pub, err := os.ReadFile(k.path(pubFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the public key: %w", err)
	}
	if strings.TrimSpace(string(pub)) != staged {
		return nil
	}
	return k.adopt(staged)
}

// staged returns the verifier key of log.key.next, or "".
func (k *signingKey) staged() (string, error) {
	skey, err := os.ReadFile(k.path(nextKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the next signing key: %w", err)
	}
	return verifierOf(strings.TrimSpace(string(skey)))
}

// settle finishes or drops a key change that a crash interrupted: rot is the
// rotation that the log ends with, or nil.
func (k *signingKey) settle(rot *rotation) error {
	if k.cfg.Signer != nil {
		return nil
	}
	staged, err := k.staged()
	if err != nil || staged == "" {
		return err
	}
	if rot == nil || rot.nextKey != staged {
		return os.Remove(k.path(nextKeyFile))
	}
	if err := k.adopt(staged); err != nil {
		return err
	}
	return k.load()
}

// rotationIn reads the rotation that a leaf records, nil if it is another
// record. One that the configured operator has not signed is tampering.
func (k *signingKey) rotationIn(leaf []byte) (*rotation, error) {
	rec, err := DecodeRecord(leaf)
	if err != nil {
		return nil, tampered("last record is malformed")
	}
	if rec.Event != EventKey {
		return nil, nil
	}
	rot, err := parseRotation(k.cfg.Origin, rec.Detail)
	if err != nil {
		return nil, err
	}
	op, err := verifiers([]string{k.cfg.Operator})
	if err != nil || !rot.signedBy(op[0]) {
		return nil, tampered("rotation of the signing key is not signed by the configured operator")
	}
	return rot, nil
}
