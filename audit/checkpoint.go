package audit

import (
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
func (c Checkpoint) Text() string { return string(c.appendText(nil)) }

func (c Checkpoint) appendText(out []byte) []byte {
	out = append(append(out, c.Origin...), '\n')
	out = append(strconv.AppendInt(out, c.Size, 10), '\n')
	out = base64.StdEncoding.AppendEncode(out, c.Root[:])
	return append(out, '\n')
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
	if err != nil || s[0] < '0' || s[0] > '9' || s[0] == '0' && s != "0" {
		return 0, invalid("malformed number")
	}
	return n, nil
}

// parseHash reads a hash in canonical base64.
func parseHash(s string) (tlog.Hash, error) {
	var text [hashText]byte
	var raw [hashText / 4 * 3]byte
	if len(s) != copy(text[:], s) {
		return tlog.Hash{}, invalid("malformed hash")
	}
	n, err := strictBase64.Decode(raw[:], text[:])
	if err != nil || n != tlog.HashSize { // it skips newlines, and then n is less
		return tlog.Hash{}, invalid("malformed hash")
	}
	return tlog.Hash(raw[:tlog.HashSize]), nil
}

// hashText is the length of a hash in base64.
const hashText = (tlog.HashSize + 2) / 3 * 4

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

// minSignature is the length of a key id and the shortest signature.
const minSignature = 4 + 1

// splitNote takes a signed note apart without verifying anything. It accepts
// one form of each note only.
func splitNote(msg string) (text string, sigs []sigLine, err error) {
	if len(msg) > maxNote || !utf8.ValidString(msg) {
		return "", nil, invalid("malformed note")
	}
	i := strings.LastIndex(msg, "\n\n")
	if i < 0 {
		return "", nil, invalid("malformed note")
	}
	sigs, err = parseSigLines(msg[i+2:])
	return msg[:i+1], sigs, err
}

func parseSigLines(block string) ([]sigLine, error) {
	var sigs []sigLine
	for block != "" {
		end := strings.IndexByte(block, '\n') + 1
		if end == 0 || len(sigs) == maxSignatures {
			return nil, invalid("malformed signature line")
		}
		sig, err := parseSigLine(block[:end])
		if err != nil {
			return nil, err
		}
		sigs, block = append(sigs, sig), block[end:]
	}
	if len(sigs) == 0 {
		return nil, invalid("note without a signature")
	}
	return sigs, nil
}

// parseSigLine parses a line with its newline.
func parseSigLine(line string) (sigLine, error) {
	rest, ok1 := strings.CutPrefix(line[:len(line)-1], sigPrefix)
	name, b64, ok2 := strings.Cut(rest, " ")
	if !ok1 || !ok2 || !validOrigin(name) {
		return sigLine{}, invalid("malformed signature line")
	}
	raw, err := decodeBase64(b64)
	if err != nil || len(raw) < minSignature {
		return sigLine{}, invalid("malformed signature line")
	}
	return sigLine{name, binary.BigEndian.Uint32(raw), raw[4:], line}, nil
}

// A signedCheckpoint is a checkpoint with its note.
type signedCheckpoint struct {
	Checkpoint
	msg  []byte
	text string // the part that signatures are over
	sigs []sigLine
}

// parseSigned parses a signed checkpoint without verifying its signatures.
func parseSigned(msg []byte) (*signedCheckpoint, error) {
	c := &signedCheckpoint{msg: msg}
	if err := c.parse(string(msg)); err != nil {
		return nil, err
	}
	return c, nil
}

// parse sets what is parsed from the note.
func (s *signedCheckpoint) parse(msg string) (err error) {
	if s.text, s.sigs, err = splitNote(msg); err != nil {
		return err
	}
	s.Checkpoint, err = ParseCheckpoint(s.text)
	return err
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
