package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

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
