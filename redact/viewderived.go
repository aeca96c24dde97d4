package redact

// derived is a view on its way, which is another one with parts of it replaced.
type derived struct {
	view
	of   *view
	from int // of.t[from:] is not copied yet
}

// instead copies what stands before of.t[i], and returns where in the new text begins
// what the caller then puts in the place of what stands there.
func (s *scan) instead(d *derived, i int) (at int) {
	if d.t == nil {
		d.view = s.view(len(d.of.t))
	}
	d.copy(*d.of, d.from, i)
	return len(d.t)
}

// replaced notes that what was put in from index at on stands for what ends at of.t[i].
func (d *derived) replaced(at, i int) {
	d.change(at)
	d.from = i
}

// derive copies the rest, unless nothing was replaced.
func (s *scan) derive(d *derived) (view, bool) {
	if d.t == nil {
		return view{}, false
	}
	d.copy(*d.of, d.from, len(d.of.t))
	return s.keep(d.view), true
}
