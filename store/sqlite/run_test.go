package sqlite

import (
	"bytes"
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// gathered is what runs ought to hold.
type gathered struct {
	lists    map[string]map[int64]bool
	sources  map[sourceKey]bool
	contents map[contentKey]bool
	amounts  map[place]bool
}

// add puts the same into postings and here.
func (g *gathered) add(p *postings, r *rand.Rand, span int64) {
	base := r.Int64N(span)
	term := numberTerm(termAccount, r.Int64N(3)) // long lists
	switch r.IntN(4) {
	case 0:
		term = numberTerm(termMerchant, r.Int64N(500))
	case 1:
		term = wordTerm([]string{"a", "ab", "abc", "b", "ba"}[r.IntN(5)])
	case 2:
		term = wordTerm("unique" + string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))))
	}
	p.add(term, base)
	if g.lists[string(term)] == nil {
		g.lists[string(term)] = map[int64]bool{}
	}
	g.lists[string(term)][base] = true
	h := hash{r.Uint64() >> (r.IntN(2) * 60), uint64(r.IntN(2))}
	s, k := sourceKey{h, base}, contentKey{h, base, r.Int64() - r.Int64(), 1 + r.Int64N(maxKinds), r.IntN(2) == 0}
	if !g.sources[s] {
		p.sources, p.contents = append(p.sources, s), append(p.contents, k)
		g.sources[s], g.contents[k] = true, true
	}
	if at := (place{r.Int64N(1000), orderOf(base)}); !g.amounts[at] {
		p.amounts = append(p.amounts, at)
		g.amounts[at] = true
	}
}

// Property: whatever is gathered, in however many runs and after whatever
// merges, is found in every way there is, and nothing else.
func TestRuns(t *testing.T) {
	for seed := range uint64(8) {
		s := open(t, Config{})
		c := <-s.writer
		if seed%2 == 1 {
			c.tuning.merged = 30
		}
		t.Cleanup(func() { c.rollback(); s.writer <- c })
		if err := c.begin("BEGIN"); err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 3))
		span := int64(1) << (10 + seed*4) // from dense to sparse
		want := gathered{map[string]map[int64]bool{}, map[sourceKey]bool{}, map[contentKey]bool{}, map[place]bool{}}
		for range 1 + r.IntN(20) {
			p := newPostings()
			for range 1 << r.IntN(13) {
				want.add(p, r, span)
			}
			if err := p.flush(c, 1); err != nil {
				t.Fatal(err)
			}
		}
		checkRuns(t, c)
		for term, bases := range want.lists {
			l, err := c.listOf([]byte(term))
			if err != nil {
				t.Fatal(err)
			}
			checkList(t, l, slices.Sorted(maps.Keys(bases)))
			if len(bases) > 300 {
				checkSeeks(t, r, l, list(slices.Sorted(maps.Keys(bases))), span)
			}
		}
		none, err := c.listOf(wordTerm("abd"))
		if err != nil {
			t.Fatal(err)
		}
		checkList(t, none, nil)
		checkPrefixes(t, c, want.lists)
		checkKeys(t, c, &want)
		checkAmounts(t, c, r, want.amounts)
	}
}

// checkRuns: the runs are few, rising, and as long as they say.
func checkRuns(t *testing.T, c *conn) {
	t.Helper()
	runs, err := c.allRuns()
	if err != nil {
		t.Fatal(err)
	}
	levels := map[int][]int64{}
	total := int64(0)
	for _, run := range runs {
		levels[run.level()] = append(levels[run.level()], run.sheets)
		total += run.sheets
		in := c.readRun(run)
		var last []byte
		for err := in.next(); in.valid; err = in.next() {
			if err != nil || bytes.Compare(in.key, last) <= 0 {
				t.Fatalf("%x follows %x, %v", in.key, last, err)
			}
			last = bytes.Clone(in.key)
			if in.isList() && (baseIn(in.key) < run.low || baseIn(in.key) > run.high) {
				t.Errorf("base %d is not from %d to %d", baseIn(in.key), run.low, run.high)
			}
		}
	}
	for level, sheets := range levels {
		slices.Sort(sheets)
		if least := int64(0); len(sheets) >= fanout {
			for _, n := range sheets[:fanout] {
				least += n
			}
			if least <= c.tuning.merged {
				t.Errorf("%d runs of level %d", len(sheets), level)
			}
		}
	}
	if sheets, err := c.integer("SELECT count(*) FROM sheet"); err != nil || sheets != total {
		t.Errorf("%d sheets, want %d, %v", sheets, total, err)
	}
	if longest, err := c.integer("SELECT max(length(body)) FROM sheet"); err != nil || longest > maxSheet {
		t.Errorf("a body has %d bytes, %v", longest, err)
	}
}

// checkList reads a list up and down.
func checkList(t *testing.T, l *listed, want []int64) {
	t.Helper()
	for _, down := range []bool{false, true} {
		var got []int64
		target, step := int64(0), int64(1)
		if down {
			target, step = maxBase, -1
		}
		for {
			base, found, err := l.seek(target, down)
			if err != nil {
				t.Fatal(err)
			}
			if !found {
				break
			}
			got = append(got, base)
			target = base + step
		}
		if down {
			slices.Reverse(got)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("down %v: a list has %d entries, want %d", down, len(got), len(want))
		}
	}
}

// checkPrefixes unites the lists of the words that begin alike.
func checkPrefixes(t *testing.T, c *conn, lists map[string]map[int64]bool) {
	t.Helper()
	for _, prefix := range []string{"a", "ab", "uniquea", "uniqueab", "none"} {
		var terms []string
		bases := map[int64]bool{}
		for term, list := range lists {
			if bytes.HasPrefix([]byte(term), wordTerm(prefix)) {
				terms = append(terms, term)
				maps.Copy(bases, list)
			}
		}
		got, more, err := c.termsFrom(prefix, maxCursors)
		if err != nil || more != (len(terms) > maxCursors) {
			t.Fatalf("%s: more is %v, %v", prefix, more, err)
		}
		if !more && len(got) != len(terms) {
			t.Errorf("%s: %d terms, want %d", prefix, len(got), len(terms))
		}
		union, err := c.wholeUnion(t.Context(), []string{prefix}, 0, maxBase+1)
		if err != nil || !slices.Equal(union.(list), slices.Sorted(maps.Keys(bases))) {
			t.Errorf("%s: the union differs, %v", prefix, err)
		}
	}
}

// checkKeys looks up every hash, and some that are not there.
func checkKeys(t *testing.T, c *conn, want *gathered) {
	t.Helper()
	hashes := []hash{{}, {1, 7}, {^uint64(0), ^uint64(0)}}
	for k := range want.sources {
		hashes = append(hashes, k.hash)
	}
	sources := map[sourceKey]bool{}
	err := c.lookUp(kindSource, slices.Clone(hashes), func(h hash, s *sheet) error {
		sources[sourceKey{h, baseIn(s.key)}] = true
		return nil
	})
	if err != nil || !maps.Equal(sources, want.sources) {
		t.Errorf("%d source keys, want %d, %v", len(sources), len(want.sources), err)
	}
	contents := map[contentKey]bool{}
	err = c.lookUp(kindContent, hashes, func(h hash, s *sheet) error {
		row, err := s.held()
		contents[contentKey{h, row.base, row.text, row.kind, row.keyed == 1<<row.kind}] = true
		return err
	})
	if err != nil || !maps.Equal(contents, want.contents) {
		t.Errorf("%d content keys, want %d, %v", len(contents), len(want.contents), err)
	}
}

// checkAmounts walks the amounts from everywhere in both directions.
func checkAmounts(t *testing.T, c *conn, r *rand.Rand, amounts map[place]bool) {
	t.Helper()
	want := slices.SortedFunc(maps.Keys(amounts), func(a, b place) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.order, b.order)) })
	runs, err := c.allRuns()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		down := n%2 == 1
		after := want[r.IntN(len(want))]
		switch n {
		case 0:
			after = place{-1, -1}
		case 1:
			after = place{1 << 53, maxBase + 1}
		}
		var got, expected []place
		for _, run := range runs {
			w := &amountWalk{c: c, run: run, down: down}
			var last place
			for err := w.begin(after); len(w.places) > 0; err = w.next() {
				if err != nil || last != (place{}) && last.before(w.places[0]) == down {
					t.Fatalf("%v follows %v, down %v, %v", w.places[0], last, down, err)
				}
				last = w.places[0]
				got = append(got, last)
			}
		}
		for _, at := range want {
			if at != after && after.before(at) != down {
				expected = append(expected, at)
			}
		}
		slices.SortFunc(got, func(a, b place) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.order, b.order)) })
		if !slices.Equal(got, expected) {
			t.Fatalf("after %v, down %v: %d amounts, want %d", after, down, len(got), len(expected))
		}
	}
}

// FuzzSheet: no bytes make the reader panic, and what it accepts is written as
// it was read.
func FuzzSheet(f *testing.F) {
	first := listKey(nil, wordTerm("a"), 5)
	second := listKey(nil, wordTerm("ab"), 9)
	f.Add(first, appendEntry(appendEntry(nil, first, first, nil), first, second, []byte{1, 2}))
	f.Add([]byte{}, []byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte("x"), []byte{2, 0, 0})
	f.Fuzz(func(t *testing.T, first, body []byte) {
		var s, again sheet
		s.open(first, body)
		var written []byte
		before := first
		for {
			ok, err := s.next()
			if err != nil {
				return
			}
			if !ok {
				break
			}
			written = appendEntry(written, before, s.key, s.value)
			before = bytes.Clone(s.key)
			s.amount()
			s.held()
			s.list(nil)
			s.has(wordTerm("a"))
		}
		s.open(first, body)
		again.open(first, written)
		for {
			ok, _ := s.next()
			same, err := again.next()
			if ok != same || err != nil || !bytes.Equal(s.key, again.key) || !bytes.Equal(s.value, again.value) {
				t.Fatalf("%x was written as %x", body, written)
			}
			if !ok {
				return
			}
		}
	})
}

// Property: the runs that an import looks into for rows that were held before it
// have all of those, and of its own rows at most what was merged with them.
func TestHeldRuns(t *testing.T) {
	for seed := range uint64(4) {
		s := open(t, Config{})
		c := <-s.writer
		t.Cleanup(func() { c.rollback(); s.writer <- c })
		if err := c.begin("BEGIN"); err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 5))
		before := flushRandom(t, c, r, int(seed)*5)
		if err := cmp.Or(c.exec("COMMIT"), c.begin("BEGIN")); err != nil {
			t.Fatal(err)
		}
		own := flushRandom(t, c, r, 40)
		runs, err := c.heldRuns()
		if err != nil {
			t.Fatal(err)
		}
		found := map[contentKey]bool{}
		var hashes []hash
		for k := range before {
			hashes = append(hashes, k.hash)
		}
		for k := range own {
			hashes = append(hashes, k.hash)
		}
		err = c.lookUpIn(runs, kindContent, hashes, func(h hash, s *sheet) error {
			row, err := s.held()
			found[contentKey{h, row.base, row.text, row.kind, row.keyed == 1<<row.kind}] = true
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for k := range before {
			if !found[k] {
				t.Errorf("seed %d: a row that was held is not found", seed)
			}
		}
		if len(before) == 0 && len(found) > 0 {
			t.Errorf("seed %d: %d rows of the import itself are looked at", seed, len(found))
		}
	}
}

// flushRandom writes so many blocks of random rows, and returns their content keys.
func flushRandom(t *testing.T, c *conn, r *rand.Rand, blocks int) map[contentKey]bool {
	t.Helper()
	g := gathered{map[string]map[int64]bool{}, map[sourceKey]bool{}, map[contentKey]bool{}, map[place]bool{}}
	for range blocks {
		p := newPostings()
		for range 50 {
			g.add(p, r, 1<<20)
		}
		if err := p.flush(c, 1); err != nil {
			t.Fatal(err)
		}
	}
	return g.contents
}
