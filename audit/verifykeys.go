package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A keyStretch is a run of batches under one key, the last of them, and the
// rotation that ended it.
type keyStretch struct {
	id       uint32
	from, to int64
	last     *signedCheckpoint
	rotation *rotation // found in the last batch, or nil
}

// noteKey accounts a checkpoint to its key. A key may change only after a
// batch whose last record is a rotation.
func (v *verifier) noteKey(c *signedCheckpoint, first int64, rot *rotation) error {
	if len(c.sigs) != 1 || c.sigs[0].name != v.report.Origin {
		return tampered("checkpoint %d does not have exactly the log's signature", c.Size)
	}
	id := c.sigs[0].id
	n := len(v.keys)
	if n == 0 || v.keys[n-1].id != id {
		if n > 0 && v.keys[n-1].rotation == nil {
			return tampered("signing key changes at index %d without a rotation", first)
		}
		v.keys = append(v.keys, keyStretch{id: id, from: first})
		n++
	}
	k := &v.keys[n-1]
	k.to, k.last, k.rotation = c.Size, c, rot
	return nil
}

// checkKeys checks the last checkpoint of each key and that the last key is
// pinned or follows from a pinned one by rotations that the operator signed.
func (v *verifier) checkKeys() error {
	var carried note.Verifier // the key that the rotation before introduced
	trusted := ""             // why the key of this stretch is trusted
	for i := range v.keys {
		k := &v.keys[i]
		key := v.keyFor(k, i, carried)
		if key == nil {
			return tampered("no key is known for the records %d to %d", k.from, k.to-1)
		}
		if !k.last.verifiedBy(key) {
			return tampered("checkpoint %d has a bad signature", k.last.Size)
		}
		v.report.Signatures++
		trusted = v.trust(k, i, trusted)
		v.report.Keys = append(v.report.Keys, KeyUse{keyIDHex(k.id), k.from, k.to, trusted})
		carried = nil
		if k.rotation != nil {
			if err := v.checkRotation(k); err != nil {
				return err
			}
			carried = k.rotation.next
		}
	}
	if trusted == "" {
		return tampered("the log's last key is neither pinned nor introduced by the pinned operator")
	}
	return nil
}

// keyFor finds the verifier of a stretch: pinned, or named by the rotation
// before or after it.
func (v *verifier) keyFor(k *keyStretch, i int, carried note.Verifier) note.Verifier {
	candidates := slices.Clone(v.pinned)
	if carried != nil {
		candidates = append(candidates, carried)
	}
	if k.rotation != nil {
		candidates = append(candidates, k.rotation.old)
	}
	for _, c := range candidates {
		if c.KeyHash() == k.id && c.Name() == v.report.Origin {
			return c
		}
	}
	return nil
}

// trust says why the key of a stretch is trusted, "" if it is not. A key that
// is not trusted by itself may still be covered by a later, trusted one.
func (v *verifier) trust(k *keyStretch, i int, before string) string {
	for _, p := range v.pinned {
		if p.KeyHash() == k.id {
			return "pinned"
		}
	}
	if i > 0 && before != "" && v.operator != nil {
		return fmt.Sprintf("rotation at %d", k.from-1)
	}
	return ""
}

func (v *verifier) checkRotation(k *keyStretch) error {
	rot := k.rotation
	if rot.old.KeyHash() != k.id || rot.size != k.to-1 {
		return tampered("rotation at index %d is not of this key or place", k.to-1)
	}
	if v.operator == nil {
		v.warn("rotation at index %d: no operator key is pinned, so its signature was not checked", k.to-1)
		return nil
	}
	if !rot.signedBy(v.operator) {
		return tampered("rotation at index %d is not signed by the operator", k.to-1)
	}
	return nil
}

func (v *verifier) warn(format string, args ...any) {
	if len(v.report.Warnings) < maxWarnings {
		v.report.Warnings = append(v.report.Warnings, fmt.Sprintf(format, args...))
	}
}

// maxWarnings bounds the report.
const maxWarnings = 100

// loadEvidence reads log/head, Since, the evidence and log/cosigned, and marks
// the sizes whose roots they claim.
func (v *verifier) loadEvidence() error {
	var err error
	if v.head, err = v.loadNote(headFile); err != nil {
		return err
	}
	if v.head == nil {
		return tampered("log/head is missing")
	}
	v.mark(v.head.Size)
	if err := v.loadGiven(); err != nil {
		return err
	}
	return v.loadCosigned()
}

// loadGiven reads Since and the evidence.
func (v *verifier) loadGiven() error {
	var err error
	if len(v.opt.Since) > 0 {
		if v.since, err = v.parse("--since", v.opt.Since); err != nil {
			return err
		}
		v.mark(v.since.Size)
		v.evidence = append(v.evidence, evidence{"since", v.since})
	}
	for _, ev := range v.opt.Evidence {
		c, err := v.parse(ev.Name, ev.Note)
		if err != nil {
			return err
		}
		v.mark(c.Size)
		v.evidence = append(v.evidence, evidence{ev.Name, c})
	}
	return nil
}

// loadCosigned adds log/cosigned if witnesses are pinned: a witness's
// signature makes it evidence wherever it lies.
func (v *verifier) loadCosigned() error {
	if len(v.witnesses) == 0 {
		return nil
	}
	c, err := v.loadNote(cosignedFile)
	if err != nil || c == nil {
		return err
	}
	v.mark(c.Size)
	v.evidence = append(v.evidence, evidence{"log/cosigned", c})
	return nil
}

func (v *verifier) mark(size int64) { v.marks[size] = tlog.Hash{} }

// loadNote reads a checkpoint from the log folder; nil means there is none.
func (v *verifier) loadNote(name string) (*signedCheckpoint, error) {
	data, err := os.ReadFile(filepath.Join(v.opt.Dir, "log", name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading log/%s: %w", name, err)
	}
	return v.parse("log/"+name, data)
}

func (v *verifier) parse(name string, msg []byte) (*signedCheckpoint, error) {
	c, err := parseSigned(msg)
	if err != nil {
		return nil, tampered("%s is not a checkpoint", name)
	}
	if c.Origin != v.report.Origin {
		return nil, tampered("%s is of another log", name)
	}
	return c, nil
}

// allKeys are the keys that signed parts of the log, once they are checked.
func (v *verifier) allKeys() []note.Verifier {
	keys := slices.Clone(v.pinned)
	for _, k := range v.keys {
		if k.rotation != nil {
			keys = append(keys, k.rotation.old, k.rotation.next)
		}
	}
	return keys
}

func (v *verifier) checkHead() error {
	if v.head == nil {
		return nil // a shared log has none
	}
	if v.head.verifiedByAny(v.allKeys()) == nil {
		return tampered("log/head is not signed by the log's key")
	}
	v.report.Signatures++
	return v.extends("log/head", v.head)
}

// extends checks that the log has a checkpoint's root at its size.
func (v *verifier) extends(name string, c *signedCheckpoint) error {
	if c.Size > v.tree.size {
		return tampered("log ends at %d records but %s has seen %d", v.tree.size, name, c.Size)
	}
	if v.marks[c.Size] != c.Root {
		return tampered("%s has seen another log", name)
	}
	return nil
}

// checkEvidence compares the log with every piece of evidence. What neither
// the log's key nor a pinned witness signed is no evidence but an error.
func (v *verifier) checkEvidence() error {
	for _, ev := range v.evidence {
		by := v.vouchers(ev)
		if len(by) == 0 {
			return tampered("%s is signed neither by the log's key nor by a pinned witness", ev.name)
		}
		if err := v.extends(ev.name, ev.signedCheckpoint); err != nil {
			return err
		}
		v.report.Evidence = append(v.report.Evidence, EvidenceUse{ev.name, ev.Size, strings.Join(by, ", ")})
	}
	if v.since != nil {
		v.report.Since = v.since.Size
	}
	return nil
}

// vouchers names those whose valid signatures are on a checkpoint. log/cosigned
// lies inside the data folder, so there only witnesses count.
func (v *verifier) vouchers(ev evidence) []string {
	var by []string
	if key := ev.verifiedByAny(v.allKeys()); key != nil && ev.name != "log/cosigned" {
		by = append(by, key.Name())
	}
	for _, w := range v.witnesses {
		if _, ok := w.cosigned(ev.signedCheckpoint); ok {
			by = append(by, w.Name())
		}
	}
	return by
}

// checkCuts fails on torn tails that were cut, unless the auditor accepts them,
// and on torn files that no record speaks of.
func (v *verifier) checkCuts() error {
	known := make(map[string]bool)
	for i := range v.report.Cuts {
		c := &v.report.Cuts[i]
		c.Accepted = slices.Contains(v.opt.AcceptCuts, c.Index)
		known[cutFileName(c.Detail)] = true
	}
	files, err := filepath.Glob(filepath.Join(v.opt.Dir, "log", tornPrefix+"*"))
	if err != nil {
		return fmt.Errorf("looking for torn tails: %w", err)
	}
	for _, f := range files {
		if name := filepath.Base(f); !known[name] {
			return tampered("log/%s was cut off the log without a record", name)
		}
	}
	for _, c := range v.report.Cuts {
		if !c.Accepted {
			return fmt.Errorf("%w at index %d", ErrCut, c.Index)
		}
	}
	return nil
}

// ErrCut means that the log verifies, but a recovery cut bytes off it that
// the auditor has not accepted: they should be looked into.
var ErrCut = errors.New("bytes were cut off the log at a recovery")

// A clockCheck looks for times that run against the order of the log.
type clockCheck struct {
	newest time.Time
	back   int64 // records that are older than maxDisorder allows
	first  int64 // index of the first
}

func (c *clockCheck) see(index int64, t time.Time) {
	if t.After(c.newest) {
		c.newest = t
	}
	if c.newest.Sub(t) > maxDisorder {
		if c.back == 0 {
			c.first = index
		}
		c.back++
	}
}

func (c *clockCheck) warnings() []string {
	if c.back == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the clock went back: %d records are over %v older than one before them, the first at index %d", c.back, maxDisorder, c.first)}
}
