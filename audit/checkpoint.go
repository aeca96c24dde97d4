package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxNote bounds a signed note in bytes: three lines and up to maxSignatures
// signatures.
const maxNote = 16 << 10

// maxSignatures bounds the signatures of a note: the log's own and those of a
// few witnesses.
const maxSignatures = 64

// Checkpoint is the text of a C2SP tlog-checkpoint: what the log's signature
// and all cosignatures are over.
type Checkpoint struct {
	Origin string
	Size   int64 // records
	Root   tlog.Hash
}

// Text returns the note text: three lines, each with its newline.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// ParseCheckpoint parses the text of a checkpoint. Extension lines are refused:
// no log of this program writes them, and an auditor could not judge them.
func ParseCheckpoint(text string) (Checkpoint, error) {
	origin, rest, ok1 := strings.Cut(text, "\n")
	size, rest, ok2 := strings.Cut(rest, "\n")
	root, rest, ok3 := strings.Cut(rest, "\n")
	if !ok1 || !ok2 || !ok3 || rest != "" || !validOrigin(origin) {
		return Checkpoint{}, invalid("malformed checkpoint")
	}
	n, err := parseDecimal(size)
	if err != nil {
		return Checkpoint{}, err
	}
	hash, err := parseHash(root)
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Origin: origin, Size: n, Root: hash}, nil
}

// parseDecimal reads a non-negative integer without leading zeros or sign.
func parseDecimal(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, invalid("malformed number")
	}
	return n, nil
}

// parseHash reads a hash in canonical base64.
func parseHash(s string) (tlog.Hash, error) {
	raw, err := decodeBase64(s)
	if err != nil || len(raw) != tlog.HashSize {
		return tlog.Hash{}, invalid("malformed hash")
	}
	return tlog.Hash(raw), nil
}

var strictBase64 = base64.StdEncoding.Strict()

// decodeBase64 accepts one encoding of each value only; the standard decoder
// skips newlines.
func decodeBase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, invalid("malformed base64")
	}
	raw, err := strictBase64.DecodeString(s)
	if err != nil {
		return nil, invalid("malformed base64")
	}
	return raw, nil
}

// validOrigin reports whether s can be the origin of a log and the name of its
// key: non-empty UTF-8 without spaces, control characters or plus.
func validOrigin(s string) bool {
	if s == "" || len(s) > 255 || !utf8.ValidString(s) || strings.Contains(s, "+") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || unicode.IsSpace(r) })
}

// A sigLine is one signature of a note.
type sigLine struct {
	name string
	id   uint32 // key id, the first four bytes of the signature
	raw  []byte // signature without the key id
	line string // as written, with its newline
}

const sigPrefix = "— "

// splitNote takes a signed note apart without verifying anything. It accepts
// one form of each note only.
func splitNote(msg []byte) (text string, sigs []sigLine, err error) {
	if len(msg) > maxNote || !utf8.Valid(msg) {
		return "", nil, invalid("malformed note")
	}
	i := bytes.LastIndex(msg, []byte("\n\n"))
	if i < 0 {
		return "", nil, invalid("malformed note")
	}
	sigs, err = parseSigLines(string(msg[i+2:]))
	return string(msg[:i+1]), sigs, err
}

func parseSigLines(block string) ([]sigLine, error) {
	var sigs []sigLine
	for block != "" {
		line, rest, ok := strings.Cut(block, "\n")
		if !ok || len(sigs) == maxSignatures {
			return nil, invalid("malformed signature line")
		}
		sig, err := parseSigLine(line)
		if err != nil {
			return nil, err
		}
		sigs, block = append(sigs, sig), rest
	}
	if len(sigs) == 0 {
		return nil, invalid("note without a signature")
	}
	return sigs, nil
}

func parseSigLine(line string) (sigLine, error) {
	rest, ok1 := strings.CutPrefix(line, sigPrefix)
	name, b64, ok2 := strings.Cut(rest, " ")
	if !ok1 || !ok2 || !validOrigin(name) {
		return sigLine{}, invalid("malformed signature line")
	}
	raw, err := decodeBase64(b64)
	if err != nil || len(raw) < 5 {
		return sigLine{}, invalid("malformed signature line")
	}
	return sigLine{name, binary.BigEndian.Uint32(raw), raw[4:], line + "\n"}, nil
}

// A signedCheckpoint is a checkpoint with its note.
type signedCheckpoint struct {
	Checkpoint
	msg  []byte
	text string
	sigs []sigLine
}

// parseSigned parses a signed checkpoint without verifying its signatures.
func parseSigned(msg []byte) (*signedCheckpoint, error) {
	text, sigs, err := splitNote(msg)
	if err != nil {
		return nil, err
	}
	c, err := ParseCheckpoint(text)
	if err != nil {
		return nil, err
	}
	return &signedCheckpoint{c, msg, text, sigs}, nil
}

// sign returns the checkpoint as a note signed by s.
func (c Checkpoint) sign(s note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: c.Text()}, s)
}

// verifiedBy reports whether the checkpoint has a valid signature of v.
func (s *signedCheckpoint) verifiedBy(v note.Verifier) bool {
	return verifiesNote(s.text, s.sigs, v)
}

func verifiesNote(text string, sigs []sigLine, v note.Verifier) bool {
	for _, sig := range sigs {
		if sig.name == v.Name() && sig.id == v.KeyHash() && v.Verify([]byte(text), sig.raw) {
			return true
		}
	}
	return false
}

// verifiedByAny returns the first verifier whose signature is on the
// checkpoint, or nil.
func (s *signedCheckpoint) verifiedByAny(vs []note.Verifier) note.Verifier {
	for _, v := range vs {
		if s.verifiedBy(v) {
			return v
		}
	}
	return nil
}

// VerifyCheckpoint parses a signed checkpoint and checks that one of the keys
// (note verifier keys of the log) signed it. The error is ErrInvalid for what
// is not a checkpoint and ErrTampered for a missing or wrong signature.
func VerifyCheckpoint(msg []byte, keys ...string) (Checkpoint, error) {
	s, err := parseSigned(msg)
	if err != nil {
		return Checkpoint{}, err
	}
	vs, err := verifiers(keys)
	if err != nil {
		return Checkpoint{}, err
	}
	if s.verifiedByAny(vs) == nil {
		return Checkpoint{}, tampered("checkpoint is not signed by a pinned key")
	}
	return s.Checkpoint, nil
}

func verifiers(keys []string) ([]note.Verifier, error) {
	var vs []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(strings.TrimSpace(k))
		if err != nil {
			return nil, invalid("malformed verifier key")
		}
		vs = append(vs, v)
	}
	return vs, nil
}
