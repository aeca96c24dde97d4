// Package document redacts whole inputs: texts, JSON documents, also several that
// follow each other and ones that are cut off, and both in UTF-16 and UTF-32. It
// also reads the lists of values that an operator wants redacted.
package document

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// maxPeek is how many bytes tell what a document is: its first line, if it is to be
// read line by line.
const maxPeek = 64 << 10

// Run is one run over an input.
type Run struct {
	Redactor *redact.Redactor
	Key      [32]byte                                  // the redactor's, for what it refuses
	Note     func(line int, findings []redact.Finding) // is told what was found; line is 0 where it is not counted

	size  int64 // of the input, if it is a file
	out   *bufio.Writer
	read  watchedReader
	wide  singleEncoding // where the text is in UTF-16 or UTF-32
	wrote watchedWriter
}

// Redact redacts in to out, with lines each line by itself.
func (run *Run) Redact(in io.Reader, out io.Writer, lines bool) (err error) {
	run.size = sizeOf(in)
	text, closing := run.open(in, out)
	if lines {
		err = run.lines(text)
	} else {
		err = run.document(text)
	}
	if err != nil {
		closing() // what came before is whole
		return run.blame(err)
	}
	return closing()
}

// sizeOf is how many bytes a file has, 0 for what is none.
func sizeOf(in io.Reader) int64 {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// lines redacts each line by itself.
func (run *Run) lines(in *bufio.Reader) error {
	for n := 1; ; n++ {
		line, err := ReadLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return exit.Fail(exit.Input, "", "line %d: %w", n, err)
		}
		end := err != nil
		body := bytes.TrimRight(line, "\r\n")
		if err := run.line(n, body); err != nil {
			return err
		}
		run.out.Write(line[len(body):])
		if in.Buffered() == 0 { // a reader at the other end may be waiting
			if err := run.out.Flush(); err != nil {
				return err
			}
		}
		if end {
			return nil
		}
	}
}

// ReadLine reads one line with its end, at most redact.MaxDocument bytes.
func ReadLine(in *bufio.Reader) (line []byte, err error) { return readLine(in, redact.MaxDocument) }

func readLine(in *bufio.Reader, limit int) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); len(line) > limit {
			return nil, fmt.Errorf("longer than %d bytes", limit)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// watchedReader and watchedWriter remember what went wrong, which package redact
// does not tell.
type (
	watchedReader struct {
		io.Reader
		err error
	}
	watchedWriter struct {
		io.Writer
		err error
	}
)

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func (w *watchedWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// blame is the error of a run: what could not be read or written is not the
// redactor's.
func (run *Run) blame(err error) error {
	switch {
	case run.wrote.err != nil:
		return run.wrote.err
	case run.read.err != nil:
		return exit.Fail(exit.Input, "", "reading: %w", run.read.err)
	case errors.Is(run.wide.err, errMixed):
		return exit.Fail(exit.Input, "convert it to UTF-8", "reading: %w", errMixed)
	}
	return err
}

// refused is the error of a text that could not be redacted; nothing of it was
// written.
func refused(err error) error {
	return exit.Fail(exit.Input, "", "%w", err)
}
