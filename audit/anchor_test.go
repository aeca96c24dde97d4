package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// withAnchor is an anchor that a test advances itself: an hour is never.
func withAnchor(cfg Config, a ...Anchor) Config {
	cfg.Anchors, cfg.AnchorEvery = a, time.Hour
	return cfg
}

// backup copies a data folder, restore puts it back.
func backup(t *testing.T, dir string) *savedLog { return &savedLog{files: readTree(t, dir)} }

func TestFileAnchorFindsRollback(t *testing.T) {
	anchor := FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")}
	cfg := withAnchor(testConfig(t), anchor)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3)
	mustClose(t, l)
	old := backup(t, cfg.Dir)
	l = mustOpen(t, cfg)
	mustAppend(t, l, 3, 5)
	mustClose(t, l)

	old.write(t, cfg.Dir, nil) // records, head, everything: consistent in itself
	mustVerify(t, cfg.Dir, 3)
	var rollback *RollbackError
	if _, err := Open(context.Background(), cfg); !errors.As(err, &rollback) || !errors.Is(err, ErrTampered) {
		t.Fatalf("Open of an older copy: %v, want RollbackError", err)
	}
	if rollback.Have.Size != 3 || rollback.Seen.Size != 5 {
		t.Errorf("rollback from %d to %d, want 5 to 3", rollback.Seen.Size, rollback.Have.Size)
	}
	seen, err := os.ReadFile(anchor.Path)
	if err != nil {
		t.Fatal(err)
	}
	opt := VerifyOptions{Dir: cfg.Dir, Keys: []string{pinned(t, cfg.Dir)}, Evidence: []Evidence{{"anchor", seen}}}
	if _, err := Verify(context.Background(), opt); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify with the anchor: %v, want ErrTampered", err)
	}

	// The fork: the older copy goes on with other records to the same length.
	l = mustOpen(t, Config{Dir: cfg.Dir, Origin: cfg.Origin, Now: cfg.Now})
	mustAppend(t, l, 13, 16)
	mustClose(t, l)
	if _, err := Open(context.Background(), cfg); !errors.As(err, &rollback) {
		t.Errorf("Open of a fork: %v, want RollbackError", err)
	}
	if _, err := Verify(context.Background(), opt); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify of a fork: %v, want ErrTampered", err)
	}
}

func TestFileAnchorUnavailable(t *testing.T) {
	cfg := withAnchor(testConfig(t), FileAnchor{Path: filepath.Join(t.TempDir(), "gone", "anchor")})
	if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Open: %v, want ErrUnavailable", err)
	}
}

func TestStatement(t *testing.T) {
	anchor := FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")}
	cfg := withAnchor(testConfig(t), anchor)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3)
	mustClose(t, l)
	rep := mustVerify(t, cfg.Dir, 3)
	if want := "verified to checkpoint 3; nothing outside proves there was no later one"; rep.Statement != want {
		t.Errorf("statement %q, want %q", rep.Statement, want)
	}
	seen, err := os.ReadFile(anchor.Path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Anchors = nil
	for n, want := range []string{
		"verified to checkpoint 3; outside evidence has seen that checkpoint",
		"verified to checkpoint 4; outside evidence reaches checkpoint 3, and nothing outside proves there was no later one than 4",
	} {
		if n > 0 {
			l := mustOpen(t, cfg)
			mustAppend(t, l, 3, 4)
			mustClose(t, l)
		}
		rep, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir, Keys: []string{pinned(t, cfg.Dir)}, Since: seen})
		if err != nil || rep.Statement != want {
			t.Errorf("statement %q, %v; want %q", rep.Statement, err, want)
		}
	}
}

// A testWitness is a witness server with its keys.
type testWitness struct {
	*httptest.Server
	vkey   string
	dir    string
	signer *CosignatureSigner
}

func newTestWitness(t *testing.T, dir string, logKeys ...string) *testWitness {
	t.Helper()
	skey, vkey, err := GenerateWitnessKey("witness.test/w1")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewCosignatureSigner(skey, func() time.Time { return testTime })
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewWitnessServer(dir, signer, logKeys)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &testWitness{srv, vkey, dir, signer}
}

func (w *testWitness) client(t *testing.T) *Witness {
	t.Helper()
	c, err := NewWitness(w.URL, w.vkey, w.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWitness(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 300) // more than one tile
	mustClose(t, l)
	w := newTestWitness(t, t.TempDir(), pinned(t, cfg.Dir))
	cfg = withAnchor(cfg, w.client(t))
	l = mustOpen(t, cfg)
	mustAppend(t, l, 300, 310)
	mustClose(t, l)
	old := backup(t, cfg.Dir)

	opt := VerifyOptions{Dir: cfg.Dir, Keys: []string{pinned(t, cfg.Dir)}, Witnesses: []string{w.vkey}}
	rep, err := Verify(context.Background(), opt)
	if err != nil || len(rep.Evidence) != 1 || rep.Evidence[0].Size != 310 || rep.Evidence[0].By != "witness.test/w1" {
		t.Fatalf("Verify: %v, evidence %v", err, rep.Evidence)
	}

	cfg.Anchors = []Anchor{w.client(t)} // a restart: nothing is known of the witness
	l = mustOpen(t, cfg)
	mustAppend(t, l, 310, 900)
	mustClose(t, l)

	old.write(t, cfg.Dir, nil)
	cfg.Anchors = []Anchor{w.client(t)}
	if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrTampered) {
		t.Errorf("Open of an older copy: %v, want ErrTampered", err)
	}
	l = mustOpen(t, Config{Dir: cfg.Dir, Origin: cfg.Origin, Now: cfg.Now})
	mustAppend(t, l, 5000, 5700)
	mustClose(t, l)
	if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrTampered) {
		t.Errorf("Open of a longer fork: %v, want ErrTampered", err)
	}
	w.Close()
	if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Open without the witness: %v, want ErrUnavailable", err)
	}
}

// TestWitnessFindsRollbackWhileOpen: a log that an anchor contradicts refuses.
func TestWitnessContradicts(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 2)
	w := newTestWitness(t, t.TempDir(), pinned(t, cfg.Dir))
	e := l.backend.(*embedded)
	e.cfg.Anchors = []Anchor{w.client(t)}
	if err := e.syncAnchors(closeTimeout); err != nil {
		t.Fatal(err)
	}
	// Another log of the same key: what a clone of the server would make.
	other := mustOpen(t, Config{Dir: t.TempDir(), Origin: cfg.Origin, Now: cfg.Now, Signer: e.key.signs(), Verifier: e.key.verifierKey()})
	mustAppend(t, other, 10, 15)
	o := other.backend.(*embedded)
	o.cfg.Anchors = []Anchor{w.client(t)}
	if err := o.syncAnchors(closeTimeout); !errors.Is(err, ErrTampered) {
		t.Fatalf("anchoring a clone: %v, want ErrTampered", err)
	}
	if _, err := other.Append(context.Background(), testEntry(1)); !errors.Is(err, ErrTampered) {
		t.Errorf("Append after it: %v, want ErrTampered", err)
	}
}

// TestWitnessMisbehaves: whatever a witness answers but a cosignature of its
// pinned key over this very checkpoint is no evidence. What says that it has
// seen another log is tampering; all else passes as unavailable.
func TestWitnessMisbehaves(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3)
	older, err := l.backend.(*embedded).head()
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 3, 5)
	h, err := l.backend.(*embedded).head()
	if err != nil {
		t.Fatal(err)
	}
	skey, vkey, err := GenerateWitnessKey("witness.test/w1")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewCosignatureSigner(skey, nil)
	if err != nil {
		t.Fatal(err)
	}
	old, err := note.Sign(&note.Note{Text: older.Text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	cosignedOld := string(old[len(older.Text())+1:])
	conflict := func(body, contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(http.StatusConflict)
			io.WriteString(w, body)
		}
	}
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"nothing":              {answer(200, ""), ErrUnavailable},
		"garbage":              {answer(200, "\x00\xff<html>"), ErrUnavailable},
		"endless":              {answer(200, strings.Repeat("— a AAAAAAA=\n", 1<<16)), ErrUnavailable},
		"of another size":      {answer(200, cosignedOld), ErrUnavailable},
		"somebody else's":      {answer(200, "— other.test/w AAAAAAA=\n"), ErrUnavailable},
		"error":                {answer(500, "no"), ErrUnavailable},
		"redirect":             {answer(302, ""), ErrUnavailable},
		"forbidden":            {answer(403, ""), ErrUnavailable},
		"always another size":  {conflict("3\n", sizeContentType), ErrUnavailable},
		"size is garbage":      {conflict("-1\n", sizeContentType), ErrUnavailable},
		"size is too large":    {conflict("99999999999999999999\n", sizeContentType), ErrUnavailable},
		"has seen more":        {conflict("6\n", sizeContentType), ErrTampered},
		"has seen another":     {conflict("", "text/plain"), ErrTampered},
		"finds no consistency": {answer(422, ""), ErrTampered},
	} {
		srv := httptest.NewServer(c.handler)
		w, err := NewWitness(srv.URL, vkey, srv.Client())
		if err != nil {
			t.Fatal(err)
		}
		cosigs, err := w.Sync(context.Background(), h)
		if !errors.Is(err, c.want) || cosigs != nil {
			t.Errorf("%s: %v, %q; want %v", name, err, cosigs, c.want)
		}
		srv.Close()
	}
}

// TestWitnessOvertaken: other replicas may submit older checkpoints of theirs
// between two questions; the witness is asked again until it has this one.
func TestWitnessOvertaken(t *testing.T) {
	l := mustOpen(t, testConfig(t))
	mustAppend(t, l, 0, 5)
	h, err := l.backend.(*embedded).head()
	if err != nil {
		t.Fatal(err)
	}
	skey, vkey, err := GenerateWitnessKey("witness.test/w1")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewCosignatureSigner(skey, nil)
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := note.Sign(&note.Note{Text: h.Text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 4 {
			w.Header().Set("Content-Type", sizeContentType)
			w.WriteHeader(http.StatusConflict)
			fmt.Fprintf(w, "%d\n", asked)
			return
		}
		w.Write(cosigned[len(h.Text())+1:])
	}))
	defer srv.Close()
	w, err := NewWitness(srv.URL, vkey, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	if cosigs, err := w.Sync(context.Background(), h); err != nil || len(cosigs) == 0 || asked != 4 {
		t.Errorf("asked %d times: %q, %v", asked, cosigs, err)
	}
}

// TestWitnessIsSlow: a witness that does not answer holds nothing up for longer
// than its caller lets it.
func TestWitnessIsSlow(t *testing.T) {
	l := mustOpen(t, testConfig(t))
	mustAppend(t, l, 0, 1)
	h, err := l.backend.(*embedded).head()
	if err != nil {
		t.Fatal(err)
	}
	_, vkey, err := GenerateWitnessKey("witness.test/w1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // the server sees the client leave only then
		cancel()
		<-r.Context().Done()
	}))
	defer srv.Close()
	w, err := NewWitness(srv.URL, vkey, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Sync(ctx, h); !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable", err)
	}
}

// TestWitnessServer is the table of answers that C2SP tlog-witness sets.
func TestWitnessServer(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	e := l.backend.(*embedded)
	mustAppend(t, l, 0, 5)
	at5, err := e.head()
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 5, 9)
	at9, err := e.head()
	if err != nil {
		t.Fatal(err)
	}
	proof, _, err := at9.Prove(5)
	if err != nil {
		t.Fatal(err)
	}
	forged := Checkpoint{Origin: testOrigin, Size: 5}
	forgedNote, err := forged.sign(e.key.signs())
	if err != nil {
		t.Fatal(err)
	}
	skey, _, err := GenerateKey(testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	stranger := mustSigner(t, skey)
	strangeNote, err := at5.Checkpoint.sign(stranger)
	if err != nil {
		t.Fatal(err)
	}
	unknown := bytes.ReplaceAll(bytes.Clone(at5.Note), []byte(testOrigin), []byte("other.test/log"))

	dir := t.TempDir()
	w := newTestWitness(t, dir, pinned(t, cfg.Dir))
	steps := []struct {
		name string
		body []byte
		want int
		size string
	}{
		{"malformed", []byte("new 0\n\n"), 400, ""},
		{"no blank line", []byte("old 0\n"), 400, ""},
		{"leading zero", formatBody("old 00\n", at5.Note), 400, ""},
		{"bad proof line", formatBody("old 0\nAAAA\n", at5.Note), 400, ""},
		{"too many lines", formatBody("old 0\n"+strings.Repeat(proof[0].String()+"\n", 64), at5.Note), 400, ""},
		{"unknown log", formatAddCheckpoint(0, nil, unknown), 404, ""},
		{"unknown key", formatAddCheckpoint(0, nil, strangeNote), 403, ""},
		{"old above size", formatAddCheckpoint(6, nil, at5.Note), 400, ""},
		{"unexpected old", formatAddCheckpoint(3, nil, at5.Note), 409, "0\n"},
		{"proof from nothing", formatAddCheckpoint(0, proof, at5.Note), 422, ""},
		{"first", formatAddCheckpoint(0, nil, at5.Note), 200, ""},
		{"stale old", formatAddCheckpoint(0, nil, at9.Note), 409, "5\n"},
		{"again", formatAddCheckpoint(5, nil, at5.Note), 200, ""},
		{"another root", formatAddCheckpoint(5, nil, forgedNote), 409, ""},
		{"no proof", formatAddCheckpoint(5, nil, at9.Note), 422, ""},
		{"wrong proof", formatAddCheckpoint(5, proof[1:], at9.Note), 422, ""},
		{"extended", formatAddCheckpoint(5, proof, at9.Note), 200, ""},
		{"rolled back", formatAddCheckpoint(5, nil, at5.Note), 409, "9\n"},
	}
	for _, s := range steps {
		resp, err := http.Post(w.URL+addCheckpointURL, "", bytes.NewReader(s.body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != s.want {
			t.Errorf("%s: status %d, want %d (%s)", s.name, resp.StatusCode, s.want, body)
		}
		isSize := resp.Header.Get("Content-Type") == sizeContentType
		if isSize != (s.size != "") || isSize && string(body) != s.size {
			t.Errorf("%s: size answer %q, want %q", s.name, body, s.size)
		}
	}
	// The witness remembers over a restart.
	again, err := NewWitnessServer(dir, w.signer, []string{pinned(t, cfg.Dir)})
	if err != nil || again.logs[testOrigin].last.Size != 9 {
		t.Errorf("after a restart: %v", err)
	}
	for _, name := range []string{"GET", "/other"} {
		req := httptest.NewRequest(http.MethodPost, "/other", nil)
		if name == "GET" {
			req = httptest.NewRequest(http.MethodGet, addCheckpointURL, nil)
		}
		rec := httptest.NewRecorder()
		again.ServeHTTP(rec, req)
		if rec.Code/100 != 4 {
			t.Errorf("%s: status %d", name, rec.Code)
		}
	}
}

func formatBody(head string, msg []byte) []byte { return append([]byte(head+"\n"), msg...) }
