package tools

import (
	"time"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// facts is what the Gate, the policy's release phase and the record need to
// know of a result.
type facts struct {
	rows     int64
	accounts map[string]struct{} // account ids while a tool runs, pseudonyms in a book
	labels   policy.Labels
	from, to store.Date

	pages  int64 // of Notion, written to
	tokens int64 // of a model, prompt and output
	// asked is how long each question to a model took.
	asked []time.Duration
}

// seen notes that a row of an account and a date is part of the result.
func (f *facts) seen(account string, date store.Date) {
	f.rows++
	if account != "" {
		if f.accounts == nil {
			f.accounts = map[string]struct{}{}
		}
		f.accounts[account] = struct{}{}
	}
	if date == 0 {
		return
	}
	if f.from == 0 || date < f.from {
		f.from = date
	}
	if date > f.to {
		f.to = date
	}
}

var labelNames = []struct {
	bit  policy.Labels
	name string
}{
	{policy.Untrusted, "untrusted"},
	{policy.Private, "private"},
	{policy.ModelOutput, "model_output"},
}

// namesOf lists the labels in a fixed order.
func namesOf(l policy.Labels) []string {
	names := []string{}
	for _, n := range labelNames {
		if l&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	return names
}

// labelsOf reverses namesOf; unknown names are ignored.
func labelsOf(names []string) policy.Labels {
	var l policy.Labels
	for _, name := range names {
		for _, n := range labelNames {
			if n.name == name {
				l |= n.bit
			}
		}
	}
	return l
}
