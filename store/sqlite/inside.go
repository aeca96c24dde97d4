package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Words are found by what lies inside of them through table ending, which has every
// stem (store.Stem) under each of its endings. The stems that have it are beginnings
// of words, and their lists are united as those of one beginning are.

// maxStems is up to how many stems something may lie in for their lists to be
// looked for; beyond, the texts of candidates are looked at, newest first.
const maxStems = 300

// insideSource returns the transactions that have something inside of a word.
func (c *conn) insideSource(ctx context.Context, q store.QueryWord, at, low, high int64) (source, error) {
	stems, err := c.stemsWith(q, at)
	if err != nil || len(stems) == 0 {
		return list(nil), err
	}
	if len(stems) > maxStems {
		return &crowd{c: c, ctx: ctx, word: q, patience: endless}, nil
	}
	return c.beginningsSource(ctx, q, stems, low, high)
}

// stemsWith returns the beginnings of words that a word lies in, sorted and none of
// which begins with another. There are more than maxStems if they are too many.
func (c *conn) stemsWith(q store.QueryWord, at int64) (stems []string, err error) {
	lead, body, rest := q.Parts()
	const behind = " AND batch <= ? AND (? = '' OR substr(lead, -length(?)) = ?) LIMIT ?"
	args := []any{at, lead, lead, lead, maxStems + 1}
	start := body + rest
	err = c.each("SELECT lead || ending FROM ending WHERE ending >= ? AND ending < ?"+behind, append([]any{start, string(after([]byte(start)))}, args...),
		func(s *sqlite3.Stmt) error { stems = append(stems, s.ColumnText(0)); return nil })
	if err == nil && rest != "" {
		err = c.each("SELECT lead || ending FROM ending WHERE ending = ?"+behind, append([]any{body}, args...),
			func(s *sqlite3.Stmt) error { stems = append(stems, s.ColumnText(0)+rest); return nil })
	}
	if len(stems) > maxStems {
		return stems, err
	}
	slices.Sort(stems)
	kept := stems[:0]
	for _, stem := range stems {
		if n := len(kept); n == 0 || !strings.HasPrefix(stem, kept[n-1]) {
			kept = append(kept, stem)
		}
	}
	return kept, err
}

// addEndings adds what lies inside of stems, which are sorted, that are not held.
func (c *conn) addEndings(batch int64, stems []string) error {
	var fresh []ending
	var places []int
	for _, stem := range stems {
		places = store.AppendEndings(places[:0], stem)
		held, err := c.integer("SELECT 1 FROM ending WHERE ending = ? AND lead = ?", stem[places[0]:], stem[:places[0]])
		if err != nil {
			return err
		}
		if held != 0 {
			continue
		}
		for _, at := range places {
			fresh = append(fresh, ending{stem[at:], stem[:at]})
		}
	}
	slices.SortFunc(fresh, func(a, b ending) int { return cmp.Or(strings.Compare(a.text, b.text), strings.Compare(a.lead, b.lead)) })
	_, err := c.bulk("INSERT INTO ending VALUES ", 3, len(fresh), func(stmt *sqlite3.Stmt, at, n int) error {
		return cmp.Or(stmt.BindText(at, fresh[n].text), stmt.BindText(at+1, fresh[n].lead), stmt.BindInt64(at+2, batch))
	})
	return err
}

// ending is a row of its table.
type ending struct{ text, lead string }

// appendStem appends the stem of a term, if that is a word and its stem another than
// the last: terms come in order, and reference numbers share theirs.
func appendStem(stems []string, term string) []string {
	if term[0] != termWord {
		return stems
	}
	stem := store.Stem(term[1:])
	if n := len(stems); stem == "" || n > 0 && stems[n-1] == stem {
		return stems
	}
	return append(stems, stem)
}

// fillEndings adds what lies inside of the words that a store of an older version
// holds, as of the first batch.
func (c *conn) fillEndings() error {
	c.runsKnown = false
	runs, err := c.allRuns()
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := c.fillEndingsOf(r); err != nil {
			return err
		}
	}
	return nil
}

// fillStems is how many stems fillEndings gathers at a time.
const fillStems = 50_000

func (c *conn) fillEndingsOf(r run) error {
	var stems []string
	words := []byte{termWord}
	in := c.readRun(r)
	err := in.seek(words)
	for err == nil && in.valid && bytes.HasPrefix(in.key, words) {
		stems = appendStem(stems, string(in.term()))
		if len(stems) == fillStems {
			if err = c.addStems(0, stems); err != nil {
				return err
			}
			stems = stems[:0]
		}
		err = in.next()
	}
	return cmp.Or(err, c.addStems(0, stems))
}

// addStems is addEndings of stems in any order.
func (c *conn) addStems(batch int64, stems []string) error {
	slices.Sort(stems)
	return c.addEndings(batch, slices.Compact(stems))
}
