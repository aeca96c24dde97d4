package tools

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

func fullSidecar() *sidecar {
	return &sidecar{
		Version: sidecarVersion, Salt: []byte(strings.Repeat("s", 32)),
		Principal: policy.Principal{Tenant: "default", Name: `o'<b>"\é` + "\u2028", Roles: []string{"a", "}"}, Scopes: []string{}, Accounts: []string{"x"}, Auth: "bearer"},
		Tool:      "search_transactions", Args: []byte(`{"query":"}\""}`),
		Client: policy.Client{Name: "c<>&", Version: "1"}, Zone: "Europe/London",
		Limits: Limits{RowsPerCall: 3, CallsPerTool: map[string]int64{"x{": 4}, Timeout: time.Second},
		Rows:   50, Bytes: 1 << 40, Spent: audit.Usage{Calls: 1, Bytes: -2, Pages: 3, Tokens: 4},
		History: policy.History{Rows: 9, Accounts: 8, Labels: policy.Untrusted | policy.Private, Window: time.Hour},
		Budget:  policy.Budget{CallsLeft: 1, RowsLeft: 2, BytesLeft: 3, PagesLeft: 4, TokensLeft: 5}, Approved: "tty",
		Target:    &policy.Target{Parent: "re]port", Sharing: "private"},
		Exchanges: []exchange{{To: "model", Sent: []byte("a"), Answer: []byte("b]"), Detail: "x"}, {To: "notion", Code: CodeTimeout, Message: "late"}},
		document:  []byte(`{"rows":[]}`),
	}
}

// TestSidecarRoundTrip: what encode writes is read as it was, whatever is left
// out, and also from the memo.
func TestSidecarRoundTrip(t *testing.T) {
	full := fullSidecar()
	sparse := []*sidecar{full, {Version: full.Version, Salt: full.Salt, document: []byte{}}}
	for _, drop := range []func(*sidecar){
		func(s *sidecar) { s.Principal = policy.Principal{} }, func(s *sidecar) { s.Args = nil }, func(s *sidecar) { s.Args = []byte{} },
		func(s *sidecar) { s.Spent = audit.Usage{} }, func(s *sidecar) { s.History = policy.History{Window: 1} },
		func(s *sidecar) { s.Budget, s.Approved, s.Target = policy.Budget{}, "", nil }, func(s *sidecar) { s.Limits, s.Zone = Limits{}, "" },
		func(s *sidecar) { s.Tool, s.Client = `a\b"c`, policy.Client{} },
	} {
		s := fullSidecar()
		drop(s)
		sparse = append(sparse, s)
	}
	var c recollection
	for i, want := range append(sparse, sparse...) {
		plain, err := want.encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.sidecar(plain)
		if err != nil {
			t.Fatalf("%d: %v\n%s", i, err, plain)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(sidecar{})); diff != "" {
			t.Errorf("%d: (-want +got)\n%s", i, diff)
		}
	}
}

// FuzzSidecar: what decodes means to encoding/json what it means here.
func FuzzSidecar(f *testing.F) {
	plain, err := fullSidecar().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	small, err := (&sidecar{Version: 1, Salt: make([]byte, 32), Spent: audit.Usage{Rows: 1}}).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Fuzz(func(t *testing.T, plain []byte) {
		var c recollection
		got, err := c.sidecar(plain)
		if err != nil {
			return
		}
		var want sidecar
		size, n := binary.Uvarint(plain)
		if err := json.Unmarshal(plain[n:n+int(size)], &want); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", plain, err)
		}
		want.document = got.document
		if diff := cmp.Diff(&want, got, cmp.AllowUnexported(sidecar{})); diff != "" {
			t.Fatalf("%q: (-want +got)\n%s", plain, diff)
		}
	})
}
