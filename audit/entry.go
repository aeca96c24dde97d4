package audit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// MaxSidecar bounds a sealed sidecar, in bytes: arguments, a result document
// and the inputs of a decision are each bounded far below it by the Gate.
const MaxSidecar = 8 << 20

// Entry is what a caller appends: the record, the salt of its commitments and
// the sealed sidecar that replay needs (nil for none). The salt is 32 bytes; if
// it is zero, Commit or Append draws it.
type Entry struct {
	Record  Record
	Salt    [32]byte
	Sidecar []byte
}

// Commit returns the commitment of the entry to data under a field's JSON name
// ("args_digest", "result_digest", …), in lower-case hex, for the caller to put
// into that field. It draws the salt if there is none yet, so the salt must be
// sealed into the sidecar after the first Commit.
func (e *Entry) Commit(field string, data []byte) string {
	e.drawSalt()
	return Commit(e.Salt, field, data)
}

func (e *Entry) drawSalt() {
	if e.Salt == [32]byte{} {
		rand.Read(e.Salt[:]) // never fails; it crashes the program instead
	}
}

// FieldSalt derives the salt of one field from a record's salt, so that one
// field can be opened without opening another.
func FieldSalt(salt [32]byte, field string) [32]byte {
	if len(field) > maxFieldName {
		mac := hmac.New(sha256.New, salt[:])
		mac.Write([]byte(field))
		return [32]byte(mac.Sum(nil))
	}
	// HMAC (RFC 2104) on the stack: every append derives such a salt.
	var inner [sha256.BlockSize + maxFieldName]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	copy(inner[:], salt[:])
	copy(outer[:], salt[:])
	for i := range sha256.BlockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	n := copy(inner[sha256.BlockSize:], field)
	sum := sha256.Sum256(inner[:sha256.BlockSize+n])
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

// maxFieldName is up to which length, in bytes, names of fields take the short
// way; the longest name of a record's field has 15.
const maxFieldName = 32

// Commit is Entry.Commit for a known salt; replay compares with it.
func Commit(salt [32]byte, field string, data []byte) string {
	return commitment(FieldSalt(salt, field), data)
}

func commitment(fieldSalt [32]byte, data []byte) string {
	h := sha256.New()
	h.Write(fieldSalt[:])
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// Receipt says where a record lies. It goes to the caller in `_meta`.
type Receipt struct {
	Origin string `json:"origin"`
	Index  int64  `json:"index"`
	Leaf   string `json:"leaf"` // hex RFC 6962 leaf hash
	Salt   string `json:"salt"` // hex FieldSalt of "result_digest"
	Result string `json:"result_digest,omitempty"`
}

// Matches reports whether the result digest of the receipt is that of the
// document: SHA-256(salt ‖ document).
func (r Receipt) Matches(document []byte) bool {
	salt, ok := parseSalt(r.Salt)
	if !ok {
		return false
	}
	got := commitment(salt, document)
	return subtle.ConstantTimeCompare([]byte(got), []byte(r.Result)) == 1
}

// parseSalt reads 32 bytes of lower-case hex.
func parseSalt(s string) (salt [32]byte, ok bool) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(salt) || hex.EncodeToString(raw) != s {
		return salt, false
	}
	return [32]byte(raw), true
}
