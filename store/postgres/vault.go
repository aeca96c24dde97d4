package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// Sealed returns the sealed values behind a token. Only the writer's login may
// read them.
func (s *Store) Sealed(ctx context.Context, token string) (values []store.Sealed, err error) {
	const what = "reading a sealed value"
	if s.write == nil {
		return nil, wrap(ctx, what, errNoWriter)
	}
	if !isText(token) {
		return nil, wrap(ctx, what, store.ErrNotFound)
	}
	err = s.viewOnce(ctx, s.write, 0, func(c *conn) error {
		values, err = c.sealedOf(ctx, token)
		return err
	})
	return values, wrap(ctx, what, err)
}

func (c *conn) sealedOf(ctx context.Context, token string) (values []store.Sealed, err error) {
	proofs := map[string]bool{}
	err = c.each(ctx, "SELECT subject, proof, value FROM counterfoil.vault WHERE tenant = $1 AND token = $2 ORDER BY subject, proof",
		[]any{c.tenant, token}, func(row scanner) error {
			v := store.Sealed{Token: token}
			err := row.Scan(&v.Subject, &v.Proof, &v.Value)
			values = append(values, v)
			if len(v.Proof) > 0 {
				proofs[string(v.Proof)] = true
			}
			return err
		})
	switch {
	case err != nil:
		return nil, err
	case len(values) == 0:
		return nil, store.ErrNotFound
	case len(proofs) > 1:
		return nil, fmt.Errorf("%w: the token stands for two values", store.ErrConflict)
	}
	return values, nil
}

// seal puts values into the vault, and counts the tokens that now stand for two.
func (b *batch) seal(ctx context.Context, values []store.Sealed) error {
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
	rows, err := b.c.Query(ctx, `INSERT INTO counterfoil.vault (tenant, token, subject, proof, value)
		SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bytea[], $5::bytea[]) ON CONFLICT DO NOTHING RETURNING token`,
		b.c.tenant, tokens, subjects, proofs, sealed)
	if err != nil {
		return err
	}
	fresh, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(fresh) == 0 {
		return err
	}
	b.sealed = true
	var collisions int64
	err = b.c.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM counterfoil.vault WHERE tenant = $1 AND token = ANY($2) AND proof <> ''
		GROUP BY token HAVING count(DISTINCT proof) > 1) t`, b.c.tenant, fresh).Scan(&collisions)
	b.collisions += collisions
	return err
}
