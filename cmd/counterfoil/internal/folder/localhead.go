package folder

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// readHead reads the first line, of at most maxImportHead bytes, and returns
// it with what follows.
func readHead(r io.Reader) (head []byte, rest io.Reader, err error) {
	b := bufio.NewReader(r)
	for {
		part, err := b.ReadSlice('\n')
		if len(head)+len(part) > maxImportHead {
			return nil, nil, errors.New("the head is too long")
		}
		head = append(head, part...)
		if err == nil {
			return bytes.TrimSuffix(head, []byte("\n")), b, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, nil, err
		}
	}
}
