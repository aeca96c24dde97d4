package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// A proof bundle is a C2SP tlog-proof: text that proves to anyone who pins the
// log's key that a record lies at an index of the log.
//
//	c2sp.org/tlog-proof@v1
//	extra <base64>
//	index <index>
//	<inclusion proof, a base64 hash a line, leaf to root>
//
//	<signed checkpoint, with cosignatures if there are any>
//
// extra is canonical JSON: {"leaf": the leaf as text, "openings": [{"data":
// base64, "field": name, "salt": hex}, …]}. Nothing in it is trusted before
// the leaf's hash is proven and each opening matches its commitment.
const proofHeader = "c2sp.org/tlog-proof@v1"

// maxBundle bounds a bundle in bytes: a leaf, openings of a sidecar's size in
// base64 twice, and a note.
const maxBundle = 32 << 20

// maxPath is the longest inclusion proof: a tree of 2^63 records.
const maxPath = 63

// Opening opens one salted commitment of a record: SHA-256(Salt ‖ Data) is the
// record's field.
type Opening struct {
	Field string `json:"field"` // JSON name of the field in the record
	Salt  string `json:"salt"`  // hex FieldSalt of that field
	Data  []byte `json:"data"`
}

// NewOpening opens a field, given the record's salt and what was committed to.
func NewOpening(salt [32]byte, field string, data []byte) Opening {
	s := FieldSalt(salt, field)
	return Opening{Field: field, Salt: hex.EncodeToString(s[:]), Data: data}
}

// check reports whether the opening matches the record.
func (o *Opening) check(r *Record) error {
	salt, ok := parseSalt(o.Salt)
	if !ok {
		return invalid("malformed salt of an opening")
	}
	for _, s := range r.slots() {
		if text, ok := s.at.(*string); ok && s.name == o.Field {
			if *text == commitment(salt, o.Data) {
				return nil
			}
			return tampered("opening of %s does not match the record", o.Field)
		}
	}
	return invalid("record has no field %q", o.Field)
}

type bundleExtra struct {
	Leaf     string    `json:"leaf"`
	Openings []Opening `json:"openings,omitempty"`
}

func (x bundleExtra) encode() ([]byte, error) {
	plain, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("encoding a proof: %w", err)
	}
	return Canonical(plain)
}

// A Proof is a checked bundle.
type Proof struct {
	Index        int64         `json:"index"`
	Checkpoint   Checkpoint    `json:"checkpoint"`
	Record       *Record       `json:"record"`
	LeafHash     string        `json:"leaf_hash"` // hex, as in a receipt
	Openings     []Opening     `json:"openings,omitempty"`
	Key          string        `json:"key"` // id of the pinned key that signed, hex
	Cosignatures []Cosignature `json:"cosignatures,omitempty"`
	// Unchecked counts the signatures of keys that are not pinned. They may be
	// anybody's and say nothing; a signed note may carry them.
	Unchecked int `json:"signatures_unchecked,omitempty"`
}

// Cosignature says that a pinned witness saw the checkpoint.
type Cosignature struct {
	Witness string    `json:"witness"`
	Time    time.Time `json:"time"`
}

// MatchesReceipt checks that the proof is of the record that a receipt, as a
// caller got it with a result, speaks of, and that the receipt says nothing else
// of the result than the record. Its salt can be checked only if the bundle opens
// the result digest.
func (p *Proof) MatchesReceipt(r Receipt) error {
	if r.Origin != p.Checkpoint.Origin || r.Index != p.Index || r.Leaf != p.LeafHash {
		return tampered("receipt is of another record")
	}
	if r.Result != "" && r.Result != p.Record.ResultDigest {
		return tampered("receipt has another result digest than the record")
	}
	for _, o := range p.Openings {
		if o.Field == "result_digest" && o.Salt != r.Salt {
			return tampered("receipt has another salt than the record")
		}
	}
	return nil
}

// formatBundle writes a bundle.
func formatBundle(index int64, leaf []byte, openings []Opening, path tlog.RecordProof, checkpoint []byte) ([]byte, error) {
	extra, err := bundleExtra{string(leaf), openings}.encode()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofHeader, base64.StdEncoding.EncodeToString(extra), index)
	for _, h := range path {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
	b.Write(checkpoint)
	return b.Bytes(), nil
}

// A parsedBundle is a bundle of which nothing is proven yet.
type parsedBundle struct {
	index  int64
	extra  bundleExtra
	path   tlog.RecordProof
	signed *signedCheckpoint
}

func parseBundle(data []byte) (*parsedBundle, error) {
	if len(data) > maxBundle {
		return nil, invalid("proof longer than %d bytes", maxBundle)
	}
	head, msg, ok := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 3 || len(lines) > 3+maxPath || lines[0] != proofHeader {
		return nil, invalid("malformed proof")
	}
	b := new(parsedBundle)
	if err := b.parseExtra(lines[1]); err != nil {
		return nil, err
	}
	index, ok := strings.CutPrefix(lines[2], "index ")
	if !ok {
		return nil, invalid("malformed proof")
	}
	var err error
	if b.index, err = parseDecimal(index); err != nil {
		return nil, err
	}
	for _, line := range lines[3:] {
		h, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		b.path = append(b.path, h)
	}
	b.signed, err = parseSigned(msg)
	return b, err
}

func (b *parsedBundle) parseExtra(line string) error {
	text, ok := strings.CutPrefix(line, "extra ")
	if !ok {
		return invalid("proof without a record")
	}
	raw, err := decodeBase64(text)
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, &b.extra) != nil {
		return invalid("malformed proof")
	}
	// One form only: encoding/json would let much pass.
	if again, err := b.extra.encode(); err != nil || !bytes.Equal(again, raw) {
		return invalid("malformed proof")
	}
	return nil
}

// CheckProof checks a bundle with nothing but pinned keys: verifier keys of
// the log, and of witnesses, of which at least quorum must have cosigned. The
// error is ErrInvalid for what is not a bundle, ErrTampered for a bundle that
// proves nothing.
func CheckProof(bundle []byte, keys, witnesses []string, quorum int) (*Proof, error) {
	b, err := parseBundle(bundle)
	if err != nil {
		return nil, err
	}
	p := &Proof{Index: b.index, Checkpoint: b.signed.Checkpoint, Openings: b.extra.Openings}
	vs, err := verifiers(keys)
	if err != nil {
		return nil, err
	}
	key := b.signed.verifiedByAny(vs)
	if key == nil || key.Name() != b.signed.Origin {
		return nil, tampered("checkpoint is not signed by a pinned key of the log")
	}
	p.Key = keyIDHex(key.KeyHash())
	if err := p.checkInclusion(b); err != nil {
		return nil, err
	}
	return p, p.checkWitnesses(b.signed, witnesses, quorum)
}

// checkInclusion proves the leaf, and only then reads it.
func (p *Proof) checkInclusion(b *parsedBundle) error {
	leaf := []byte(b.extra.Leaf)
	hash := leafHash(leaf)
	p.LeafHash = hex.EncodeToString(hash[:])
	if b.index >= b.signed.Size || tlog.CheckRecord(b.path, b.signed.Size, b.signed.Root, b.index, hash) != nil {
		return tampered("inclusion proof does not verify")
	}
	var err error
	if p.Record, err = DecodeRecord(leaf); err != nil {
		return err
	}
	if p.Record.Origin != b.signed.Origin {
		return tampered("record is of another log")
	}
	for i := range p.Openings {
		if err := p.Openings[i].check(p.Record); err != nil {
			return err
		}
	}
	return nil
}

// checkWitnesses counts each witness once, though several of its keys, or one
// of them twice, are pinned.
func (p *Proof) checkWitnesses(c *signedCheckpoint, witnesses []string, quorum int) error {
	pinned := make(map[string]bool)
	checked := 1 // the log's own
	for _, vkey := range witnesses {
		w, err := NewCosignatureVerifier(vkey)
		if err != nil {
			return err
		}
		pinned[w.Name()] = true
		t, ok := w.cosigned(c)
		if !ok || slices.ContainsFunc(p.Cosignatures, func(c Cosignature) bool { return c.Witness == w.Name() }) {
			continue
		}
		p.Cosignatures = append(p.Cosignatures, Cosignature{w.Name(), t})
		checked++
	}
	p.Unchecked = len(c.sigs) - checked
	if len(p.Cosignatures) < quorum {
		return tampered("%d of %d pinned witnesses have cosigned, %d must", len(p.Cosignatures), len(pinned), quorum)
	}
	return nil
}
