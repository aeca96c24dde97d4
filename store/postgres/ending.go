package postgres

import (
	"context"
	"fmt"
	"sort"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// Words are found by what lies inside of them through table counterfoil.ending,
// which has every stem (store.Stem) under each of its endings. Stems are few:
// those of a file are mostly there already, and are looked up first.

// maxStems bounds the stems that a change remembers, at some 60 bytes each; beyond,
// they are looked up again, which changes nothing.
const maxStems = 200_000

// stems are those that a change knows to be held or has added.
type stems map[string]struct{}

// appendNew appends to dst the stems of words that it does not know, and knows them
// from now on.
func (s *stems) appendNew(dst, words []string) []string {
	for _, word := range words {
		stem := store.Stem(word)
		if _, known := (*s)[stem]; known || stem == "" {
			continue
		}
		s.add(stem)
		dst = append(dst, stem)
	}
	return dst
}

func (s *stems) add(stem string) {
	if *s == nil || len(*s) >= maxStems {
		*s = make(stems)
	}
	(*s)[stem] = struct{}{}
}

// unknown returns the stems of a block's rows that it does not know, each once. Rows
// whose stems it knows have done with their words.
func (s stems) unknown(block []staged) (all []string) {
	var met stems
	for i := range block {
		row, known := &block[i], true
		for _, word := range row.words {
			stem := store.Stem(word)
			if _, is := s[stem]; is || stem == "" {
				continue
			}
			known = false
			if _, again := met[stem]; !again {
				met.add(stem)
				all = append(all, stem)
			}
		}
		if known {
			row.words = nil
		}
	}
	return all
}

const (
	// heldStems are the places of those stems, by their first ending and what comes
	// before it, that are held.
	heldStems = `SELECT n - 1 FROM unnest($2::text[], $3::text[]) WITH ORDINALITY s(ending, lead, n) CROSS JOIN LATERAL
		(SELECT FROM counterfoil.ending e WHERE e.tenant = $1 AND e.ending = s.ending AND e.lead = s.lead OFFSET 0) e`
	insertEndings = `INSERT INTO counterfoil.ending (batch, tenant, ending, lead)
		SELECT $1, $2, * FROM unnest($3::text[], $4::text[]) ON CONFLICT DO NOTHING`
)

// heldStems returns those stems that are held, whose endings thus are, too.
func (c *conn) heldStems(ctx context.Context, all []string) (held []string, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	var first endings
	for _, stem := range all {
		first.add(stem, store.AppendEndings(nil, stem)[:1])
	}
	first.sort()
	err = c.each(ctx, heldStems, []any{c.tenant, first.text, first.lead}, func(row scanner) error {
		var n int64
		err := row.Scan(&n)
		if err == nil {
			held = append(held, first.lead[n]+first.text[n])
		}
		return err
	})
	return held, err
}

// addEndings adds what lies inside of stems. If they were not asked for, those that
// are held are left out.
func (c *conn) addEndings(ctx context.Context, batch int64, all []string, asked bool) error {
	known := make(stems)
	if !asked {
		held, err := c.heldStems(ctx, all)
		if err != nil {
			return err
		}
		for _, stem := range held {
			known[stem] = struct{}{}
		}
	}
	var fresh endings
	for _, stem := range all {
		if _, held := known[stem]; !held {
			fresh.add(stem, store.AppendEndings(nil, stem))
		}
	}
	if len(fresh.text) == 0 {
		return nil
	}
	fresh.sort()
	_, err := c.exec(ctx, insertEndings, batch, c.tenant, fresh.text, fresh.lead)
	return err
}

// endings are columns of counterfoil.ending.
type endings struct{ text, lead []string }

func (e *endings) add(stem string, places []int) {
	for _, at := range places {
		e.text, e.lead = append(e.text, stem[at:]), append(e.lead, stem[:at])
	}
}

// sort brings them in the order of their table.
func (e *endings) sort() { sort.Sort(e) }

func (e *endings) Len() int { return len(e.text) }
func (e *endings) Less(i, j int) bool {
	return e.text[i] < e.text[j] || e.text[i] == e.text[j] && e.lead[i] < e.lead[j]
}
func (e *endings) Swap(i, j int) {
	e.text[i], e.text[j], e.lead[i], e.lead[j] = e.text[j], e.text[i], e.lead[j], e.lead[i]
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
