package redact

// accountScattered takes the groups from i on as one account number although some
// of them look like amounts or times: many short ones, between which marks of
// several kinds stand, beside a cue. It reports whether it did.
func (s *scan) accountScattered(v *view, q *sequence, i int) bool {
	const fewest, least, most = 4, 8, 17 // groups, and digits
	last := len(q.g) - 1
	n := len(q.d) - q.g[i].from
	if last-i+1 < fewest || n < least || n > most || q.g[i].size() >= minAccount {
		return false
	}
	free, kinds := false, false
	for k := i; k <= last; k++ {
		if q.dateAt(k) > 0 {
			return false
		}
		free = free || q.g[k].atom == 0
		kinds = kinds || k > i && q.g[k].sep != q.g[i+1].sep
	}
	if !free || !kinds {
		return false
	}
	s.account(v, q, q.g[i].from, len(q.d), "cue")
	return true
}
