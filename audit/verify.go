package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrNothing means that there was nothing to verify, which is not a success.
var ErrNothing = errors.New("nothing to verify")

// VerifyOptions says what a log is verified against. Without a key nothing can
// be verified.
type VerifyOptions struct {
	Dir string // data folder with log/ in it

	// Keys are pinned verifier keys of the log, in note format. One suffices
	// if every rotation is signed by the pinned Operator.
	Keys []string
	// Operator is the pinned verifier key of the operator, or "".
	Operator string
	// Origin is the log's origin; "" takes it from the pinned key.
	Origin string

	// Since is a signed checkpoint that the auditor kept from an earlier
	// verification: the log must extend it, and only records after it are
	// looked into (all are hashed).
	Since []byte
	// Evidence holds further checkpoints from outside the data folder: of file
	// anchors, receipts, mirrors. The log must extend each.
	Evidence []Evidence
	// Witnesses are pinned verifier keys of witnesses (cosignature/v1). Their
	// cosignatures are looked for in Evidence and in log/cosigned.
	Witnesses []string

	// EverySignature checks the signature of every checkpoint, not only of the
	// last one of each key.
	EverySignature bool
	// AcceptCuts are indexes of records of cuts that the auditor has looked
	// into; other cuts make the verification fail.
	AcceptCuts []int64
	// Each, if not nil, is told of every record, in order; an error fails the
	// verification, as ErrStore. It serves comparisons with the store.
	Each func(index int64, r *Record) error
}

// Evidence is a signed checkpoint from outside the data folder.
type Evidence struct {
	Name string
	Note []byte
}

// Report is what a verification found. Every field is set as far as the
// verification came.
type Report struct {
	OK         bool          `json:"ok"`
	Statement  string        `json:"statement"` // the finding in one sentence
	Problem    string        `json:"problem,omitempty"`
	Origin     string        `json:"origin"`
	Records    int64         `json:"records"`
	Batches    int64         `json:"batches"`
	Bytes      int64         `json:"bytes"`
	Root       string        `json:"root,omitempty"` // base64, as in the checkpoint
	Since      int64         `json:"since,omitempty"`
	Keys       []KeyUse      `json:"keys,omitempty"`
	Signatures int64         `json:"signatures_checked"`
	Evidence   []EvidenceUse `json:"evidence,omitempty"`
	Cuts       []CutReport   `json:"cuts,omitempty"`
	Restores   []int64       `json:"restores,omitempty"` // indexes of records of restores
	Erasures   []int64       `json:"erasures,omitempty"` // of each erasure the index of its last record
	Warnings   []string      `json:"warnings,omitempty"`
	Checkpoint string        `json:"checkpoint,omitempty"` // the last one, signed: keep it for Since
}

// KeyUse is a stretch of the log under one signing key.
type KeyUse struct {
	ID    string `json:"id"`    // note key id, hex
	From  int64  `json:"from"`  // first record under the key
	To    int64  `json:"to"`    // record after the last
	Trust string `json:"trust"` // "pinned" or "rotation at INDEX"
}

// EvidenceUse is a checkpoint from outside that the log was compared with.
type EvidenceUse struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	By   string `json:"by"` // whose signature makes it evidence
}

// CutReport is a torn tail that was cut at a recovery.
type CutReport struct {
	Index    int64  `json:"index"`
	Detail   string `json:"detail"`
	Accepted bool   `json:"accepted"`
}

// Verify checks a whole log offline: framing, canonical form, hashes, every
// root, signatures, log/head and the evidence given. The error is nil if all
// holds; ErrTampered if something does not; ErrNothing if there is no record
// to check or no pinned key to check it with. The report is never nil.
func Verify(ctx context.Context, opt VerifyOptions) (*Report, error) {
	v := &verifier{opt: opt, report: &Report{Origin: opt.Origin}, marks: make(map[int64]tlog.Hash), tree: &tree{}}
	err := v.run(ctx)
	v.conclude(err)
	return v.report, err
}

// A verifier carries a verification from batch to batch, in order.
type verifier struct {
	opt    VerifyOptions
	report *Report

	pinned    []note.Verifier
	operator  note.Verifier // nil if none is pinned
	witnesses []*CosignatureVerifier
	since     *signedCheckpoint
	head      *signedCheckpoint
	evidence  []evidence

	erasing  map[string]int64 // erasures that have not ended yet: whose, and the record that began it
	tree     *tree
	marks    map[int64]tlog.Hash // sizes at which evidence lies, then their roots
	text     []byte              // the checkpoint that a batch must have, reused
	last     string              // the last checkpoint, signed
	lastRoot tlog.Hash
	keys     []keyStretch
	clock    clockCheck
}

type evidence struct {
	name string
	*signedCheckpoint
}

func (v *verifier) run(ctx context.Context) error {
	if err := v.loadKeys(); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(v.opt.Dir, "log", recordsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return v.missing()
	}
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	defer f.Close()
	if err := v.loadEvidence(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading the log: %w", err)
	}
	v.report.Bytes = info.Size()
	if err := v.batches(ctx, f, info.Size()); err != nil {
		return err
	}
	if err := v.finish(); err != nil {
		return err
	}
	if err := v.everySignature(ctx, f, info.Size()); err != nil {
		return err
	}
	return v.checkCuts()
}

// missing tells a log that was taken away from one that never was.
func (v *verifier) missing() error {
	if _, err := os.Stat(filepath.Join(v.opt.Dir, "log", headFile)); err == nil {
		return tampered("log/records is missing but log/head is there")
	}
	return fmt.Errorf("%w: no log", ErrNothing)
}

// loadKeys parses the pinned keys. A verification without any would prove
// nothing.
func (v *verifier) loadKeys() (err error) {
	if v.pinned, err = verifiers(v.opt.Keys); err != nil {
		return err
	}
	if len(v.pinned) == 0 {
		return fmt.Errorf("%w: no pinned key", ErrNothing)
	}
	if v.report.Origin == "" {
		v.report.Origin = v.pinned[0].Name()
	}
	if strings.TrimSpace(v.opt.Operator) != "" {
		op, err := verifiers([]string{v.opt.Operator})
		if err != nil {
			return err
		}
		v.operator = op[0]
	}
	for _, w := range v.opt.Witnesses {
		c, err := NewCosignatureVerifier(w)
		if err != nil {
			return err
		}
		v.witnesses = append(v.witnesses, c)
	}
	return nil
}

// finish checks what can only be checked at the end.
func (v *verifier) finish() error {
	v.report.Records = v.tree.size
	if v.tree.size == 0 {
		if v.head != nil && v.head.Size > 0 {
			return tampered("log is empty but log/head has seen %d records", v.head.Size)
		}
		return fmt.Errorf("%w: log is empty", ErrNothing)
	}
	v.report.Root = v.tree.root().String()
	if err := v.checkKeys(); err != nil {
		return err
	}
	if err := v.checkHead(); err != nil {
		return err
	}
	if err := v.checkEvidence(); err != nil {
		return err
	}
	v.report.Checkpoint = v.last
	return nil
}

// conclude writes the finding in one sentence.
func (v *verifier) conclude(err error) {
	r := v.report
	r.Warnings = append(r.Warnings, v.clock.warnings()...)
	r.OK = err == nil
	if err != nil {
		r.Problem = err.Error()
		r.Statement = "not verified: " + err.Error()
		return
	}
	newest := int64(-1)
	for _, e := range r.Evidence {
		newest = max(newest, e.Size)
	}
	switch {
	case newest < 0:
		r.Statement = fmt.Sprintf("verified to checkpoint %d; nothing outside proves there was no later one", r.Records)
	case newest < r.Records:
		r.Statement = fmt.Sprintf("verified to checkpoint %d; outside evidence reaches checkpoint %d, and nothing outside proves there was no later one than %d", r.Records, newest, r.Records)
	default:
		r.Statement = fmt.Sprintf("verified to checkpoint %d; outside evidence has seen that checkpoint", r.Records)
	}
}
