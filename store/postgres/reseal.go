package postgres

import (
	"bytes"
	"context"
	"fmt"

	"github.com/counterfoil/counterfoil/store"
)

// Reseal keeps a step of the vault's values under new keys. A step locks the rows
// it reads, so that of two processes the second sees what the first has done.
func (s *Store) Reseal(ctx context.Context, after store.Sealed, limit int, value func(*store.Sealed) ([]byte, error)) (done store.Resealed, err error) {
	err = s.change(ctx, "sealing the vault anew", true, func(c *conn) (bool, error) {
		done = store.Resealed{}
		if err := checkLimit(limit); err != nil {
			return false, err
		}
		values, err := c.sealedBehind(ctx, after, limit)
		if err != nil {
			return false, err
		}
		fresh := make([]store.Sealed, 0, len(values))
		for i := range values {
			old := values[i].Value
			values[i].Value, err = value(&values[i])
			if err != nil {
				return false, &callerError{err}
			}
			if !bytes.Equal(old, values[i].Value) {
				if err := checkResealed(&values[i]); err != nil {
					return false, err
				}
				fresh = append(fresh, values[i])
			}
			done.Last = values[i]
		}
		done.Examined, done.Changed = len(values), len(fresh)
		return len(fresh) > 0, c.putSealed(ctx, fresh)
	})
	if err != nil {
		return store.Resealed{}, err
	}
	return done, nil
}

func (c *conn) sealedBehind(ctx context.Context, after store.Sealed, limit int) (values []store.Sealed, err error) {
	err = c.each(ctx, `SELECT token, subject, proof, value FROM counterfoil.vault WHERE tenant = $1 AND (token, subject, proof) > ($2, $3, $4)
		ORDER BY token, subject, proof LIMIT $5 FOR UPDATE`, []any{c.tenant, after.Token, after.Subject, append([]byte{}, after.Proof...), limit}, func(row scanner) error {
		var v store.Sealed
		err := row.Scan(&v.Token, &v.Subject, &v.Proof, &v.Value)
		values = append(values, v)
		return err
	})
	return values, err
}

func (c *conn) putSealed(ctx context.Context, values []store.Sealed) error {
	if len(values) == 0 {
		return nil
	}
	var tokens, subjects []string
	var proofs, sealed [][]byte
	for i := range values {
		v := &values[i]
		tokens, subjects = append(tokens, v.Token), append(subjects, v.Subject)
		proofs, sealed = append(proofs, v.Proof), append(sealed, v.Value)
	}
	n, err := c.exec(ctx, `UPDATE counterfoil.vault v SET value = n.value
		FROM unnest($2::text[], $3::text[], $4::bytea[], $5::bytea[]) AS n (token, subject, proof, value)
		WHERE v.tenant = $1 AND v.token = n.token AND v.subject = n.subject AND v.proof = n.proof`,
		c.tenant, tokens, subjects, proofs, sealed)
	if err == nil && n != int64(len(values)) {
		err = fmt.Errorf("%w: a sealed value is gone", store.ErrConflict)
	}
	return err
}

func checkResealed(v *store.Sealed) error {
	if len(v.Value) == 0 || len(v.Value) > maxText {
		return fmt.Errorf("%w: sealed value", store.ErrInvalid)
	}
	return nil
}
