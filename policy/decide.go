package policy

import "errors"

// ErrCompile is wrapped by every error that Compile returns; the text after it
// names file, line and column.
var ErrCompile = errors.New("policy does not compile")

// Source is one policy file.
type Source struct {
	Name string // file name, used in messages
	Text []byte
}

// Policy is a compiled policy. It is immutable and safe for concurrent use.
type Policy struct {
	digest [32]byte
}

// Compile compiles a policy against the tools it governs. It fails on any
// expression that does not type-check, on a row scope outside the subset that
// can be rendered as SQL, and on more than MaxRules rules.
func Compile(src Source, tools []ToolSchema) (*Policy, error) {
	return nil, ErrCompile
}

// Digest is the SHA-256 of the policy's canonical source; it goes into every
// record.
func (p *Policy) Digest() [32]byte { return p.digest }

// Decide evaluates the rules for one request in order and returns the first
// match. It never fails: whatever goes wrong is a Deny that says so in Rule
// and Reason.
func (p *Policy) Decide(r *Request) Decision {
	return Decision{Effect: Deny, Reason: "no policy"}
}

// Release evaluates the release-phase rules against the result of a call,
// after execution and redaction and before anything leaves. Without release
// rules it allows.
func (p *Policy) Release(r *Request) Decision {
	return Decision{Effect: Deny, Reason: "no policy"}
}
