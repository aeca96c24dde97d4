//go:build unix && !aix && !solaris && !linux

package locked

// noDump has nothing to do: there are no core dumps (see NoCoreDumps).
func noDump([]byte) error { return nil }
