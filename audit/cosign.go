package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature is the key type byte of an Ed25519 cosigner
// (C2SP tlog-cosignature).
const algCosignature = 4

// cosignatureSize is a timestamped_signature: 8 bytes of POSIX seconds, then
// an Ed25519 signature.
const cosignatureSize = 8 + ed25519.SignatureSize

// A CosignatureVerifier checks cosignature/v1 signatures of one witness. It is
// a note.Verifier.
type CosignatureVerifier struct {
	name string
	id   uint32
	pub  ed25519.PublicKey
}

// NewCosignatureVerifier parses a witness's verifier key:
// name+id+base64(0x04 ‖ public key), as C2SP tlog-cosignature encodes it.
func NewCosignatureVerifier(vkey string) (*CosignatureVerifier, error) {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	if len(parts) != 3 || !validOrigin(parts[0]) {
		return nil, invalid("malformed witness key")
	}
	raw, err := decodeBase64(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algCosignature {
		return nil, invalid("malformed witness key")
	}
	v := &CosignatureVerifier{parts[0], cosignerID(parts[0], raw[1:]), raw[1:]}
	if keyIDHex(v.id) != parts[1] {
		return nil, invalid("malformed witness key")
	}
	return v, nil
}

func cosignerID(name string, pub []byte) uint32 {
	sum := sha256.Sum256(append(append([]byte(name+"\n"), algCosignature), pub...))
	return binary.BigEndian.Uint32(sum[:])
}

// Name returns the witness's name.
func (v *CosignatureVerifier) Name() string { return v.name }

// KeyHash returns the witness's key id.
func (v *CosignatureVerifier) KeyHash() uint32 { return v.id }

// Verify checks a timestamped signature over a checkpoint's text.
func (v *CosignatureVerifier) Verify(text, sig []byte) bool {
	if len(sig) != cosignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	return t < 1<<63 && ed25519.Verify(v.pub, cosignedMessage(t, text), sig[8:])
}

// cosigned finds the witness's valid cosignature on a checkpoint and returns
// its time.
func (v *CosignatureVerifier) cosigned(c *signedCheckpoint) (time.Time, bool) {
	for _, s := range c.sigs {
		if s.name == v.name && s.id == v.id && v.Verify([]byte(c.text), s.raw) {
			return time.Unix(int64(binary.BigEndian.Uint64(s.raw)), 0).UTC(), true
		}
	}
	return time.Time{}, false
}

func cosignedMessage(t uint64, text []byte) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatUint(t, 10)+"\n"), text...)
}

// A CosignatureSigner makes cosignatures; it is a witness's key and a
// note.Signer.
type CosignatureSigner struct {
	verifier *CosignatureVerifier
	key      ed25519.PrivateKey
	now      func() time.Time
}

// NewCosignatureSigner parses a witness key in the text form that
// GenerateWitnessKey makes. now may be nil.
func NewCosignatureSigner(skey string, now func() time.Time) (*CosignatureSigner, error) {
	parts := strings.SplitN(strings.TrimSpace(skey), "+", 5)
	if len(parts) != 5 || parts[0] != "PRIVATE" || parts[1] != "KEY" || !validOrigin(parts[2]) {
		return nil, invalid("malformed witness key")
	}
	raw, err := decodeBase64(parts[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algCosignature {
		return nil, invalid("malformed witness key")
	}
	key := ed25519.NewKeyFromSeed(raw[1:])
	pub := key.Public().(ed25519.PublicKey)
	v := &CosignatureVerifier{parts[2], cosignerID(parts[2], pub), pub}
	if keyIDHex(v.id) != parts[3] {
		return nil, invalid("malformed witness key")
	}
	if now == nil {
		now = time.Now
	}
	return &CosignatureSigner{v, key, now}, nil
}

// GenerateWitnessKey makes a witness's key pair in text form.
func GenerateWitnessKey(name string) (signer, verifier string, err error) {
	if !validOrigin(name) {
		return "", "", invalid("witness name")
	}
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("making a key: %w", err)
	}
	id := keyIDHex(cosignerID(name, pub))
	encode := func(b []byte) string {
		return name + "+" + id + "+" + base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, b...))
	}
	return "PRIVATE+KEY+" + encode(key.Seed()), encode(pub), nil
}

// Name returns the witness's name.
func (s *CosignatureSigner) Name() string { return s.verifier.name }

// KeyHash returns the witness's key id.
func (s *CosignatureSigner) KeyHash() uint32 { return s.verifier.id }

// Verifier returns the witness's verifier.
func (s *CosignatureSigner) Verifier() *CosignatureVerifier { return s.verifier }

// Sign cosigns a checkpoint's text at the present time.
func (s *CosignatureSigner) Sign(text []byte) ([]byte, error) {
	t := uint64(s.now().Unix())
	sig := ed25519.Sign(s.key, cosignedMessage(t, text))
	return append(binary.BigEndian.AppendUint64(nil, t), sig...), nil
}

var _ note.Signer = (*CosignatureSigner)(nil)
var _ note.Verifier = (*CosignatureVerifier)(nil)
