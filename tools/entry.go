package tools

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// maxRecordedArgs bounds the received arguments that a sidecar keeps. Longer
// ones were refused for their length; their digest is in the record.
const maxRecordedArgs = MaxArgsBytes

// maxRecordedAccounts bounds the accounts that one record names.
const maxRecordedAccounts = 256

// maxRecordedName bounds what a client says of itself, in bytes.
const maxRecordedName = 128

// entry makes the record of a passage.
func (g *Gate) entry(ctx context.Context, k *passage, phase audit.Phase, err *Error) (*audit.Entry, error) {
	e := &audit.Entry{Salt: k.salt}
	digest := k.policy.Digest()
	e.Record = audit.Record{
		Time:           k.now,
		Phase:          phase,
		CallID:         k.id,
		Predecessor:    k.predecessor,
		Principal:      k.who,
		Auth:           k.principal.Auth,
		ClientName:     g.clientText(k.call.Client.Name),
		ClientVersion:  g.clientText(k.call.Client.Version),
		Protocol:       g.clientText(k.call.Client.Protocol),
		TraceID:        k.call.TraceID,
		ReceivedDigest: e.Commit("received_digest", k.call.Args),
		PolicyDigest:   hex.EncodeToString(digest[:]),
		ConfigDigest:   g.cfg.ConfigDigest,
		Decision:       string(k.decision.Effect),
		Rule:           k.decision.Rule,
		Reason:         k.decision.Reason,
		Obligations:    k.obligations(),
		Before:         &k.reserved.before,
		Snapshot:       int64(k.at),
		Clock:          k.now.Format(time.RFC3339Nano),
		Build:          g.cfg.Build,
		RedactorEpoch:  g.cfg.Epoch,
	}
	k.describeTool(e)
	k.describeResult(g, e)
	k.describeTraffic(e)
	if phase == audit.PhaseOutcome {
		e.Record.After = &k.after
	}
	if err != nil {
		e.Record.Error = string(err.Code)
		if errors.Is(err, errSpent) {
			e.Record.Detail = detailBudget
		}
	}
	var failed error
	e.Sidecar, failed = g.seal(ctx, k)
	return e, failed
}

func (k *passage) describeTool(e *audit.Entry) {
	if k.tool == nil {
		return // the name that was sent stays out: it may be anything
	}
	e.Record.Tool = k.tool.spec.Name
	e.Record.ToolDigest = k.tool.digest
	if k.args != nil {
		e.Record.ArgsDigest = e.Commit("args_digest", k.args.canonical())
	}
}

func (k *passage) describeResult(g *Gate, e *audit.Entry) {
	if k.document == nil {
		return
	}
	r := &e.Record
	r.Rows, r.Bytes = k.facts.rows, int64(len(k.document))
	r.Labels = namesOf(k.facts.labels)
	r.From, r.To = k.facts.from.String(), k.facts.to.String()
	r.ResultDigest = e.Commit("result_digest", k.document)
	counts := map[audit.Count]int64{}
	for _, f := range k.findings {
		counts[audit.Count{Name: string(f.Entity), Layer: string(f.Layer)}] += int64(f.Count)
	}
	for c, n := range counts {
		c.N = n
		r.Findings = append(r.Findings, c)
	}
	slices.SortFunc(r.Findings, func(a, b audit.Count) int {
		return slices.Compare([]string{a.Name, a.Layer}, []string{b.Name, b.Layer})
	})
	accounts := slices.Sorted(maps.Keys(k.served(g).accounts))
	r.Accounts, _ = cut(accounts, maxRecordedAccounts)
}

// approvedBy begins the obligation that says on whose word an ask went on.
const approvedBy = "approved:"

// withoutEffect is the obligation of a call that nobody was asked about, because
// it would have changed nothing: it went on without the means to.
const withoutEffect = "no effect"

func approvedIn(obligations []string) bool {
	return slices.ContainsFunc(obligations, func(o string) bool { return strings.HasPrefix(o, approvedBy) })
}

// obligations says in words what the decision tightened, and who approved.
func (k *passage) obligations() []string {
	var list []string
	d := k.decision
	if k.approved != "" {
		list = append(list, approvedBy+k.approved)
	}
	if k.idle != nil {
		list = append(list, withoutEffect)
	}
	if d.Limits.Rows > 0 {
		list = append(list, fmt.Sprintf("rows<=%d", d.Limits.Rows))
	}
	if d.Limits.Bytes > 0 {
		list = append(list, fmt.Sprintf("bytes<=%d", d.Limits.Bytes))
	}
	if d.Rows != nil {
		list = append(list, "scope")
	}
	for _, f := range d.Drop {
		list = append(list, "drop:"+f)
	}
	for _, m := range d.Mask {
		list = append(list, "mask:"+m)
	}
	return list
}

// clientText is self-reported text made safe for the log: redacted, and short.
func (g *Gate) clientText(text string) string {
	if text == "" {
		return ""
	}
	clean, err := g.redactors.text(text)
	if err != nil {
		return "(withheld)"
	}
	if len(clean) > maxRecordedName {
		clean = clean[:maxRecordedName]
	}
	return clean
}

// seal makes the sidecar. Its associated data is the call id, so that a
// sidecar put beside another record does not open.
func (g *Gate) seal(ctx context.Context, k *passage) ([]byte, error) {
	s := sidecar{
		Version:   sidecarVersion,
		Salt:      k.salt[:],
		Principal: k.principal,
		Tool:      k.call.Tool,
		Args:      k.call.Args,
		Client:    k.call.Client,
		Zone:      k.zone.String(),
		Limits:    k.limits,
		Rows:      k.reserved.taken.Rows,
		Bytes:     k.reserved.taken.Bytes,
		Spent:     k.reserved.before,
		History:   k.reserved.history,
		Budget:    k.reserved.left,
		Approved:  k.approved,
		Target:    k.target,
		Exchanges: k.traffic.list,
		document:  k.document,
	}
	if len(s.Args) > maxRecordedArgs {
		s.Args = nil
	}
	if len(s.Tool) > maxRecordedName {
		s.Tool = ""
	}
	plain, err := s.encode()
	if err != nil {
		return nil, err
	}
	subjects, err := g.subjects(ctx, k)
	if err != nil {
		return nil, err
	}
	return g.cfg.Keys.SealShared(seal.PurposeSidecar, subjects, []byte(k.id), plain)
}

// subjects lists whose data the sidecar holds: the owners of the accounts that
// the result shows, or of every account where a result, or what went outside,
// only shows sums.
// Destroying any one's key erases it.
func (g *Gate) subjects(ctx context.Context, k *passage) ([]string, error) {
	owners := map[string]struct{}{"": {}}
	if k.document != nil || len(k.traffic.list) > 0 {
		all, err := g.owners.at(ctx, g.cfg.Store, k.at)
		if err != nil {
			return nil, err
		}
		for account, owner := range all {
			if _, seen := k.facts.accounts[account]; seen || len(k.facts.accounts) == 0 {
				owners[owner] = struct{}{}
			}
		}
	}
	return slices.Sorted(maps.Keys(owners)), nil
}
