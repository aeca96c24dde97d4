package finding

// Derived is a view on its way, which is another one with parts of it replaced.
type Derived struct {
	View
	Of   *View
	From int // of.t[from:] is not copied yet
}

// Instead copies what stands before of.t[i], and returns where in the new text begins
// what the caller then puts in the place of what stands there.
func (s *List) Instead(d *Derived, i int) (at int) {
	if d.Text == nil {
		d.View = s.View(len(d.Of.Text))
	}
	d.Copy(*d.Of, d.From, i)
	return len(d.Text)
}

// Replaced notes that what was put in from index at on stands for what ends at of.t[i].
func (d *Derived) Replaced(at, i int) {
	d.Change(at)
	d.From = i
}

// Derive copies the rest, unless nothing was replaced.
func (s *List) Derive(d *Derived) (View, bool) {
	if d.Text == nil {
		return View{}, false
	}
	d.Copy(*d.Of, d.From, len(d.Of.Text))
	return s.Keep(d.View), true
}
