package redact

// chain collects the parts of a number that is split over neighbouring leaves.
type chain struct{}

func (c *chain) reset()     {}
func (c *chain) open() bool { return false }

// link offers a leaf to the chain.
func (s *scan) link(i, end int, text []byte, escaped bool) {}

// unlink ends the chain at a leaf that was redacted by itself.
func (s *scan) unlink() {}

// endChain looks at what is left.
func (s *scan) endChain() {}
