package audit

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A savedLog is a small closed log, kept in memory so that a test can damage a
// fresh copy of it many times.
type savedLog struct {
	files  map[string][]byte
	starts []int // offsets of the batches
}

func saveLog(t *testing.T, n int) *savedLog { return saveLogOf(t, n, testEntry) }

// tinyEntry makes a log short enough to damage every byte of.
func tinyEntry(int) *Entry {
	return &Entry{Record: Record{Phase: PhaseEvent, Event: EventStart}, Sidecar: []byte("sealed")}
}

func saveLogOf(t *testing.T, n int, entry func(int) *Entry) *savedLog {
	t.Helper()
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	s := &savedLog{}
	for i := range n {
		if _, err := l.Append(context.Background(), entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, l)
	s.files = readTree(t, cfg.Dir)
	for off := 0; off < len(s.records()); {
		h, ok := parseHeader(s.records()[off:])
		if !ok {
			t.Fatal("no header")
		}
		s.starts = append(s.starts, off)
		off += int(h.size())
	}
	return s
}

func (s *savedLog) records() []byte { return s.files["log/records"] }

func readTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// write puts a copy into dir with some files replaced; nil removes one.
func (s *savedLog) write(t *testing.T, dir string, replace map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, data := range s.files {
		if r, ok := replace[name]; ok {
			if data = r; r == nil {
				continue
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// headAt returns the checkpoint of the n-th batch: a head that was written
// before the last ones.
func (s *savedLog) headAt(t *testing.T, n int) []byte {
	t.Helper()
	b, _, err := batchAt(bytes.NewReader(s.records()), int64(s.starts[n]), int64(len(s.records())))
	if err != nil {
		t.Fatal(err)
	}
	return b.checkpoint
}

func openDir(dir string) (*Log, error) {
	return Open(context.Background(), Config{Dir: dir, Origin: testOrigin, Now: func() time.Time { return testTime }})
}

// TestFlipEveryByte: whatever byte of the records is flipped, verification
// fails and opening refuses, also if log/head had not seen the last batch yet.
// So no acknowledged record goes missing unnoticed.
func TestFlipEveryByte(t *testing.T) {
	s := saveLogOf(t, 3, tinyEntry)
	dir := filepath.Join(t.TempDir(), "copy")
	oldHead := s.headAt(t, 1)
	last := s.starts[2]
	for i := range s.records() {
		bad := bytes.Clone(s.records())
		bad[i] ^= 1 << (i % 8)
		head := s.files["log/head"]
		if i >= last {
			head = oldHead
		}
		s.writeRecords(t, dir, bad, head)
		if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
			t.Fatalf("byte %d: Verify = %v, want ErrTampered", i, err)
		}
		if i < last && i%16 != 0 {
			continue // Open reads these bytes as it reads the last batch
		}
		if l, err := openDir(dir); !errors.Is(err, ErrTampered) {
			t.Fatalf("byte %d: Open = %v, %v, want ErrTampered", i, l, err)
		}
	}
}

// writeRecords replaces only what flips change, for speed.
func (s *savedLog) writeRecords(t *testing.T, dir string, records, head []byte) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		s.write(t, dir, nil)
	}
	err := errors.Join(os.WriteFile(filepath.Join(dir, "log", "records"), records, 0o600),
		os.WriteFile(filepath.Join(dir, "log", "head"), head, 0o600))
	if err != nil {
		t.Fatal(err)
	}
}

// TestFlipEveryByteOfHead: log/head is as protected as the log.
func TestFlipEveryByteOfHead(t *testing.T) {
	s := saveLog(t, 2)
	dir := filepath.Join(t.TempDir(), "copy")
	for i := range s.files["log/head"] {
		head := bytes.Clone(s.files["log/head"])
		head[i] ^= 1
		s.writeRecords(t, dir, s.records(), head)
		if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
			t.Fatalf("byte %d: Verify = %v, want ErrTampered", i, err)
		}
		if _, err := openDir(dir); !errors.Is(err, ErrTampered) {
			t.Fatalf("byte %d: Open = %v, want ErrTampered", i, err)
		}
	}
}

// TestTornTail: a batch of which only a part was written is moved away and the
// cut is a record, which verification points at until an auditor accepts it.
func TestTornTail(t *testing.T) {
	s := saveLog(t, 3)
	last := s.starts[2]
	for _, end := range []int{last + 1, last + 31, last + 32, last + 33, last + 200, len(s.records()) - 1} {
		dir := filepath.Join(t.TempDir(), "copy")
		s.write(t, dir, map[string][]byte{"log/records": s.records()[:end], "log/head": s.headAt(t, 1)})
		if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
			t.Fatalf("%d: Verify before Open = %v, want ErrTampered", end, err)
		}
		l, err := openDir(dir)
		if err != nil {
			t.Fatalf("%d: Open: %v", end, err)
		}
		r := mustAppend(t, l, 9, 10)
		mustClose(t, l)
		if r[0].Index != 3 { // two records, the cut, then this
			t.Errorf("%d: index %d, want 3", end, r[0].Index)
		}
		torn, err := filepath.Glob(filepath.Join(dir, "log", "torn-*"))
		if err != nil || len(torn) != 1 || strings.HasSuffix(torn[0], unrecorded) {
			t.Fatalf("%d: torn files %v, %v", end, torn, err)
		}
		if data, err := os.ReadFile(torn[0]); err != nil || !bytes.Equal(data, s.records()[last:end]) {
			t.Errorf("%d: the torn bytes were not kept", end)
		}
		rep, err := verifyDir(t, dir)
		if !errors.Is(err, ErrCut) || len(rep.Cuts) != 1 || rep.Cuts[0].Index != 2 {
			t.Fatalf("%d: Verify = %v, cuts %v, want ErrCut at 2", end, err, rep.Cuts)
		}
		rep, err = Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{pinned(t, dir)}, AcceptCuts: []int64{2}})
		if err != nil || !rep.OK {
			t.Errorf("%d: Verify with the cut accepted: %v", end, err)
		}
		if err := os.WriteFile(filepath.Join(dir, "log", "torn-x"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
			t.Errorf("%d: unrecorded torn file: %v, want ErrTampered", end, err)
		}
	}
}

// TestUnwrittenSectors: after a power cut a batch can have its length but not
// its content. That was never acknowledged either.
func TestUnwrittenSectors(t *testing.T) {
	s := saveLog(t, 3)
	last := s.starts[2]
	for name, zero := range map[string]span{
		"whole batch": {int64(last), int64(len(s.records()))},
		"one sector":  {int64(last/sectorSize+1) * sectorSize, int64(last/sectorSize+2) * sectorSize},
	} {
		dir := filepath.Join(t.TempDir(), "copy")
		bad := bytes.Clone(s.records())
		clear(bad[zero.start:min(zero.end, int64(len(bad)))])
		s.write(t, dir, map[string][]byte{"log/records": bad, "log/head": s.headAt(t, 1)})
		l, err := openDir(dir)
		if err != nil {
			t.Fatalf("%s: Open: %v", name, err)
		}
		mustClose(t, l)
		if _, err := verifyDir(t, dir); !errors.Is(err, ErrCut) {
			t.Errorf("%s: Verify = %v, want ErrCut", name, err)
		}
	}
}

// TestCrashDuringRecovery: a cut whose record was not written yet is recorded
// by the next Open.
func TestCrashDuringRecovery(t *testing.T) {
	s := saveLog(t, 2)
	dir := filepath.Join(t.TempDir(), "copy")
	s.write(t, dir, nil)
	if err := os.WriteFile(filepath.Join(dir, "log", "torn-1"+unrecorded), []byte("CFB1torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify before Open = %v, want ErrTampered", err)
	}
	l, err := openDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	rep, err := verifyDir(t, dir)
	if !errors.Is(err, ErrCut) || len(rep.Cuts) != 1 {
		t.Errorf("Verify = %v, cuts %v, want one", err, rep.Cuts)
	}
}

// TestTampering is the table of what an attacker with the disk can do.
func TestTampering(t *testing.T) {
	s := saveLog(t, 4)
	other := saveLog(t, 4) // the same records under another key
	part := func(from, to int) []byte {
		ends := append(append([]int{}, s.starts...), len(s.records()))
		return s.records()[ends[from]:ends[to]]
	}
	zeroed := bytes.Clone(s.records())
	clear(zeroed[s.starts[1]:s.starts[2]])
	for name, replace := range map[string]map[string][]byte{
		"batch dropped":        {"log/records": bytes.Join([][]byte{part(0, 1), part(2, 4)}, nil)},
		"first batch dropped":  {"log/records": part(1, 4)},
		"batches reordered":    {"log/records": bytes.Join([][]byte{part(0, 1), part(2, 3), part(1, 2), part(3, 4)}, nil)},
		"batch repeated":       {"log/records": bytes.Join([][]byte{part(0, 4), part(3, 4)}, nil)},
		"batch zeroed":         {"log/records": zeroed},
		"last batch truncated": {"log/records": part(0, 3)},
		"tail torn off":        {"log/records": s.records()[:s.starts[3]+100]},
		"all truncated":        {"log/records": {}},
		"records removed":      {"log/records": nil},
		"head removed":         {"log/head": nil},
		"head of another log":  {"log/head": other.files["log/head"]},
		"forked log":           {"log/records": other.records(), "log/head": other.files["log/head"]},
		"batch from a fork":    {"log/records": bytes.Join([][]byte{part(0, 3), other.records()[other.starts[3]:]}, nil)},
		"key of a fork pinned": {"log/records": other.records()},
		"junk appended":        {"log/records": append(bytes.Clone(s.records()), bytes.Repeat([]byte("junk "), 100)...)},
	} {
		dir := filepath.Join(t.TempDir(), "copy")
		s.write(t, dir, replace)
		if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: Verify = %v, want ErrTampered", name, err)
		}
		if _, err := openDir(dir); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: Open = %v, want ErrTampered", name, err)
		}
	}
}

// TestTruncateEverywhere: wherever a log is cut off, verification fails, and
// opening refuses if log/head has seen more; if it has not, what it has seen
// is still there.
func TestTruncateEverywhere(t *testing.T) {
	s := saveLogOf(t, 3, tinyEntry)
	dir := filepath.Join(t.TempDir(), "copy")
	oldHead := s.headAt(t, 1)
	for n := range s.records() {
		for name, head := range map[string][]byte{"head": s.files["log/head"], "older head": oldHead} {
			s.write(t, dir, map[string][]byte{"log/records": s.records()[:n], "log/head": head})
			_, err := verifyDir(t, dir)
			atBatch := name == "older head" && n == s.starts[2] // what an older copy looks like
			if !atBatch && !errors.Is(err, ErrTampered) || atBatch && err != nil {
				t.Fatalf("%s, %d bytes: Verify = %v", name, n, err)
			}
			if n%7 != 0 && n < s.starts[2] {
				continue // for speed: Open reads all of it alike
			}
			l, err := openDir(dir)
			if name == "head" || n < s.starts[2] {
				if !errors.Is(err, ErrTampered) {
					t.Fatalf("%s, %d bytes: Open = %v, want ErrTampered", name, n, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s, %d bytes: Open: %v", name, n, err)
			}
			if size, err := l.Reader().Size(); err != nil || size < 2 {
				t.Errorf("%s, %d bytes: %d records are left, %v", name, n, size, err)
			}
			mustClose(t, l)
		}
	}
}

// TestSinceOfAnotherLog: a checkpoint that this log does not extend fails the
// verification, whoever signed it.
func TestSinceOfAnotherLog(t *testing.T) {
	s := saveLog(t, 4)
	fork := saveLog(t, 3) // the same origin, another key
	dir := filepath.Join(t.TempDir(), "copy")
	s.write(t, dir, nil)
	key := pinned(t, dir)
	signer := mustSigner(t, strings.TrimSpace(string(s.files["keys/log.key"])))
	sign := func(c Checkpoint) []byte {
		msg, err := c.sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		return msg
	}
	for name, since := range map[string][]byte{
		"another key":      fork.headAt(t, 2),
		"another root":     sign(Checkpoint{Origin: testOrigin, Size: 2}),
		"a later size":     sign(Checkpoint{Origin: testOrigin, Size: 5}),
		"another empty":    sign(Checkpoint{Origin: testOrigin, Size: 0}),
		"no checkpoint":    []byte("hello\n"),
		"signature erased": []byte(Checkpoint{Origin: testOrigin, Size: 2}.Text() + "\n"),
	} {
		_, err := Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{key}, Since: since})
		if !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v, want ErrTampered", name, err)
		}
	}
	for n := range 4 {
		rep, err := Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{key}, Since: s.headAt(t, n)})
		if err != nil || rep.Since != int64(n)+1 {
			t.Errorf("own checkpoint %d: %v", n+1, err)
		}
	}
	empty := sign(Checkpoint{Origin: testOrigin, Root: emptyRoot})
	if _, err := Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{key}, Since: empty}); err != nil {
		t.Errorf("checkpoint of the empty log: %v", err)
	}
}

func TestWrongKey(t *testing.T) {
	s, other := saveLog(t, 2), saveLog(t, 1)
	dir := filepath.Join(t.TempDir(), "copy")
	s.write(t, dir, map[string][]byte{"keys/log.pub": other.files["keys/log.pub"]})
	if _, err := verifyDir(t, dir); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify with another public key: %v, want ErrTampered", err)
	}
	if _, err := openDir(dir); !errors.Is(err, ErrTampered) {
		t.Errorf("Open with another public key: %v, want ErrTampered", err)
	}
	s.write(t, dir, map[string][]byte{"keys/log.key": nil, "keys/log.pub": nil})
	if _, err := openDir(dir); !errors.Is(err, ErrTampered) {
		t.Errorf("Open without keys: %v, want ErrTampered", err)
	}
	s.write(t, dir, map[string][]byte{"keys/log.key": other.files["keys/log.key"], "keys/log.pub": other.files["keys/log.pub"]})
	if _, err := openDir(dir); !errors.Is(err, ErrTampered) {
		t.Errorf("Open with another key: %v, want ErrTampered", err)
	}
}

// TestClockGoesBack: the order of the log stands; the report says that times
// run against it.
func TestClockGoesBack(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 2)
	e := testEntry(2)
	e.Record.Time = testTime.Add(-time.Hour)
	if _, err := l.Append(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	rep := mustVerify(t, cfg.Dir, 3)
	if len(rep.Warnings) != 1 || !strings.Contains(rep.Warnings[0], "clock went back: 1 record") {
		t.Errorf("warnings %q", rep.Warnings)
	}
}

// A faultyFile fails once armed.
type faultyFile struct {
	appendFile
	writeErr, syncErr error
	keep              int // bytes that a failing write still writes
}

func (f *faultyFile) WriteAt(b []byte, off int64) (int, error) {
	if f.writeErr != nil {
		n, err := f.appendFile.WriteAt(b[:min(f.keep, len(b))], off)
		return n, errors.Join(err, f.writeErr)
	}
	return f.appendFile.WriteAt(b, off)
}

func (f *faultyFile) Sync() error {
	if f.syncErr != nil {
		return f.syncErr
	}
	return f.appendFile.Sync()
}

// TestFailedWrite: after one failed write or sync the log refuses until it is
// opened again, and then nothing acknowledged is missing.
func TestFailedWrite(t *testing.T) {
	for name, fault := range map[string]faultyFile{
		"disk full":     {writeErr: syscall.ENOSPC},
		"short write":   {writeErr: syscall.ENOSPC, keep: 100},
		"fsync error":   {syncErr: syscall.EIO},
		"write erred":   {writeErr: syscall.EIO, keep: 1 << 20},
		"broken device": {writeErr: syscall.EIO, syncErr: syscall.EIO},
	} {
		cfg := testConfig(t)
		var file *faultyFile
		cfg.wrap = func(f appendFile) appendFile { file = &faultyFile{appendFile: f}; return file }
		l := mustOpen(t, cfg)
		mustAppend(t, l, 0, 2)
		file.writeErr, file.syncErr, file.keep = fault.writeErr, fault.syncErr, fault.keep
		if _, err := l.Append(context.Background(), testEntry(2)); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: Append = %v, want ErrClosed", name, err)
		}
		file.writeErr, file.syncErr = nil, nil
		if _, err := l.Append(context.Background(), testEntry(3)); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: Append after the fault = %v, want ErrClosed", name, err)
		}
		if err := l.Close(); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: Close = %v, want ErrClosed", name, err)
		}
		cfg.wrap = nil
		l = mustOpen(t, cfg)
		for n := range 2 {
			if it, err := l.Reader().Entry(int64(n)); err != nil || it.Record.CallID != testEntry(n).Record.CallID {
				t.Errorf("%s: acknowledged record %d: %v", name, n, err)
			}
		}
		mustAppend(t, l, 4, 5)
		mustClose(t, l)
		if _, err := verifyDir(t, cfg.Dir); err != nil && !errors.Is(err, ErrCut) {
			t.Errorf("%s: Verify after reopening: %v", name, err)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	l := mustOpen(t, testConfig(t))
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Append(ended, testEntry(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	for name, e := range map[string]*Entry{
		"sidecar too long":   {Sidecar: bytes.Repeat([]byte{1}, MaxSidecar+1)},
		"sidecar not sealed": {Sidecar: make([]byte, 1000)},
		"integer":            {Record: Record{Rows: 1 << 60}},
	} {
		if _, err := l.Append(context.Background(), e); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	if r := mustAppend(t, l, 0, 1); r[0].Index != 0 {
		t.Errorf("refused appends left %d records", r[0].Index)
	}
}
