package ingest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// memory is a store that keeps rows in a slice and follows the contract of
// store.Row to the letter, slowly.
type memory struct {
	accounts []store.NewAccount
	rows     []store.Row
	balances []store.BalanceRow
	batches  int64
	failAt   int // fail on the n-th row, from 1
}

func (m *memory) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
	held := m.rows[:len(m.rows):len(m.rows)]
	claimed := map[int]bool{}
	var fresh []store.Row
	var skipped, n int64
	for row, err := range rows {
		if err != nil {
			return store.Imported{}, err
		}
		if n++; int(n) == m.failAt {
			return store.Imported{}, fmt.Errorf("%w: full", store.ErrUnavailable)
		}
		if m.holds(held, fresh, row, claimed) {
			skipped++
			continue
		}
		fresh = append(fresh, row)
	}
	out := store.Imported{Batch: store.Batch{Added: int64(len(fresh)), Skipped: skipped}}
	if dryRun {
		return out, nil
	}
	m.rows = append(m.rows, fresh...)
	m.balances = append(m.balances, im.Balances...)
	for _, a := range im.Accounts {
		if m.account(a.Key) == nil {
			m.accounts = append(m.accounts, a)
		}
	}
	if len(fresh) > 0 {
		m.batches++
		out.Batch.Number = m.batches
	}
	return out, nil
}

func (m *memory) account(key []byte) *store.NewAccount {
	for i := range m.accounts {
		if bytes.Equal(m.accounts[i].Key, key) {
			return &m.accounts[i]
		}
	}
	return nil
}

func (m *memory) holds(held, fresh []store.Row, row store.Row, claimed map[int]bool) bool {
	same := func(r store.Row) bool { return bytes.Equal(r.AccountKey, row.AccountKey) }
	if row.SourceKey != nil {
		for _, list := range [][]store.Row{held, fresh} {
			for _, r := range list {
				if same(r) && r.SourceKind == row.SourceKind && bytes.Equal(r.SourceKey, row.SourceKey) {
					return true
				}
			}
		}
	}
	for i, r := range held {
		if claimed[i] || !same(r) || !bytes.Equal(r.ContentKey, row.ContentKey) {
			continue
		}
		if r.SourceKind == row.SourceKind && (r.SourceKey != nil && row.SourceKey != nil || !bytes.Equal(r.TextKey, row.TextKey)) {
			continue
		}
		claimed[i] = true
		return true
	}
	return false
}

// marker is what the test redactor puts for a known number.
const marker = "[REDACTED]"

// testConfig redacts exactly the known numbers, wherever they stand.
func testConfig() Config {
	return Config{
		MAC: func(b []byte) (out [32]byte) {
			h := hmac.New(sha256.New, []byte("test key"))
			h.Write(b)
			copy(out[:], h.Sum(nil))
			return out
		},
		Redactor: func(known [][]byte, found func(token, value string)) (func(dst, src []byte) ([]byte, error), error) {
			return func(dst, src []byte) ([]byte, error) {
				s := string(src)
				for _, k := range known {
					if strings.Contains(s, string(k)) {
						found("TOKEN_"+string(k), string(k))
					}
					s = strings.ReplaceAll(s, string(k), marker)
				}
				return append(dst, s...), nil
			}, nil
		},
		Token:       func(entity, value string) string { return strings.ToUpper(entity[:4]) + "_TOKEN" },
		Fingerprint: func(entity, value, token string) ([]byte, error) { return []byte(value), nil },
		Seal: func(account, token, value string) (store.Sealed, error) {
			return store.Sealed{Token: token, Subject: account, Value: []byte("sealed"), Proof: []byte(value)}, nil
		},
		Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	}
}

func testImporter(t testing.TB) *Importer {
	t.Helper()
	im, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func mustImport(t *testing.T, m *memory, in Input, opts Options) Report {
	t.Helper()
	r, err := testImporter(t).File(context.Background(), m, in, opts)
	if err != nil {
		t.Fatalf("%s: %v", in.Name, err)
	}
	return r
}
