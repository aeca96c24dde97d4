package tools

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// tool is one entry of the table: its declaration and the function that only
// the Gate can reach.
type tool struct {
	spec    Spec
	shape   *shape
	classes *redact.Classes
	labels  policy.Labels
	digest  string // hex SHA-256 of the declaration
	run     func(ctx context.Context, r *run, args *decoded) (any, error)

	// The rest is for tools that reach outside the process.

	// needs is what the config must have for the tool; nil needs nothing.
	needs *need
	// cost is the worst case of one call, reserved before it runs.
	cost costs
	// patience is how long the tool may run where that is longer than the limits'
	// timeout: a model is slow.
	patience time.Duration
	// target finds where a write would go, before the policy decides on it.
	target func(ctx context.Context, r *run, args *decoded) (*policy.Target, error)
	// preview tells a person exactly what will happen, when the policy asks.
	preview func(ctx context.Context, r *run, args *decoded) (preview, error)
}

// preview is what a call would do outside the process.
type preview struct {
	text string // for the person who is asked
	// idle is set if the call would change nothing: then nobody is asked, and the
	// tool answers from it without an effect.
	idle *idle
}

// idle is the page that is as it should be.
type idle struct{ page, url string }

// run is one execution of a tool: everything it may read, and where it notes
// what it read.
type run struct {
	store    store.Reader
	at       store.Snapshot
	today    store.Date // of the injected clock, in the configured zone
	scope    *store.Predicate
	rows     int // most rows the result may hold
	position store.Position
	limits   Limits
	spent    audit.Usage
	progress func(done, total int64, message string)
	specs    []*tool
	seal     func(store.Position) (string, error)
	facts    facts
	cfg      *Config
	callID   string
	now      time.Time
	traffic  *traffic
	who      string // pseudonym of the principal
	mac      func(string) [32]byte
	// idle forbids every effect: nobody was asked, because none was needed.
	idle *idle
	// redactor is that of the snapshot and of what the policy masks, for what goes
	// outside.
	redactor func(context.Context) (*redact.Redactor, error)
}

// limit is the page size: what was asked for, within what is allowed.
func (r *run) limit(asked int64) int { return min(int(asked), r.rows) }

// define declares a tool with arguments A and result R.
func define[A, R any](s Spec, labels policy.Labels, fn func(context.Context, *run, A) (R, error)) *tool {
	shape := shapeOf(reflect.TypeFor[A]())
	classes, err := redact.ClassesOf(reflect.TypeFor[R]())
	if err != nil {
		panic("tool " + s.Name + ": " + err.Error())
	}
	s.InputSchema = shape.schema
	s.OutputSchema = outputSchema(reflect.TypeFor[R]())
	if s.Effect == "" {
		s.Effect = policy.EffectRead
		s.Annotations = Annotations{ReadOnly: true, Idempotent: true}
	}
	sum := sha256.New()
	for _, part := range [][]byte{[]byte(s.Name), []byte(s.Description), s.InputSchema, s.OutputSchema} {
		sum.Write(part)
		sum.Write([]byte{0})
	}
	return &tool{
		spec:    s,
		shape:   shape,
		classes: classes,
		labels:  labels,
		digest:  hex.EncodeToString(sum.Sum(nil)),
		run: func(ctx context.Context, r *run, args *decoded) (any, error) {
			return fn(ctx, r, args.value.Interface().(A))
		},
	}
}
