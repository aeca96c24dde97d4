package sqlite

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// randomVersion draws numbers of every width.
func randomVersion(r *rand.Rand, rid int64) version {
	number := func() int64 { return r.Int64() >> r.IntN(64) }
	v := version{rid: rid, account: number(), currency: 1, minor: number() % store.MaxMinor, category: number(), merchant: number(), from: 1 + number()%99}
	if r.IntN(2) == 0 {
		v.minor = -v.minor
	}
	if r.IntN(9) == 0 {
		v.to, v.flags = v.from+1, flagPending
	}
	return v
}

// Property: a leaf gives back what was put into it, and finds every row id.
func TestLeaf(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		var rows []version
		rid := r.Int64N(1 << 40)
		for range 1 + r.IntN(500) {
			rid += 1 + r.Int64()>>(24+r.IntN(38))
			rows = append(rows, randomVersion(r, rid))
		}
		n := fill(rows)
		data := encodeLeaf(nil, rows[:n])
		if len(data) > maxLeafBytes || len(data) != leafSize(rows[:n]) || n < min(len(rows), 40) {
			t.Fatalf("%d of %d rows take %d bytes", n, len(rows), len(data))
		}
		var l leaf
		if err := l.open(rows[0].rid, data); err != nil || l.n != n || l.first() != rows[0].rid || l.last() != rows[n-1].rid {
			t.Fatal(err)
		}
		for i := range n {
			if l.version(i) != rows[i] {
				t.Fatalf("row %d is %+v, want %+v", i, l.version(i), rows[i])
			}
			if l.from(rows[i].rid) != i || l.from(rows[i].rid+1) != i+1 {
				t.Fatalf("row %d is not found by its row id", i)
			}
		}
	}
}

// FuzzLeaf: no bytes make the reader panic or read beyond them.
func FuzzLeaf(f *testing.F) {
	f.Add(int64(5), encodeLeaf(nil, []version{{rid: 5, minor: -3}, {rid: 1 << 40, minor: math.MaxInt64}}))
	f.Add(int64(0), []byte{})
	f.Add(int64(0), make([]byte, leafHead+leafTail))
	f.Fuzz(func(t *testing.T, first int64, data []byte) {
		var l leaf
		if l.open(first, data) != nil {
			return
		}
		for i := range l.n {
			l.version(i)
		}
		if l.n == 0 || l.first() != first {
			t.Error("an empty leaf, or one under another key, was accepted")
		}
		l.from(first)
	})
}

// Property: the table of versions, changed at random, is a sorted list, in the
// midst of a change and after it, from every side.
func TestVersions(t *testing.T) {
	for seed := range uint64(6) {
		s := open(t, Config{})
		c := <-s.writer
		t.Cleanup(func() { s.writer <- c })
		r := rand.New(rand.NewPCG(seed, 9))
		var want []version
		at := func(rid int64) (int, bool) {
			return slices.BinarySearchFunc(want, rid, func(v version, rid int64) int { return cmp.Compare(v.rid, rid) })
		}
		for round := range 4 {
			if err := c.begin("BEGIN"); err != nil {
				t.Fatal(err)
			}
			for range 1500 {
				v := randomVersion(r, r.Int64N(300*int64(1+seed*seed*40))<<slotBits)
				v.to = 0
				i, taken := at(v.rid)
				if ok, err := c.versions.insert(v); err != nil || ok == taken {
					t.Fatal(ok, err)
				} else if ok {
					want = slices.Insert(want, i, v)
					continue
				}
				// The transaction is there: one version more, or the end of one.
				for i+1 < len(want) && want[i+1].rid>>slotBits == v.base() {
					i++
				}
				if r.IntN(2) == 0 {
					v.rid = want[i].rid + 1
					if err := c.versions.add(v); err != nil {
						t.Fatal(err)
					}
					want = slices.Insert(want, i+1, v)
					continue
				}
				if old, err := c.versions.end(want[i].rid, 7); err != nil || old != want[i] {
					t.Fatal(old, err)
				}
				want[i].to = 7
			}
			checkVersions(t, c, want, r)
			if err := c.versions.flush(); err != nil {
				t.Fatal(err)
			}
			checkWalks(t, c, want, r)
			if round == 2 { // what was not committed is gone
				c.rollback()
				want = nil
				continue
			}
			if err := c.exec("COMMIT"); err != nil {
				t.Fatal(err)
			}
			if round == 1 {
				if err := c.exec("DELETE FROM version"); err != nil { // begins again empty, so that the rollback leaves nothing
					t.Fatal(err)
				}
				want = nil
			}
		}
	}
}

// checkVersions looks up single transactions.
func checkVersions(t *testing.T, c *conn, want []version, r *rand.Rand) {
	t.Helper()
	for range 300 {
		base := max(want[r.IntN(len(want))].base()+r.Int64N(3)-1, 0)
		var got, of []version
		for _, v := range want {
			if v.base() == base {
				of = append(of, v)
			}
		}
		if err := c.versions.of(base, func(v version) bool { got = append(got, v); return true }); err != nil || !slices.Equal(got, of) {
			t.Fatalf("transaction %d has versions %+v, want %+v, %v", base, got, of, err)
		}
		below, above := int64(-1), int64(-1)
		for _, v := range want {
			if v.base() <= base {
				below = v.base()
			} else if above < 0 {
				above = v.base()
			}
		}
		if below == base {
			above = base
		}
		for _, side := range []struct {
			down bool
			want int64
		}{{true, below}, {false, above}} {
			if found, ok, err := c.versions.neighbour(base, side.down); err != nil || ok != (side.want >= 0) || ok && found != side.want {
				t.Fatalf("the neighbour of %d, down %v, is %d, %v, %v; want %d", base, side.down, found, ok, err, side.want)
			}
		}
	}
}

// checkWalks reads spans and candidates in both directions.
func checkWalks(t *testing.T, c *conn, want []version, r *rand.Rand) {
	t.Helper()
	for n := range 60 {
		low := want[r.IntN(len(want))].base()
		high := low + r.Int64N(want[len(want)-1].base()-low+2)
		if n == 0 {
			low, high = 0, maxBase+1
		}
		var in []version
		var bases list
		for _, v := range want {
			if v.base() >= low && v.base() < high {
				in = append(in, v)
				if n%4 < 2 || r.IntN(40) == 0 {
					bases = append(bases, v.base())
				}
			}
		}
		bases = slices.Compact(bases)
		for _, down := range []bool{false, true} {
			p := &plan{low: low, high: high, at: math.MaxInt64}
			after := int64(-1)
			if down {
				after = maxBase + 1
			}
			var got []version
			row := func(v *version) (bool, error) { got = append(got, *v); return true, nil }
			expected := slices.DeleteFunc(slices.Clone(in), func(v version) bool { return v.to != 0 })
			if n%2 == 1 {
				p.sources = all{bases}
				expected = slices.DeleteFunc(expected, func(v version) bool { return !slices.Contains(bases, v.base()) })
			}
			if down {
				slices.Reverse(expected)
			}
			if err := c.scan(t.Context(), p, down, after, row); err != nil || !slices.Equal(got, expected) {
				t.Fatalf("from %d to %d, down %v, by candidates %v: %d versions, want %d, %v", low, high, down, n%2 == 1, len(got), len(expected), err)
			}
		}
	}
}

// FuzzDetail: no bytes make the reader panic, and what it accepts is written as
// it was read.
func FuzzDetail(f *testing.F) {
	f.Add(appendDetail(nil, &store.Transaction{Description: "a", Memo: "ü", MCC: "0042", Authorised: 5, Original: store.Money{Minor: -7}}, 3))
	f.Add([]byte{0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, body []byte) {
		var tx, again store.Transaction
		original, err := readDetail(body, &tx)
		if err != nil {
			return
		}
		second, err := readDetail(appendDetail(nil, &tx, original), &again)
		if err != nil || again != tx || second != original {
			t.Errorf("%+v became %+v, %v", tx, again, err)
		}
	})
}
