package folder

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// PseudonymLen is how long a principal's pseudonym is in the log: 16 bytes in hex.
const PseudonymLen = 32

// keyError gives what keys fail with a code and a hint.
func keyError(err error) error {
	switch {
	case errors.Is(err, seal.ErrNoRotation):
		return exit.Fail(exit.Usage, "rotate it at its provider, then run counterfoil keys rewrap", "%w", err)
	case errors.Is(err, seal.ErrBusy):
		return exit.Fail(exit.Data, "wait for it, then try again", "%w", err)
	case errors.Is(err, seal.ErrNoSubject):
		return exit.Fail(exit.NotFound, "counterfoil keys status shows whose keys there are", "there is no such data key: nothing was sealed yet for what it would be of")
	}
	return err
}

// stays says why an older key is not destroyed yet.
func stays(until time.Time) string {
	return fmt.Sprintf("until %s at the earliest, then with counterfoil keys rotate --finish", until.Format("2006-01-02 15:04 MST"))
}

// keysStep is between two steps of a rotation, where tests stop the process.
func (f *Folder) keysStep() {
	if step := f.Home.Hooks.KeysStep; step != nil {
		step()
	}
}

// What a KeysRequest asks for.
const (
	KeysRotate    = "rotate"
	KeysRotateKEK = "rotate-kek"
	KeysRewrap    = "rewrap"
	KeysReseal    = "reseal"
	KeysDestroy   = "destroy"
)

// KeysRequest is a command on the keys.
type KeysRequest struct {
	Do      string `json:"do"`
	Purpose string `json:"purpose"` // "" for all that this is done to
	Subject string `json:"subject"`
	Finish  bool   `json:"finish"` // destroy older keys also where replicas may use them
}

// KeysAnswer is what it came to.
type KeysAnswer struct {
	Wrapper   string    `json:"wraps"`
	Rewrapped int       `json:"rewrapped"`
	Erased    string    `json:"erased"` // pseudonym
	Rotated   []KeyLine `json:"rotated"`
	Examined  int       `json:"examined"`
	Resealed  int       `json:"resealed"`
	Destroyed []KeyLine `json:"destroyed"`
	Waiting   []KeyLine `json:"waiting"` // older keys that stay for now
}

// KeyLine is one generation of a key.
type KeyLine struct {
	Purpose    string `json:"purpose"`
	Subject    string `json:"subject,omitempty"`
	Generation uint32 `json:"generation"`
	Why        string `json:"why,omitempty"`
}

// Rotated lists the purposes whose keys are rotated, and what becomes of what the
// older ones seal. Cursors are not among them: a replay has to give the same
// bytes. Of db and token only derived keys are used, which the root key gives.
var Rotated = map[seal.Purpose]string{
	seal.PurposeVault:    "sealed anew",
	seal.PurposeColumn:   "sealed anew",
	seal.PurposeApproval: "lapses",
	seal.PurposeSidecar:  "stays",
}

// KeysDo does a command on the keys of a folder that this process owns.
func (f *Folder) KeysDo(ctx context.Context, r KeysRequest) (out KeysAnswer, err error) {
	switch r.Do {
	case KeysRotate:
		out.Rotated, err = f.rotateKeys(ctx, r)
		f.tendSoon()
	case KeysRotateKEK:
		out, err = f.rewrapKeys(ctx, r.Do, f.Keys.RotateKEK)
	case KeysRewrap:
		out, err = f.rewrapKeys(ctx, r.Do, f.Keys.Rewrap)
	case KeysReseal:
		out, err = f.ResealAll(ctx, r.Finish, false)
	case KeysDestroy:
		out.Erased, err = f.eraseSubject(r)
	default:
		err = exit.Fail(exit.Usage, "", "the request is not what this process understands")
	}
	return out, keyError(err)
}

// noteKeys puts what is done with keys on record.
func (f *Folder) noteKeys(event, format string, args ...any) error {
	if err := f.note(audit.Record{Event: event, Detail: fmt.Sprintf(format, args...)}); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	return nil
}

// subjectPseudonym stands for a subject in the log.
func (f *Folder) subjectPseudonym(subject string) string {
	sum := f.Keys.MAC(seal.PurposeToken, []byte("subject\x00"+f.Config.Tenant+"\x00"+subject))
	return hex.EncodeToString(sum[:PseudonymLen/2])
}

// eraseSubject destroys the keys of a subject, those of one purpose or all.
func (f *Folder) eraseSubject(r KeysRequest) (who string, err error) {
	if r.Subject == "" {
		return "", seal.ErrNoSubject
	}
	who = f.subjectPseudonym(r.Subject)
	what := "subject=" + who
	destroy := func() error { return f.Keys.Destroy(r.Subject) }
	if r.Purpose != "" {
		what += " purpose=" + r.Purpose
		destroy = func() error { return f.Keys.DestroyPurpose(seal.Purpose(r.Purpose), r.Subject) }
	}
	if err := f.noteKeys(audit.EventErase, "begin %s", what); err != nil {
		return "", err
	}
	err = destroy()
	switch {
	case errors.Is(err, seal.ErrNoSubject): // there was nothing to destroy
		return "", errors.Join(err, f.noteKeys(audit.EventErase, "none %s", what))
	case err != nil:
		return "", errors.Join(err, f.noteKeys(audit.EventErase, "failed %s", what))
	}
	return who, f.noteKeys(audit.EventErase, "done %s", what)
}

// rewrapKeys wraps all keys anew, with a record before and after.
func (f *Folder) rewrapKeys(ctx context.Context, what string, do func(context.Context) (int, error)) (out KeysAnswer, err error) {
	if err := f.noteKeys(audit.EventKeys, "begin %s", what); err != nil {
		return out, err
	}
	if out.Rewrapped, err = do(ctx); err != nil {
		return out, errors.Join(err, f.noteKeys(audit.EventKeys, "failed %s keys=%d", what, out.Rewrapped))
	}
	if out.Wrapper, err = f.Keys.Probe(); err != nil {
		return out, err
	}
	return out, f.noteKeys(audit.EventKeys, "done %s keys=%d", what, out.Rewrapped)
}

// rotateKeys makes the next generation of every line that is used. It waits for
// imports that are running: what they have sealed has to be in the store before
// anybody looks there for what is sealed under older keys.
func (f *Folder) rotateKeys(ctx context.Context, r KeysRequest) (done []KeyLine, err error) {
	f.sealing.Lock()
	defer f.sealing.Unlock()
	if err := f.noteKeys(audit.EventKeys, "begin rotate"); err != nil {
		return nil, err
	}
	for _, p := range seal.Purposes() {
		if Rotated[p] == "" || r.Purpose != "" && r.Purpose != string(p) {
			continue
		}
		for _, s := range f.keySubjects(r.Subject) {
			if err := ctx.Err(); err != nil {
				return done, err
			}
			g, err := f.Keys.Rotate(p, s, f.Home.Now())
			if errors.Is(err, seal.ErrNoSubject) {
				continue
			}
			if err != nil {
				return done, errors.Join(err, f.noteKeys(audit.EventKeys, "failed rotate purpose=%s subject=%s", p, f.subjectPseudonym(s)))
			}
			f.keysStep()
			done = append(done, KeyLine{Purpose: string(p), Subject: s, Generation: g})
			if err := f.noteKeys(audit.EventKeys, "done rotate purpose=%s subject=%s generation=%d", p, f.subjectPseudonym(s), g); err != nil {
				return done, err
			}
		}
	}
	if len(done) == 0 {
		return nil, seal.ErrNoSubject
	}
	return done, nil
}

// keySubjects is one subject, or all that are known.
func (f *Folder) keySubjects(only string) []string {
	if only != "" {
		return []string{only}
	}
	return f.current.Load().Subjects()
}

const (
	// sharedHold is how long an older key stays that other replicas may use: they
	// notice within a second, and an import that began before has ended.
	sharedHold = time.Hour
	// approvalHold is how long a question that was sealed before a rotation can
	// still be answered, with an hour for clocks.
	approvalHold = approvalLifetime + time.Hour
)
