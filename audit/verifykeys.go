package audit

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// A keyStretch is a run of batches under one key, the last of them, and the
// rotation that ended it.
type keyStretch struct {
	id       uint32
	from, to int64
	last     string    // signed
	rotation *rotation // found in the last batch, or nil
}

// noteKey accounts a checkpoint to its key. A key may change only after a
// batch whose last record is a rotation, and then it must, to the one that the
// rotation names: whoever stole the old one can't go on with it.
func (v *verifier) noteKey(e ending, first int64, rot *rotation) error {
	id := e.id
	n := len(v.keys)
	if n > 0 && v.keys[n-1].rotation != nil && v.keys[n-1].rotation.next.KeyHash() != id {
		return tampered("the checkpoint after index %d is not signed by the key that the rotation at %d introduced", first, v.keys[n-1].to-1)
	}
	if n == 0 || v.keys[n-1].id != id {
		if n > 0 && v.keys[n-1].rotation == nil {
			return tampered("signing key changes at index %d without a rotation", first)
		}
		if n > 0 {
			// A part of a long text; do not keep the whole of it for each key.
			v.keys[n-1].last = strings.Clone(v.keys[n-1].last)
		}
		v.keys = append(v.keys, keyStretch{id: id, from: first})
		n++
	}
	k := &v.keys[n-1]
	k.to, k.last, k.rotation = v.tree.size, e.note, rot
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
		last, err := parseSigned([]byte(k.last))
		if err != nil || !last.verifiedBy(key) {
			return tampered("checkpoint %d has a bad signature", k.to)
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
	if trusted == "" && !v.handedOver() {
		return tampered("the log's last key is neither pinned nor introduced by the pinned operator")
	}
	return v.checkUnused()
}

// handedOver reports whether the log ends with the rotation to a pinned key
// which has signed all of it as log/head: nothing else was recorded since. It
// then says so of the last stretch.
func (v *verifier) handedOver() bool {
	if len(v.keys) == 0 {
		return false
	}
	last := &v.keys[len(v.keys)-1]
	if last.rotation == nil || v.head == nil || v.head.Size != v.tree.size || v.marks[v.head.Size] != v.head.Root {
		return false
	}
	for _, p := range v.pinned {
		if p.Name() == v.report.Origin && p.KeyHash() == last.rotation.next.KeyHash() && v.head.verifiedBy(p) {
			v.report.Keys[len(v.report.Keys)-1].Trust = "covered by log/head, which a pinned key signed"
			return true
		}
	}
	return false
}

// checkUnused looks for pinned keys of this log that the log does not know: it
// was rewound to before they were introduced. An approved restore may do that.
func (v *verifier) checkUnused() error {
	for _, p := range v.pinned {
		if p.Name() != v.report.Origin || slices.ContainsFunc(v.keys, func(k keyStretch) bool {
			return k.id == p.KeyHash() || k.rotation != nil && k.rotation.next.KeyHash() == p.KeyHash()
		}) {
			continue
		}
		if len(v.report.Restores) == 0 {
			return tampered("the pinned key %s has signed nothing and no rotation names it: the log was rewound to before it", keyIDHex(p.KeyHash()))
		}
		v.warn("the pinned key %s has signed nothing that is left since the restore", keyIDHex(p.KeyHash()))
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
