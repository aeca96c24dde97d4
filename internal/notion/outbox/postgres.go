package outbox

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/internal/seal"
)

//go:embed migrations/*.sql
var postgresMigrations embed.FS

// PostgresMigrations returns the SQL files that make the shared outbox's table,
// to be run once each, in order of name, after those of package audit.
func PostgresMigrations() fs.FS {
	sub, err := fs.Sub(postgresMigrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// ExpelPostgres removes the writes of a tenant that is dropped. It runs in a
// transaction of whoever owns the schema.
func ExpelPostgres(ctx context.Context, tx pgx.Tx, owner string) error {
	_, err := tx.Exec(ctx, "DELETE FROM outbox_rows WHERE owner = $1", owner)
	return err
}

// ErrUnavailable means that the database that holds the outbox does not answer.
var ErrUnavailable = errors.New("the outbox can't be reached")

// Postgres is the Store that replicas share: a row of a table for each write,
// sealed under the tenant's key, which all replicas have. The table itself sees
// to it that one revision follows another and that of the writes to one page one
// is pending, so that two replicas never work on the same.
type Postgres struct {
	pool   *pgxpool.Pool
	origin string
	keys   *seal.Keyring
}

// NewPostgres returns the outbox beside the log of an origin. The caller closes
// the pool.
func NewPostgres(pool *pgxpool.Pool, origin string, keys *seal.Keyring) *Postgres {
	return &Postgres{pool, origin, keys}
}

// statementTimeout bounds one statement; a database that takes longer counts as
// unavailable. It also bounds what is stored for a caller who has gone.
const statementTimeout = 10 * time.Second

// Put adds a row. If the table is full, the oldest that needs nothing any more
// gives way.
func (p *Postgres) Put(ctx context.Context, r Row) error {
	sealed, err := p.seal(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	added := int64(0)
	err = pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM outbox_rows WHERE origin = $1
			AND (SELECT count(*) FROM outbox_rows WHERE origin = $1) >= $2
			AND id = (SELECT id FROM outbox_rows WHERE origin = $1 AND state <> 'pending' ORDER BY updated, id LIMIT 1)`, p.origin, maxRows); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO outbox_rows (origin, id, rev, key, state, created, updated, sealed)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM outbox_rows WHERE origin = $1) < $9`,
			p.origin, r.ID, r.Rev, keyDigest(r.Key), string(r.State), r.Created.UnixNano(), r.Updated.UnixNano(), sealed, maxRows)
		added = tag.RowsAffected()
		return err
	})
	if err == nil && added == 0 {
		return fmt.Errorf("%w: too many writes are pending", ErrBusy)
	}
	return p.refusal("storing a write", err)
}

// Update replaces a row.
func (p *Postgres) Update(ctx context.Context, r Row) error {
	sealed, err := p.seal(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	tag, err := p.pool.Exec(ctx, `UPDATE outbox_rows SET rev = $3, key = $4, state = $5, updated = $6, sealed = $7
		WHERE origin = $1 AND id = $2 AND rev = $3 - 1`,
		p.origin, r.ID, r.Rev, keyDigest(r.Key), string(r.State), r.Updated.UnixNano(), sealed)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrStale
	}
	return p.refusal("storing a write", err)
}

// Get returns a row.
func (p *Postgres) Get(ctx context.Context, id string) (Row, error) {
	rows, err := p.read(ctx, `id = $2`, id)
	if err != nil {
		return Row{}, err
	}
	if len(rows) == 0 {
		return Row{}, ErrNoRow
	}
	return rows[0], nil
}

// List returns rows, the newest first.
func (p *Postgres) List(ctx context.Context, q Query) ([]Row, error) {
	states, key := []string{}, []byte(nil)
	for _, s := range q.States {
		states = append(states, string(s))
	}
	if q.Key != "" {
		key = keyDigest(q.Key)
	}
	if q.Limit <= 0 || q.Limit > MaxRows {
		q.Limit = MaxRows
	}
	return p.read(ctx, `(cardinality($2::text[]) = 0 OR state = ANY ($2)) AND ($3::bytea IS NULL OR key = $3)
		ORDER BY created DESC, id LIMIT $4`, states, key, q.Limit)
}

// read returns the rows of the outbox that a condition selects.
func (p *Postgres) read(ctx context.Context, where string, args ...any) ([]Row, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	found, err := p.pool.Query(ctx, `SELECT id, rev, key, state, sealed FROM outbox_rows WHERE origin = $1 AND `+where, append([]any{p.origin}, args...)...)
	if err != nil {
		return nil, p.refusal("reading the outbox", err)
	}
	rows, err := pgx.CollectRows(found, p.open)
	if err != nil {
		return nil, p.refusal("reading the outbox", err)
	}
	return rows, nil
}

// errUnreadable means that a row is not what this tenant's key sealed under its
// id and revision.
var errUnreadable = errors.New("a row can't be read")

// open unseals a row. What stands in the clear beside it has to be what was
// sealed, so that nobody who can write to the table makes a write another one.
func (p *Postgres) open(found pgx.CollectableRow) (r Row, err error) {
	var (
		id, state   string
		rev         int
		key, sealed []byte
	)
	if err := found.Scan(&id, &rev, &key, &state, &sealed); err != nil {
		return r, err
	}
	plain, err := p.keys.Open(seal.PurposeColumn, "", p.aad(id), sealed)
	if err != nil {
		return r, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if err := json.Unmarshal(plain, &r); err != nil || r.ID != id || r.Rev != rev || string(r.State) != state || string(keyDigest(r.Key)) != string(key) {
		return r, errUnreadable
	}
	return r, nil
}

func (p *Postgres) seal(r Row) ([]byte, error) {
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("storing a write: %w", err)
	}
	sealed, err := p.keys.Seal(seal.PurposeColumn, "", p.aad(r.ID), plain)
	if err != nil {
		return nil, fmt.Errorf("storing a write: %w", err)
	}
	return sealed, nil
}

func (p *Postgres) aad(id string) []byte { return []byte("outbox/" + p.origin + "/" + nameOf(id)) }

func keyDigest(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// refusal puts the database's answer into the terms of Store.
func (p *Postgres) refusal(what string, err error) error {
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.ConstraintName == "outbox_rows_pkey":
		return ErrExists
	case errors.As(err, &refused) && refused.ConstraintName == "outbox_rows_pending":
		return ErrBusy
	case errors.Is(err, errUnreadable):
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, ErrUnavailable, err)
}

// resealPage is how many rows Reseal reads at a time.
const resealPage = 200

// Reseal gives every row that is sealed under an older key anew, each by itself,
// and returns how many; old tells which those are. A row that changes meanwhile is
// left to whoever changes it, and to the next pass.
func (p *Postgres) Reseal(ctx context.Context, old func(sealed []byte) bool) (n int, err error) {
	for after := ""; ; {
		page, err := p.sealedBehind(ctx, after)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, r := range page {
			after = r.id
			if !old(r.sealed) {
				continue
			}
			changed, err := p.reseal(ctx, r)
			if err != nil {
				return n, err
			}
			if changed {
				n++
			}
		}
	}
}

// sealedRow is a row as it lies in the table.
type sealedRow struct {
	id     string
	sealed []byte
}

func (p *Postgres) sealedBehind(ctx context.Context, after string) ([]sealedRow, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	found, err := p.pool.Query(ctx, `SELECT id, sealed FROM outbox_rows WHERE origin = $1 AND id > $2 ORDER BY id LIMIT $3`, p.origin, after, resealPage)
	if err != nil {
		return nil, p.refusal("sealing writes anew", err)
	}
	page, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (r sealedRow, err error) {
		return r, row.Scan(&r.id, &r.sealed)
	})
	return page, p.refusal("sealing writes anew", err)
}

func (p *Postgres) reseal(ctx context.Context, r sealedRow) (bool, error) {
	fresh, changed, err := p.keys.Reseal(seal.PurposeColumn, "", p.aad(r.id), r.sealed)
	if err != nil || !changed {
		return false, p.refusal("sealing writes anew", err)
	}
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	tag, err := p.pool.Exec(ctx, `UPDATE outbox_rows SET sealed = $3 WHERE origin = $1 AND id = $2 AND sealed = $4`, p.origin, r.id, fresh, r.sealed)
	return tag.RowsAffected() == 1, p.refusal("sealing writes anew", err)
}
