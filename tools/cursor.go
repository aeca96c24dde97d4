package tools

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/store"
)

// cursors seals where a page ended. A cursor carries the snapshot, so that
// pages never shift, and opens only for the principal, tool, arguments and
// policy it was made for.
type cursors struct{ keys *seal.Keyring }

// cursorOverhead is the snapshot before the position in a cursor, in bytes.
const cursorOverhead = 8

var errCursor = invalid("cursor", "does not belong to these arguments, or the policy has changed; start again without it")

// seal makes the cursor. Its nonce is derived from the call id and the
// contents, so that a replay gives the same bytes.
func (c cursors) seal(k *passage, p store.Position) (string, error) {
	plain := binary.BigEndian.AppendUint64(nil, uint64(k.at))
	plain = append(plain, p...)
	sealed, err := c.keys.SealWith(seal.PurposeCursor, "", []byte(k.id), c.binding(k), plain)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

func (c cursors) open(k *passage, text string) (store.Snapshot, store.Position, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, nil, errCursor
	}
	plain, err := c.keys.Open(seal.PurposeCursor, "", c.binding(k), sealed)
	if err != nil || len(plain) < cursorOverhead {
		return 0, nil, errCursor
	}
	at := store.Snapshot(binary.BigEndian.Uint64(plain))
	return at, store.Position(plain[cursorOverhead:]), nil
}

// binding is what a cursor is tied to: principal, tool, policy and every
// argument but the cursor and the page size.
func (c cursors) binding(k *passage) []byte {
	h := sha256.New()
	policyDigest := k.policy.Digest()
	for _, part := range [][]byte{[]byte(k.who), []byte(k.tool.spec.Name), policyDigest[:], k.args.canonical("cursor", "limit")} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}
