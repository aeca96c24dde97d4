package sqlite

import (
	"slices"
	"strings"
)

// termLists gathers bases by term. Most terms of a block are words that one row
// has, so there is no list for each: pairs of term and base are kept in one row,
// and sorted into lists by counting at the end.
type termLists struct {
	ids   map[string]int32
	terms []gatheredTerm
	// The pairs, in the order in which they came.
	term  []int32
	bases []int64
	// What each reuses.
	order  []int32
	sorted []int64
}

type gatheredTerm struct {
	text string
	last int64 // base
	size int   // of its list
	end  int   // of it in sorted
}

func newTermLists() *termLists { return &termLists{ids: make(map[string]int32)} }

// add adds a base to the list of a term.
func (t *termLists) add(term []byte, base int64) {
	id, ok := t.ids[string(term)] // does not allocate
	if !ok {
		id = int32(len(t.terms))
		text := string(term)
		t.ids[text] = id
		t.terms = append(t.terms, gatheredTerm{text: text, last: -1})
	}
	g := &t.terms[id]
	if g.last == base {
		return // the same word again
	}
	g.last = base
	g.size++
	t.term, t.bases = append(t.term, id), append(t.bases, base)
}

// each calls f for each term, in order, with its list, rising.
func (t *termLists) each(f func(term string, list []int64) error) error {
	t.order = t.order[:0]
	for id := range t.terms {
		t.order = append(t.order, int32(id))
	}
	slices.SortFunc(t.order, func(a, b int32) int { return strings.Compare(t.terms[a].text, t.terms[b].text) })
	end := 0
	for _, id := range t.order {
		t.terms[id].end = end
		end += t.terms[id].size
	}
	t.sorted = slices.Grow(t.sorted[:0], end)[:end]
	for i, id := range t.term {
		g := &t.terms[id]
		t.sorted[g.end] = t.bases[i]
		g.end++
	}
	for _, id := range t.order {
		g := &t.terms[id]
		list := t.sorted[g.end-g.size : g.end]
		if !slices.IsSorted(list) {
			slices.Sort(list)
			list = slices.Compact(list)
		}
		if err := f(g.text, list); err != nil {
			return err
		}
	}
	return nil
}

// clear forgets everything but the room for it.
func (t *termLists) clear() {
	clear(t.ids)
	clear(t.terms)
	t.terms, t.term, t.bases = t.terms[:0], t.term[:0], t.bases[:0]
}
