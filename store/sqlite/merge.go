package sqlite

import (
	"bytes"
	"slices"
)

// mergeRuns writes several runs as one and removes them. What it holds of each
// is a sheet, and of a list what their parts at hand have in common.
func (c *conn) mergeRuns(runs []run) error {
	m := merger{}
	w, err := c.newRun()
	if err != nil {
		return err
	}
	for _, r := range runs {
		in := &input{runReader: c.readRun(r)}
		if err := in.next(); err != nil {
			return err
		}
		m.inputs = append(m.inputs, in)
		w.span(r.low, r.high)
		w.held = w.held || !c.fresh[r.id]
	}
	if err := m.run(w); err != nil {
		return err
	}
	if err := w.store(); err != nil {
		return err
	}
	for _, r := range runs {
		if err := c.exec("DELETE FROM sheet WHERE id >= ? AND id < ?", r.first(), r.first()+1<<runShift); err != nil {
			return err
		}
		if err := c.exec("DELETE FROM run WHERE id = ?", r.id); err != nil {
			return err
		}
	}
	return nil
}

// input is a run being merged; list is what is left of the part of a list at
// hand.
type input struct {
	*runReader
	list []int64
	part []int64
}

type merger struct {
	inputs []*input
	term   []byte
	union  []int64
}

func (m *merger) run(w *runWriter) error {
	for {
		least := m.least()
		if least == nil {
			return nil
		}
		step := m.copy
		if least.isList() {
			step = m.lists
		}
		if err := step(w, least); err != nil {
			return err
		}
	}
}

// least returns the input with the least key at hand.
func (m *merger) least() (least *input) {
	for _, in := range m.inputs {
		if in.valid && (least == nil || bytes.Compare(in.key, least.key) < 0) {
			least = in
		}
	}
	return least
}

// copy writes an entry that is no list, once.
func (m *merger) copy(w *runWriter, least *input) error {
	if !bytes.Equal(least.key, w.last) {
		if err := w.add(least.key, least.value); err != nil {
			return err
		}
	}
	return least.next()
}

// lists writes the union of a term's lists.
func (m *merger) lists(w *runWriter, least *input) error {
	m.term = append(m.term[:0], least.term()...)
	w.begin(string(m.term))
	for {
		limit := int64(-1) // up to which every list is at hand
		for _, in := range m.inputs {
			if err := in.fill(m.term); err != nil {
				return err
			}
			if n := len(in.list); n > 0 && (limit < 0 || in.list[n-1] < limit) {
				limit = in.list[n-1]
			}
		}
		if limit < 0 {
			return w.end()
		}
		if err := w.bases(m.upTo(limit)); err != nil {
			return err
		}
	}
}

// fill reads the next part of a term's list if the one at hand is used up.
func (in *input) fill(term []byte) (err error) {
	if len(in.list) > 0 || !in.valid || !in.has(term) {
		return nil
	}
	if in.part, err = in.sheet.list(in.part[:0]); err != nil {
		return err
	}
	in.list = in.part
	return in.next()
}

// upTo takes the bases up to a limit out of the parts at hand, rising and each
// once.
func (m *merger) upTo(limit int64) []int64 {
	m.union = m.union[:0]
	several := false
	for _, in := range m.inputs {
		if len(in.list) == 0 {
			continue
		}
		n, exact := slices.BinarySearch(in.list, limit)
		if exact {
			n++
		}
		several = several || n > 0 && len(m.union) > 0
		m.union = append(m.union, in.list[:n]...)
		in.list = in.list[n:]
	}
	if several {
		slices.Sort(m.union)
		m.union = slices.Compact(m.union)
	}
	return m.union
}
