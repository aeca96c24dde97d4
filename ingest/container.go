package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"
)

// Limits on compressed input. A statement compresses 10 to 30 times; what
// unpacks to much more is not one.
const (
	MaxRatio       = 200      // unpacked bytes per packed byte…
	ratioFrom      = 1 << 20  // …looked at from this many unpacked bytes on
	MaxMembers     = 1000     // files in a zip archive
	maxZipBuffered = 64 << 20 // bytes of a zip archive kept in memory if it is no file
)

// Reasons for which a container is refused.
const (
	reasonRatio    = "compressed data unpacks to far more than a statement would; it is refused as a bomb"
	reasonNested   = "a compressed file inside a compressed file is not read"
	reasonMembers  = "the archive has more files than the limit"
	reasonNoMember = "the archive has no statement in it"
	reasonArchive  = "an archive is not one statement; its files are imported one by one"
	reasonZip      = "the archive is damaged"
	reasonGzip     = "the compressed data are damaged"
	reasonLocked   = "the archive is encrypted"
	reasonOffice   = "this is a spreadsheet or other office document; save it as CSV"
)

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zipMagic  = []byte("PK\x03\x04")
)

// reader opens the statement, unpacked if it is gzip.
func (in Input) reader() (io.ReadCloser, error) {
	raw, err := in.Open()
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(raw, 64<<10)
	head, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(head, zipMagic):
		raw.Close()
		return nil, &Error{Reason: reasonArchive}
	case !bytes.HasPrefix(head, gzipMagic):
		return readCloser{b, raw}, nil
	}
	packed := &counter{r: b}
	z, err := gzip.NewReader(packed)
	if err != nil {
		raw.Close()
		return nil, &Error{Reason: reasonGzip}
	}
	return unpacking(z, raw, func() int64 { return packed.n }, reasonGzip)
}

type readCloser struct {
	io.Reader
	io.Closer
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// unpacking bounds what a decompressor yields and refuses nested containers.
func unpacking(r io.Reader, c io.Closer, packed func() int64, damaged string) (io.ReadCloser, error) {
	b := bufio.NewReader(&bounded{r: r, packed: packed, damaged: damaged})
	head, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		c.Close()
		return nil, err
	}
	if bytes.HasPrefix(head, gzipMagic) || bytes.HasPrefix(head, zipMagic) {
		c.Close()
		return nil, &Error{Reason: reasonNested}
	}
	return readCloser{b, c}, nil
}

// bounded stops a decompressor that yields too much for what it reads.
type bounded struct {
	r       io.Reader
	packed  func() int64
	damaged string
	n       int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	switch {
	case b.n > MaxFile:
		return n, &Error{Reason: reasonTooLong}
	case b.n > ratioFrom && b.n > MaxRatio*max(b.packed(), 1):
		return n, &Error{Reason: reasonRatio}
	case err != nil && !errors.Is(err, io.EOF):
		// The library's errors may hold bytes of the file.
		return n, &Error{Reason: b.damaged}
	}
	return n, err
}

// Files returns the statements in an input: the input itself, or each file of a
// zip archive. Folders, hidden files and what macOS adds are left out.
func Files(in Input) ([]Input, error) {
	raw, err := in.Open()
	if err != nil {
		return nil, named(err, in.Name)
	}
	defer raw.Close()
	head := make([]byte, len(zipMagic))
	if n, _ := io.ReadFull(raw, head); !bytes.Equal(head[:n], zipMagic) {
		return []Input{in}, nil
	}
	archive, closer, err := openZip(in)
	if err != nil {
		return nil, named(err, in.Name)
	}
	defer closer.Close()
	var out []Input
	for i, f := range archive.File {
		if i == MaxMembers {
			return nil, &Error{File: in.Name, Reason: reasonMembers}
		}
		if f.Name == "[Content_Types].xml" || f.Name == "META-INF/manifest.xml" {
			return nil, &Error{File: in.Name, Reason: reasonOffice}
		}
		base := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		if f.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		out = append(out, member(in, i, base))
	}
	if len(out) == 0 {
		return nil, &Error{File: in.Name, Reason: reasonNoMember}
	}
	return out, nil
}

// member is the n-th file of an archive, opened anew each time.
func member(in Input, n int, base string) Input {
	return Input{Name: base, Open: func() (io.ReadCloser, error) {
		archive, closer, err := openZip(in)
		if err != nil {
			return nil, err
		}
		if n >= len(archive.File) {
			closer.Close()
			return nil, &Error{Reason: reasonZip}
		}
		f := archive.File[n]
		if f.Flags&1 != 0 {
			closer.Close()
			return nil, &Error{Reason: reasonLocked}
		}
		r, err := f.Open()
		if err != nil {
			closer.Close()
			return nil, &Error{Reason: reasonZip}
		}
		// The archive states the packed size; how much a lying one can claim is
		// bounded by the archive itself.
		return unpacking(r, closers{r, closer}, func() int64 { return int64(f.CompressedSize64) }, reasonZip)
	}}
}

type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, x := range c {
		errs = append(errs, x.Close())
	}
	return errors.Join(errs...)
}

// openZip reads an archive's directory.
func openZip(in Input) (*zip.Reader, io.Closer, error) {
	raw, err := in.Open()
	if err != nil {
		return nil, nil, err
	}
	at, size, err := randomAccess(raw)
	if err != nil {
		raw.Close()
		return nil, nil, err
	}
	archive, err := zip.NewReader(at, size)
	if err != nil {
		raw.Close()
		return nil, nil, &Error{Reason: reasonZip}
	}
	return archive, raw, nil
}

// randomAccess returns a reader at offsets: a file as it is, anything else
// from memory.
func randomAccess(r io.Reader) (io.ReaderAt, int64, error) {
	type file interface {
		io.ReaderAt
		io.Seeker
	}
	if f, ok := r.(file); ok {
		size, err := f.Seek(0, io.SeekEnd)
		return f, size, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxZipBuffered+1))
	if err != nil {
		return nil, 0, err
	}
	if len(data) > maxZipBuffered {
		return nil, 0, &Error{Reason: reasonBuffered}
	}
	return bytes.NewReader(data), int64(len(data)), nil
}
