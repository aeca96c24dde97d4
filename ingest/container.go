package ingest

import "io"

// reader opens the statement, decompressed.
func (in Input) reader() (io.ReadCloser, error) { return in.Open() }
