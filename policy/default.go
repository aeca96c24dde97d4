package policy

import (
	_ "embed"
	"slices"
)

var (
	//go:embed default/policy.yaml
	defaultPolicy []byte
	//go:embed default/policy_test.yaml
	defaultTests []byte
)

// Default returns the policy that a new installation starts with, commented
// for the person who is going to change it.
func Default() []byte { return slices.Clone(defaultPolicy) }

// DefaultTests returns the tests of the default policy, in the form that
// RunTests takes.
func DefaultTests() []byte { return slices.Clone(defaultTests) }
