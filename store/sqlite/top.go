package sqlite

import (
	"container/heap"
)

// top keeps the best hits of many: a heap with the worst of them at its root.
type top struct {
	hits  []hit
	down  bool
	limit int
}

func (t *top) Len() int           { return len(t.hits) }
func (t *top) Swap(i, j int)      { t.hits[i], t.hits[j] = t.hits[j], t.hits[i] }
func (t *top) Push(x any)         { t.hits = append(t.hits, x.(hit)) }
func (t *top) Less(i, j int) bool { return t.worse(t.hits[i], t.hits[j]) }

func (t *top) worse(a, b hit) bool {
	if t.down {
		return a.before(b.place)
	}
	return b.before(a.place)
}

func (t *top) Pop() any {
	last := t.hits[len(t.hits)-1]
	t.hits = t.hits[:len(t.hits)-1]
	return last
}

func (t *top) offer(h hit) {
	switch {
	case len(t.hits) < t.limit:
		heap.Push(t, h)
	case t.worse(t.hits[0], h):
		t.hits[0] = h
		heap.Fix(t, 0)
	}
}

// sorted empties the heap, best first.
func (t *top) sorted() []hit {
	out := make([]hit, len(t.hits))
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = heap.Pop(t).(hit)
	}
	return out
}
