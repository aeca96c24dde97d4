package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func zipped(members ...[2]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m[0])
		if err != nil {
			panic(err)
		}
		io.WriteString(f, m[1])
	}
	w.Close()
	return b.Bytes()
}

func readInput(t *testing.T, in Input) string {
	t.Helper()
	r, err := in.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCompressed imports the same statement plain, gzipped and zipped: the
// second and third time it is known.
func TestCompressed(t *testing.T) {
	m := &memory{}
	plain := readInput(t, ofxFile(ofxRow("1", "30", "-1", "X")))
	if r := mustImport(t, m, Bytes("a.ofx.gz", gzipped([]byte(plain))), Options{}); r.Added != 1 {
		t.Errorf("gzip: %+v", r)
	}
	archive := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(archive, zipped([2]string{"folder/", ""}, [2]string{"__MACOSX/a", "x"}, [2]string{"folder/a.ofx", plain}, [2]string{"b.ofx", plain}), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := Files(Path(archive))
	if err != nil || len(files) != 2 || files[0].Name != "a.ofx" {
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		if r := mustImport(t, m, f, Options{}); r.Added != 0 || r.Skipped != 1 {
			t.Errorf("%s: %+v", f.Name, r)
		}
	}
	if files, err := Files(Bytes("a.ofx", []byte(plain))); err != nil || len(files) != 1 {
		t.Errorf("a plain file: %v %v", files, err)
	}
}

// TestBombs refuses what unpacks to far more than it is, without unpacking it,
// and damaged or nested containers.
func TestBombs(t *testing.T) {
	zeros := bytes.Repeat([]byte{'0'}, 8<<20)
	refused := func(name, want string, in Input) {
		t.Helper()
		files, err := Files(in)
		if err == nil {
			_, err = testImporter(t).File(context.Background(), &memory{}, files[0], Options{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	refused("gzip bomb", reasonRatio, Bytes("x.gz", gzipped(zeros)))
	refused("zip bomb", reasonRatio, Bytes("x.zip", zipped([2]string{"a", string(zeros)})))
	refused("gzip in gzip", reasonNested, Bytes("x.gz", gzipped(gzipped([]byte("x")))))
	refused("zip in zip", reasonNested, Bytes("x.zip", zipped([2]string{"a", string(zipped([2]string{"b", "x"}))})))
	refused("cut gzip", reasonGzip, Bytes("x.gz", gzipped(zeros[:100])[:20]))
	refused("cut zip", reasonZip, Bytes("x.zip", zipped([2]string{"a", "x"})[:30]))
	refused("empty zip member list", reasonNoMember, Bytes("x.zip", zipped([2]string{".hidden", "x"})))
	if _, err := testImporter(t).File(context.Background(), &memory{}, Bytes("x.zip", zipped([2]string{"a", "x"})), Options{}); err == nil || !strings.Contains(err.Error(), reasonArchive) {
		t.Errorf("an archive as one statement: %v", err)
	}
	many := make([][2]string, MaxMembers+1)
	for i := range many {
		many[i] = [2]string{"f", "x"}
	}
	refused("many members", reasonMembers, Bytes("x.zip", zipped(many...)))
}
