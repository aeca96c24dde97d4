package folder

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"strings"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/lockfile"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// WordBy begins the word of a record that says under which user of the operating
// system a change came into force.
const WordBy = "by="

// maxUser bounds that user's name.
const maxUser = 64

// runningUser names the user that this process runs as, in letters that need no
// care. Who edited the file is not known to it.
func runningUser() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "unknown"
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, u.Username)
	return name[:min(len(name), maxUser)]
}

// Recorded is what the log says is in force: the newest batch, config and
// policy that have a record. It is read from the log; run/recorded keeps a copy
// so that a long log is not read again at every start. The copy is used only
// if the record it ends with is still the one at its place.
type Recorded struct {
	Next     int64  `json:"next"` // index of the first record not yet seen
	Leaf     string `json:"leaf"` // hash of the record before it
	Batch    int64  `json:"batch"`
	Config   string `json:"config"`
	Policy   string `json:"policy"`
	Redactor string `json:"redactor"` // see RedactorMark
	Epoch    int64  `json:"epoch"`
}

// Words in the detail of config and policy records.
const (
	WordBefore   = "before="
	wordRedactor = "redactor="
)

// catchUp learns from the log what is on record, and records the config if it
// has changed since. That also covers edits made by hand.
func (f *Folder) catchUp(ctx context.Context) error {
	f.recorded = f.cachedRecord()
	if err := f.learnNew(); err != nil {
		return err
	}
	if err := f.recordConfig(ctx); err != nil {
		return err
	}
	return f.cacheRecord()
}

// learnNew reads the records that were not yet there when it was last called:
// over a log that replicas share, others append too.
func (f *Folder) learnNew() error {
	reader := f.Log.Reader()
	size, err := reader.Size()
	if err != nil {
		return fmt.Errorf("reading the log: %w", err)
	}
	if size <= f.recorded.Next {
		return nil
	}
	for it, err := range reader.Select(audit.Filter{FromIndex: f.recorded.Next, ToIndex: size, Phase: audit.PhaseEvent}) {
		if err != nil {
			return fmt.Errorf("reading the log: %w", err)
		}
		f.recorded.Learn(it.Record)
	}
	f.recorded.Next = size
	return nil
}

// Learn takes in what a record says.
func (r *Recorded) Learn(rec *audit.Record) {
	switch rec.Event {
	case audit.EventBatch:
		r.Batch = max(r.Batch, rec.Batch)
	case audit.EventPolicy:
		r.Policy = rec.PolicyDigest
	case audit.EventConfig:
		r.Config, r.Epoch = rec.ConfigDigest, rec.RedactorEpoch
		for word := range strings.FieldsSeq(rec.Detail) {
			if mark, ok := strings.CutPrefix(word, wordRedactor); ok {
				r.Redactor = mark
			}
		}
	}
}

func (f *Folder) cachedRecord() Recorded {
	text, err := bounded.ReadFile(f.Home.Data("run", "recorded"), config.MaxSize)
	if err != nil {
		return Recorded{}
	}
	var r Recorded
	if json.Unmarshal(text, &r) != nil || r.Next < 1 {
		return Recorded{}
	}
	it, err := f.Log.Reader().Entry(r.Next - 1)
	if err != nil {
		return Recorded{}
	}
	if leaf := it.LeafHash(); hex.EncodeToString(leaf[:]) != r.Leaf {
		return Recorded{}
	}
	f.cached = r.Next
	return r
}

func (f *Folder) cacheRecord() error {
	reader := f.Log.Reader()
	size, err := reader.Size()
	if f.shared != nil {
		size = f.recorded.Next // others may have appended what was not read yet
	}
	if err != nil || size == 0 || size == f.cached {
		return err
	}
	last, err := reader.Entry(size - 1)
	if err != nil {
		return fmt.Errorf("reading the log: %w", err)
	}
	leaf := last.LeafHash()
	r := f.recorded
	r.Next, r.Leaf = size, hex.EncodeToString(leaf[:])
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f.cached = size
	return durable.Replace(f.Home.Data("run", "recorded"), text, durable.FileMode)
}

// event appends a record that is not a call.
func (f *Folder) event(ctx context.Context, r audit.Record) error {
	r.Phase, r.Time, r.Build = audit.PhaseEvent, f.Home.Now(), build.Read().String()
	if _, err := f.Log.Append(ctx, &audit.Entry{Record: r}); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	f.recorded.Learn(&r)
	return nil
}

// recordConfig archives a new config and puts it on record. The redactor's
// epoch rises with every change of what it does.
func (f *Folder) recordConfig(ctx context.Context) error {
	digest := hex.EncodeToString(f.Config.Digest[:])
	mark := f.RedactorMark()
	if digest == f.recorded.Config && mark == f.recorded.Redactor {
		return nil
	}
	text, err := bounded.ReadFile(f.Config.Path, config.MaxSize)
	if err != nil {
		return err
	}
	if err := f.archive(digest, text); err != nil {
		return err
	}
	epoch := f.recorded.Epoch
	if mark != f.recorded.Redactor {
		epoch++
	}
	return f.event(ctx, audit.Record{
		Event: audit.EventConfig, ConfigDigest: digest, RedactorEpoch: epoch,
		Detail: WordBefore + console.Or(f.recorded.Config, "none") + " " + wordRedactor + mark + " " + WordBy + runningUser(),
	})
}

// RedactorMark is a keyed digest of all that config says about redaction, and of
// the redactor's version.
func (f *Folder) RedactorMark() string { return f.redactorMarkOf(redact.Version) }

func (f *Folder) redactorMarkOf(version int) string {
	text, err := json.Marshal(f.Config.Redact.Actions) // sorts by name
	if err != nil {
		panic(err) // a map of strings always encodes
	}
	msg := fmt.Appendf(nil, "redactor %d\x00%s", version, text)
	for _, s := range f.Secrets {
		sum := f.Keys.MAC(seal.PurposeToken, s)
		msg = append(msg, sum[:]...)
	}
	sum := f.Keys.MAC(seal.PurposeToken, msg)
	return hex.EncodeToString(sum[:8])
}

// recordPolicy archives a policy and puts it on record if it is another one.
func (f *Folder) recordPolicy(ctx context.Context, digest string, text []byte) error {
	if err := f.archive(digest, text); err != nil {
		return err
	}
	if digest == f.recorded.Policy {
		return nil
	}
	return f.event(ctx, audit.Record{
		Event: audit.EventPolicy, PolicyDigest: digest,
		Detail: WordBefore + console.Or(f.recorded.Policy, "none") + " " + WordBy + runningUser(),
	})
}

// ErrStoreBehind means that the store lacks what is on record.
var ErrStoreBehind = errors.New("the store was lost or is an older copy")

// checkStore refuses an embedded store that lacks a batch that is on record: it was
// lost, or is an older copy. What it would answer is not what is on record, and
// the next batches, under numbers that have records, would get none. A database
// that replicas share is not asked: others may commit between the two questions.
func (f *Folder) checkStore(ctx context.Context) error {
	if f.shared != nil {
		return nil
	}
	at, err := f.Store.Snapshot(ctx)
	if err != nil || int64(at) >= f.recorded.Batch {
		return err
	}
	return exit.Fail(exit.Data, "put the store's file back as it was, or the whole folder from one backup; or begin a new folder and import again",
		"%w: it ends at batch %d, the log at batch %d", ErrStoreBehind, at, f.recorded.Batch)
}

// batchPage is how many batches are read from the store at a time.
const batchPage = 200

// recordBatches puts every committed batch on record that is not yet, oldest
// first. It runs after each change and whenever the store is opened.
func (f *Folder) recordBatches(ctx context.Context) error {
	f.records.Lock()
	defer f.records.Unlock()
	at, err := f.Store.Snapshot(ctx)
	if err != nil {
		return err
	}
	if f.shared != nil {
		err = f.recordInTurn(ctx, int64(at))
	} else {
		err = f.recordMissing(ctx, at)
	}
	if err != nil {
		return err
	}
	return f.cacheRecord()
}

// batchesTurn is the name under which replicas take turns to record batches, so
// that each has one record.
const batchesTurn = "@batches"

func (f *Folder) recordInTurn(ctx context.Context, at int64) error {
	if err := f.learnNew(); err != nil || at <= f.recorded.Batch {
		return err
	}
	return f.shared.Turn(ctx, batchesTurn, func([]byte) ([]byte, error) {
		if err := f.learnNew(); err != nil { // what another replica did meanwhile
			return nil, err
		}
		return []byte{1}, f.recordMissing(ctx, store.Snapshot(at))
	})
}

// recordMissing records the batches up to a snapshot that have no record.
func (f *Folder) recordMissing(ctx context.Context, at store.Snapshot) error {
	var missing []store.Batch
	for before := int64(0); int64(at) > f.recorded.Batch; {
		page, err := f.Store.Batches(ctx, at, before, batchPage)
		if err != nil {
			return err
		}
		done := len(page) < batchPage
		for _, b := range page {
			if b.Number <= f.recorded.Batch {
				done = true
				break
			}
			missing = append(missing, b)
			before = b.Number
		}
		if done {
			break
		}
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := f.event(ctx, batchRecord(missing[i])); err != nil {
			return err
		}
	}
	return nil
}

// recordChange is recordBatches after a change. What fails then is its record alone,
// and whoever asked for the change has to hear that it was made.
func (f *Folder) recordChange(ctx context.Context) error {
	if err := f.recordBatches(ctx); err != nil {
		return fmt.Errorf("the change is in the store and need not be made again; it comes on record when the store is next opened: %w", err)
	}
	return nil
}

func batchRecord(b store.Batch) audit.Record {
	r := audit.Record{
		Event: audit.EventBatch, Batch: b.Number, Snapshot: b.Number, Rows: b.Added,
		RowsDigest: hex.EncodeToString(b.RowsDigest[:]), Detail: b.Kind,
	}
	if b.SourceDigest != [32]byte{} {
		r.SourceDigest = hex.EncodeToString(b.SourceDigest[:])
	}
	return r
}

// RecordConfig puts a change of the config that this command made on record. A
// process that owns the folder applies it, or records it at its next start.
func RecordConfig(ctx context.Context, h *home.Home) (err error) {
	f, err := Take(ctx, h)
	if errors.Is(err, lockfile.ErrHeld) {
		if err := reloadOwner(ctx, h); err != nil {
			h.UI.Notef("a server is running and did not take the change (%v): send it SIGHUP or restart it to apply and record the change", err)
			return nil
		}
		h.UI.Notef("the server that is running has applied the change")
		return nil
	}
	if err != nil {
		return fmt.Errorf("the config was changed, but that is not on record yet: %w", err)
	}
	return f.Close()
}

// RecordStart puts the start of a server on record.
func (f *Folder) RecordStart(ctx context.Context) error {
	f.records.Lock()
	defer f.records.Unlock()
	return f.event(ctx, audit.Record{Event: audit.EventStart, ConfigDigest: f.recorded.Config, PolicyDigest: f.recorded.Policy, RedactorEpoch: f.recorded.Epoch})
}
