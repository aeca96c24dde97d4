package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// algEd25519 is the key type byte of an Ed25519 note key.
const algEd25519 = 1

// verifierOf derives the verifier key of an Ed25519 signer key in text form:
// PRIVATE+KEY+name+id+base64(type ‖ seed).
func verifierOf(skey string) (string, error) {
	parts := strings.SplitN(skey, "+", 5)
	if len(parts) != 5 {
		return "", invalid("malformed signing key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algEd25519 {
		return "", invalid("malformed signing key")
	}
	pub := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(parts[2], pub)
	if err != nil {
		return "", invalid("malformed signing key")
	}
	return vkey, nil
}

func keyIDHex(id uint32) string {
	return hex.EncodeToString(binary.BigEndian.AppendUint32(nil, id))
}
