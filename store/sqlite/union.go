package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// maxUnion bounds, in bases, what is read whole for a prefix that very many
// words have: 32 MiB.
const maxUnion = 4 << 20

// errTooBroad is for a search whose last word is the beginning of too much.
var errTooBroad = fmt.Errorf("%w: the last word is the beginning of too many; add letters", store.ErrRange)

// wholeUnion reads the lists of every term that has one of several beginnings,
// within the bounds.
func (c *conn) wholeUnion(ctx context.Context, beginnings []string, low, high int64) (source, error) {
	runs, err := c.allRuns()
	if err != nil {
		return nil, err
	}
	u := union{low: low, high: high}
	for _, r := range runs {
		if r.high < low || r.low >= high {
			continue
		}
		in := c.readRun(r)
		for _, beginning := range beginnings {
			if err := u.addFrom(ctx, in, wordTerm(beginning)); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(u.bases)
	return list(slices.Compact(u.bases)), nil
}

// union gathers the bases of many lists within bounds.
type union struct {
	low, high   int64
	bases, part []int64
}

// addFrom adds the lists of a run's terms that begin so.
func (u *union) addFrom(ctx context.Context, in *runReader, prefix []byte) error {
	err := in.seek(prefix)
	for n := 0; err == nil && in.valid && bytes.HasPrefix(in.key, prefix); n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err = cmp.Or(u.add(&in.sheet), in.next())
	}
	return err
}

func (u *union) add(s *sheet) (err error) {
	if u.part, err = s.list(u.part[:0]); err != nil {
		return err
	}
	for _, base := range u.part {
		if base >= u.low && base < u.high {
			u.bases = append(u.bases, base)
		}
	}
	if len(u.bases) > maxUnion {
		slices.Sort(u.bases)
		if u.bases = slices.Compact(u.bases); len(u.bases) > maxUnion/2 {
			return errTooBroad
		}
	}
	return nil
}
