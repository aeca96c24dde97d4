package tools

import (
	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// Disclosed is the content of a record that its commitments stand for. With
// the salt an auditor can open single fields of it to others.
type Disclosed struct {
	Salt   [32]byte
	Fields map[string][]byte // by the record's JSON name: "received_digest", "args_digest", "result_digest"
}

// Disclose opens the sealed content of a call's record. It fails with
// seal.ErrErased if a subject's key was destroyed.
func Disclose(keys *seal.Keyring, r *audit.Record, sealed []byte) (Disclosed, error) {
	plain, err := keys.OpenShared(seal.PurposeSidecar, []byte(r.CallID), sealed)
	if err != nil {
		return Disclosed{}, err
	}
	s, err := new(recollection).sidecar(plain)
	if err != nil {
		return Disclosed{}, err
	}
	d := Disclosed{Salt: [32]byte(s.Salt), Fields: map[string][]byte{"received_digest": s.Args}}
	if r.ResultDigest != "" {
		d.Fields["result_digest"] = s.document
	}
	for _, t := range all() {
		if t.spec.Name != s.Tool || r.ArgsDigest == "" {
			continue
		}
		if args, err := t.shape.decode(s.Args); err == nil {
			d.Fields["args_digest"] = args.canonical()
		}
	}
	return d, nil
}
