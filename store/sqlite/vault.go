package sqlite

import (
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// distinctProofs is over 1 for a token that stands for two values.
const distinctProofs = "SELECT count(DISTINCT proof) FROM sealed WHERE token = ? AND proof <> x''"

// Sealed returns the sealed values behind a token.
func (s *Store) Sealed(ctx context.Context, token string) (values []store.Sealed, err error) {
	err = s.read(ctx, "reading a sealed value", 0, func(c *conn) error {
		proofs, err := c.integer(distinctProofs, token)
		if err != nil {
			return err
		}
		if proofs > 1 {
			return fmt.Errorf("%w: the token stands for two values", store.ErrConflict)
		}
		err = c.each("SELECT subject, proof, value FROM sealed WHERE token = ? ORDER BY subject, proof", []any{token}, func(s *sqlite3.Stmt) error {
			values = append(values, store.Sealed{Token: token, Subject: s.ColumnText(0), Proof: s.ColumnBlob(1, nil), Value: s.ColumnBlob(2, nil)})
			return nil
		})
		if err == nil && len(values) == 0 {
			err = store.ErrNotFound
		}
		return err
	})
	return values, err
}

// seal puts values into the vault, and counts those that share a token with
// another value.
func (b *batch) seal(values []store.Sealed) error {
	for i := range values {
		v := &values[i]
		if err := checkSealed(v); err != nil {
			return err
		}
		if err := b.c.exec("INSERT OR IGNORE INTO sealed VALUES (?, ?, ?, ?)", v.Token, v.Subject, v.Proof, v.Value); err != nil {
			return err
		}
		if b.c.db.Changes() == 0 {
			continue
		}
		b.sealed = true
		proofs, err := b.c.integer(distinctProofs, v.Token)
		if err != nil {
			return err
		}
		if proofs > 1 {
			b.collisions++
		}
	}
	return nil
}

func checkSealed(v *store.Sealed) error {
	if v.Token == "" || len(v.Value) == 0 || len(v.Value) > maxText || len(v.Proof) == 0 || len(v.Proof) > maxKey {
		return fmt.Errorf("%w: sealed value", store.ErrInvalid)
	}
	for _, text := range []string{v.Token, v.Subject} {
		if err := checkText(text, maxName); err != nil {
			return err
		}
	}
	return nil
}
