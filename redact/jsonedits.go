package redact

// madeEdits finds edits of a walk by where they are made, so that a document with
// many costs no more for each.
type madeEdits struct {
	at      map[int]int // by edit.lo, the first one there
	indexed int         // edits that are in at
	keys    map[madeKey]int
}

// madeKey is a key to which others of the same object are redacted.
type madeKey struct {
	object int
	text   string
}

func (m *madeEdits) reset() {
	clear(m.at)
	clear(m.keys)
	m.indexed = 0
}

// editAt returns the first edit that begins at src[i], -1 without one.
func (w *walker) editAt(i int) int {
	m := &w.made
	if m.at == nil {
		m.at = map[int]int{}
	}
	for ; m.indexed < len(w.edits); m.indexed++ {
		lo := w.edits[m.indexed].lo
		if _, ok := m.at[lo]; !ok {
			m.at[lo] = m.indexed
		}
	}
	if k, ok := m.at[i]; ok {
		return k
	}
	return -1
}

// again returns how many keys of an object were redacted to a text before.
func (m *madeEdits) again(object int, text []byte) int {
	if m.keys == nil {
		m.keys = map[madeKey]int{}
	}
	k := madeKey{object, string(text)}
	n := m.keys[k]
	m.keys[k]++
	return n
}
