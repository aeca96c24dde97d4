package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// Words are found by what lies inside of them through table counterfoil.ending,
// which has every stem (store.Stem) under each of its endings. Stems are few:
// those of a file are mostly there already, and are looked up first.

// maxStems bounds the stems that a change remembers to have looked up, at some 60
// bytes each; beyond, they are looked up again, which changes nothing.
const maxStems = 200_000

// stems are those that a change has looked up.
type stems map[string]struct{}

// appendNew appends to dst the stems of words that were not met before.
func (s *stems) appendNew(dst, words []string) []string {
	for _, word := range words {
		stem := store.Stem(word)
		if _, met := (*s)[stem]; met || stem == "" {
			continue
		}
		if *s == nil || len(*s) >= maxStems {
			*s = make(stems)
		}
		(*s)[stem] = struct{}{}
		dst = append(dst, stem)
	}
	return dst
}

const (
	// newStems are the places of those stems, by their first ending and what comes
	// before it, that are not held.
	newStems = `SELECT n - 1 FROM unnest($2::text[], $3::text[]) WITH ORDINALITY s(ending, lead, n)
		WHERE NOT EXISTS (SELECT FROM counterfoil.ending e WHERE e.tenant = $1 AND e.ending = s.ending AND e.lead = s.lead)`
	insertEndings = `INSERT INTO counterfoil.ending (batch, tenant, ending, lead)
		SELECT $1, $2, * FROM unnest($3::text[], $4::text[]) ON CONFLICT DO NOTHING`
)

// addEndings adds what lies inside of stems that are not held.
func (c *conn) addEndings(ctx context.Context, batch int64, all []string) error {
	if len(all) == 0 {
		return nil
	}
	var first endings
	for _, stem := range all {
		first.add(stem, store.AppendEndings(nil, stem)[:1])
	}
	var fresh endings
	err := c.each(ctx, newStems, []any{c.tenant, first.text, first.lead}, func(row scanner) error {
		var n int64
		err := row.Scan(&n)
		if err == nil {
			fresh.add(all[n], store.AppendEndings(nil, all[n]))
		}
		return err
	})
	if err != nil || len(fresh.text) == 0 {
		return err
	}
	_, err = c.exec(ctx, insertEndings, batch, c.tenant, fresh.text, fresh.lead)
	return err
}

// endings are columns of counterfoil.ending.
type endings struct{ text, lead []string }

func (e *endings) add(stem string, places []int) {
	for _, at := range places {
		e.text, e.lead = append(e.text, stem[at:]), append(e.lead, stem[:at])
	}
}

// fillRows is how many words fillEndings reads at a time.
const fillRows = 20_000

// heldWords are those of a tenant's texts, each once and without the digits at its
// end, of which no stem has any. A word lies behind its tenant and its stretch.
const heldWords = `DECLARE held NO SCROLL CURSOR FOR SELECT DISTINCT rtrim(substr(l, %d), '0123456789') COLLATE "C"
	FROM counterfoil.detail d, unnest(tsvector_to_array(d.words)) l WHERE d.tenant = %d`

// fillEndings adds what lies inside of the words that are held, as of the first
// batch.
func fillEndings(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, "SELECT id FROM counterfoil.tenant ORDER BY id")
	if err != nil {
		return err
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		return err
	}
	for _, id := range tenants {
		if err := fillEndingsOf(ctx, tx, id); err != nil {
			return err
		}
	}
	return administerTenant(ctx, tx, 0) // none
}

func fillEndingsOf(ctx context.Context, tx pgx.Tx, tenant int32) error {
	if err := administerTenant(ctx, tx, tenant); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf(heldWords, len(strconv.Itoa(int(tenant)))+4, tenant)); err != nil {
		return err
	}
	var met stems
	for {
		rows, err := tx.Query(ctx, fmt.Sprintf("FETCH %d FROM held", fillRows))
		if err != nil {
			return err
		}
		words, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(words) == 0 {
			_, err := tx.Exec(ctx, "CLOSE held")
			return err
		}
		var fresh endings
		for _, stem := range met.appendNew(nil, words) {
			fresh.add(stem, store.AppendEndings(nil, stem))
		}
		if _, err := tx.Exec(ctx, insertEndings, int64(0), tenant, fresh.text, fresh.lead); err != nil {
			return err
		}
	}
}
