package sqlite

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

func checkSeeks(t *testing.T, r *rand.Rand, got, want source, span int64) {
	t.Helper()
	for range 3000 {
		target, down := r.Int64N(span+2), r.IntN(2) == 0
		base, found, err := got.seek(target, down)
		wantBase, wantFound, _ := want.seek(target, down)
		if err != nil || base != wantBase || found != wantFound {
			t.Fatalf("seek(%d, %v) = %d, %v, %v; want %d, %v", target, down, base, found, err, wantBase, wantFound)
		}
	}
}

// Property: intersections and unions agree with looking at every number.
func TestSources(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		const span = 60
		random := func() (l list) {
			for n := range int64(span) {
				if r.IntN(3) > 0 {
					l = append(l, n)
				}
			}
			return l
		}
		a, b, c, d := random(), random(), random(), list{}
		if seed%5 > 0 {
			d = random()
		}
		var want list
		for n := range int64(span) {
			in := func(l list) bool { return slices.Contains(l, n) }
			if in(a) && (in(b) || in(c)) && in(d) {
				want = append(want, n)
			}
		}
		checkSeeks(t, r, all{a, either{b, c}, d}, want, span)
	}
}

// FuzzChunk: no bytes make the decoder panic, and what it accepts is rising.
func FuzzChunk(f *testing.F) {
	encoded, _ := encodeChunk(nil, []int64{1, 2, 500, 1 << 40}, maxSheet)
	f.Add(int64(1), encoded)
	f.Add(int64(0), []byte{0})
	f.Add(int64(maxBase), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, first int64, data []byte) {
		if first < 0 || first > maxBase {
			return
		}
		list, err := appendChunk(nil, first, data)
		if err != nil {
			return
		}
		for i := 1; i < len(list); i++ {
			if list[i] <= list[i-1] || list[i] > maxBase {
				t.Fatalf("%d follows %d", list[i], list[i-1])
			}
		}
		if again, n := encodeChunk(nil, list, 1<<30); n != len(list) || len(again) > len(data) {
			t.Errorf("%x is encoded as %x", data, again)
		}
	})
}

// TestCrowd: a prefix whose rows are found by their texts gives the same rows
// as by its lists, also among rows that lie next to each other.
func TestCrowd(t *testing.T) {
	s := open(t, Config{Readers: 1})
	var last int64
	s.random = func() int64 { last++; return last }
	day := store.NewDate(2026, 11, 22)
	_, err := s.Import(t.Context(), benchImport("file"), func(yield func(store.Row, error) bool) {
		for row := range generate(0, 400) {
			row.Transaction.Booked = day // neighbours
			if !yield(row, nil) {
				return
			}
		}
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	find := func(query string, sort store.Sort, how tuning) (ids []string) {
		s.tuning = how
		c, err := s.acquire(t.Context(), s.readers)
		if err != nil {
			t.Fatal(err)
		}
		c.tuning = how
		release(c, s.readers)
		page, err := s.Search(t.Context(), store.Query{At: 1, Limit: 400, Sort: sort, Filter: store.Filter{Query: query}})
		if err != nil {
			t.Fatal(err)
		}
		for _, tx := range page.Items {
			ids = append(ids, tx.ID)
		}
		return ids
	}
	for _, query := range []string{"ref1", "card re", "card ref3", "*ref", "card *efq", "*ard *ref3", "*" + benchWords[0][:3], benchWords[0][:2], benchWords[10_003][:1]} {
		for _, sort := range []store.Sort{store.DateDesc, store.DateAsc, store.AmountAsc} {
			want := find(query, sort, usualTuning)
			for _, patience := range []int{0, 10, 10_000} {
				got := find(query, sort, tuning{block: 1, cursors: 0, crowd: 1, patience: patience})
				if !slices.Equal(got, want) || len(want) == 0 {
					t.Errorf("%q, %s, patience %d: %d rows, want %d", query, sort, patience, len(got), len(want))
				}
			}
		}
	}
}
