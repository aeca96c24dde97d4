package tools

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/policy"
)

// letGo asks the policy about a result that is there, and if that says so, a
// person. What is asked is about this result: its store snapshot, rows, bytes and
// findings are part of what the approval is tied to.
func (g *Gate) letGo(ctx context.Context, k *passage) error {
	d := k.judgeResult()
	switch {
	case d.Effect == policy.Allow:
		return nil
	case d.Effect == policy.Ask && k.repeatable():
		k.decision.Effect, k.decision.Rule, k.decision.Reason, k.decision.Channel = policy.Ask, d.Rule, d.Reason, d.Channel
		k.holding, k.preview = true, k.describeHeld()
		return g.approve(ctx, k)
	}
	k.decision.Effect, k.decision.Rule, k.decision.Reason = policy.Deny, d.Rule, d.Reason
	return &Error{Code: CodeDenied, Message: "the policy does not allow this result to leave" + because(d.Reason)}
}

// repeatable reports whether a result can wait for a person: the call is made
// again once they have answered, so it must have done nothing that is not to be
// done twice, and must not have been asked about already.
func (k *passage) repeatable() bool {
	return k.decision.Effect == policy.Allow && k.tool.spec.Effect == policy.EffectRead && k.tool.cost == costs{}
}

// describeHeld is what a person is shown of a result that waits for them.
func (k *passage) describeHeld() string {
	f := k.resultFacts()
	var b strings.Builder
	fmt.Fprintf(&b, "The result that waits: %d rows, %d bytes, from batch %d of the store.", f.Rows, f.Bytes, k.at)
	if from, to := k.facts.from, k.facts.to; from != 0 {
		fmt.Fprintf(&b, " Bookings of %s to %s.", from, to)
	}
	for _, entity := range slices.Sorted(maps.Keys(f.Findings)) {
		fmt.Fprintf(&b, " Redacted: %d %s.", f.Findings[entity], entity)
	}
	return b.String()
}
