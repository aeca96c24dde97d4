package sqlite

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Reseal keeps a step of the vault's values under new keys.
func (s *Store) Reseal(ctx context.Context, after store.Sealed, limit int, value func(*store.Sealed) ([]byte, error)) (done store.Resealed, err error) {
	err = s.change(ctx, "sealing the vault anew", func(c *conn) (bool, error) {
		if err := checkLimit(limit); err != nil {
			return false, err
		}
		values, err := c.sealedBehind(after, limit)
		if err != nil {
			return false, err
		}
		for i := range values {
			v := &values[i]
			fresh, err := value(v)
			if err != nil {
				return false, err
			}
			done.Examined, done.Last = done.Examined+1, *v
			if bytes.Equal(fresh, v.Value) {
				continue
			}
			if len(fresh) == 0 || len(fresh) > maxText {
				return false, fmt.Errorf("%w: sealed value", store.ErrInvalid)
			}
			if err := c.exec("UPDATE sealed SET value = ? WHERE token = ? AND subject = ? AND proof = ?", fresh, v.Token, v.Subject, v.Proof); err != nil {
				return false, err
			}
			done.Changed++
		}
		return done.Changed > 0, ctx.Err()
	})
	if err != nil {
		return store.Resealed{}, err
	}
	return done, nil
}

func (c *conn) sealedBehind(after store.Sealed, limit int) (values []store.Sealed, err error) {
	err = c.each(`SELECT token, subject, proof, value FROM sealed WHERE (token, subject, proof) > (?, ?, ?)
		ORDER BY token, subject, proof LIMIT ?`, []any{after.Token, after.Subject, append([]byte{}, after.Proof...), limit}, func(s *sqlite3.Stmt) error {
		values = append(values, store.Sealed{Token: s.ColumnText(0), Subject: s.ColumnText(1), Proof: s.ColumnBlob(2, nil), Value: s.ColumnBlob(3, nil)})
		return nil
	})
	return values, err
}
