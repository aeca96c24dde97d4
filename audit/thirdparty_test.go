package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tdlog "github.com/transparency-dev/formats/log"
	tdnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// These tests check what the log writes with an independent implementation:
// transparency-dev's Merkle proofs, checkpoints and cosignatures.

func slices32(path []tlog.Hash) [][]byte {
	var out [][]byte
	for i := range path {
		out = append(out, path[i][:])
	}
	return out
}

func TestThirdPartyInclusionAndCheckpoint(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 300)
	mustClose(t, l)
	v, err := note.NewVerifier(strings.TrimSpace(pinned(t, cfg.Dir)))
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []int64{0, 1, 127, 255, 256, 298, 299} {
		bundle, err := Prove(context.Background(), cfg.Dir, index, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := parseBundle(bundle)
		if err != nil {
			t.Fatal(err)
		}
		cp, _, n, err := tdlog.ParseCheckpoint(b.signed.msg, testOrigin, v)
		if err != nil || len(n.Sigs) != 1 {
			t.Fatalf("ParseCheckpoint: %v", err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf([]byte(b.extra.Leaf))
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), cp.Size, leaf, slices32(b.path), cp.Hash); err != nil {
			t.Errorf("index %d: %v", index, err)
		}
	}
}

func TestThirdPartyConsistency(t *testing.T) {
	l := mustOpen(t, testConfig(t))
	var roots []tlog.Hash
	e := l.backend.(*embedded)
	for n := range 40 {
		roots = append(roots, e.state().root)
		mustAppend(t, l, n, n+1)
	}
	h, err := e.head()
	if err != nil {
		t.Fatal(err)
	}
	for old := 1; old < len(roots); old++ {
		p, oldRoot, err := h.Prove(int64(old))
		if err != nil || oldRoot != roots[old] {
			t.Fatalf("Prove(%d): %v", old, err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old), uint64(h.Size), slices32(p), roots[old][:], h.Root[:]); err != nil {
			t.Errorf("from %d: %v", old, err)
		}
	}
}

func TestThirdPartyCosignature(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3)
	w := newTestWitness(t, t.TempDir(), pinned(t, cfg.Dir))
	h, err := l.backend.(*embedded).head()
	if err != nil {
		t.Fatal(err)
	}
	cosig, err := w.client(t).Sync(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	// Their constructor takes the plain Ed25519 form of the key.
	parts := strings.SplitN(w.vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	raw[0] = algEd25519
	theirs, err := tdnote.NewVerifierForCosignatureV1(parts[0] + "+" + parts[1] + "+" + base64.StdEncoding.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(append(bytes.Clone(h.Note), cosig...), note.VerifierList(theirs))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("their verifier: %v", err)
	}
	if at, err := tdnote.CoSigV1Timestamp(n.Sigs[0]); err != nil || !at.Equal(testTime.Truncate(time.Second)) {
		t.Errorf("time %v, %v", at, err)
	}
}

// TestThirdPartyTiles reads an exported log back as a monitor does: over HTTP,
// entry by entry, with another implementation's tree.
func TestThirdPartyTiles(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	const size = 600
	receipts := mustAppend(t, l, 0, size)
	mustClose(t, l)
	out := t.TempDir()
	if _, err := ExportTiles(context.Background(), cfg.Dir, out); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.FileServer(http.Dir(out)))
	defer srv.Close()
	get := func(path string) []byte {
		resp, err := http.Get(srv.URL + "/" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil || resp.StatusCode != 200 {
			t.Fatalf("GET %s: %d, %v", path, resp.StatusCode, err)
		}
		return b.Bytes()
	}
	v, err := note.NewVerifier(strings.TrimSpace(pinned(t, cfg.Dir)))
	if err != nil {
		t.Fatal(err)
	}
	cp, _, _, err := tdlog.ParseCheckpoint(get("checkpoint"), testOrigin, v)
	if err != nil || cp.Size != size {
		t.Fatalf("checkpoint: %v", err)
	}
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for n, suffix := range []string{"000", "001", fmt.Sprintf("002.p/%d", size%256)} {
		bundle, hashes := get("tile/entries/"+suffix), get("tile/0/"+suffix)
		for i := 0; len(bundle) > 0; i++ {
			k := int(binary.BigEndian.Uint16(bundle))
			hash := rfc6962.DefaultHasher.HashLeaf(bundle[2 : 2+k])
			if !bytes.Equal(hash, hashes[i*32:i*32+32]) || hex.EncodeToString(hash) != receipts[n*256+i].Leaf {
				t.Fatalf("bundle %d entry %d does not match its tile", n, i)
			}
			if err := r.Append(hash, nil); err != nil {
				t.Fatal(err)
			}
			bundle = bundle[2+k:]
		}
	}
	root, err := r.GetRootHash(nil)
	if err != nil || !bytes.Equal(root, cp.Hash) {
		t.Errorf("root %x, want %x (%v)", root, cp.Hash, err)
	}
	if got := get("tile/1/000.p/2"); len(got) != 64 {
		t.Errorf("partial tile of level 1 has %d bytes", len(got))
	}
}

// TestSpecificationVectors checks the examples of the C2SP texts.
func TestSpecificationVectors(t *testing.T) {
	// tlog-tiles: paths, and the tiles of a tree of 70,000.
	for _, c := range []struct {
		n     int64
		width int
		want  string
	}{
		{1234067, 256, "tile/0/x001/x234/067"}, {0, 256, "tile/0/000"}, {999, 1, "tile/0/999.p/1"}, {1000, 256, "tile/0/x001/000"},
	} {
		if got := tilePath("0", c.n, c.width); got != c.want {
			t.Errorf("tilePath(%d) = %s, want %s", c.n, got, c.want)
		}
	}
	full := map[int]int{}
	tr := tree{full: func(level int, n int64, hashes []tlog.Hash) {
		if n != int64(full[level]) || len(hashes) != tileWidth {
			t.Errorf("tile %d/%d out of order or of width %d", level, n, len(hashes))
		}
		full[level]++
	}}
	for range 70_000 {
		tr.append(tlog.Hash{})
	}
	if full[0] != 273 || len(tr.edge[0]) != 112 || full[1] != 1 || len(tr.edge[1]) != 17 || len(tr.edge[2]) != 1 {
		t.Errorf("70,000: full %v, partial %d %d %d", full, len(tr.edge[0]), len(tr.edge[1]), len(tr.edge[2]))
	}

	// tlog-checkpoint: the example and its key id.
	const example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
		"— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" +
		"— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
	c, err := parseSigned([]byte(example))
	if err != nil || c.Size != 20852163 || len(c.sigs) != 2 || len(c.sigs[1].raw) != cosignatureSize {
		t.Fatalf("checkpoint example: %v", err)
	}
	if got := binary.BigEndian.Uint64(c.sigs[1].raw); got != 1679315147 { // the time line of tlog-cosignature
		t.Errorf("cosignature time %d", got)
	}
	if got := string(cosignedMessage(1679315147, []byte(c.text))); got != "cosignature/v1\ntime 1679315147\n"+c.Text() {
		t.Errorf("cosigned message %q", got)
	}

	// tlog-witness: the example request.
	request := "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n" +
		"5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n" + example
	old, p, signed, err := parseAddCheckpoint([]byte(request))
	if err != nil || old != 20852014 || len(p) != 4 || string(formatAddCheckpoint(old, p, signed.msg)) != request {
		t.Errorf("witness example: %v", err)
	}

	// signed-note: a note that is not a checkpoint, with its key.
	v, err := note.NewVerifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
	if err != nil {
		t.Fatal(err)
	}
	text, sigs, err := splitNote("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
		"— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n")
	if err != nil || !verifiesNote(text, sigs, v) {
		t.Errorf("signed-note example: %v", err)
	}
}

// TestHashesAreTlogs compares our hashes with those of x/mod at the lengths
// around the bound of the short way.
func TestHashesAreTlogs(t *testing.T) {
	for _, n := range []int{0, 1, 64, shortLeaf - 1, shortLeaf, shortLeaf + 1, MaxLeaf} {
		leaf := bytes.Repeat([]byte("x"), n)
		if leafHash(leaf) != tlog.RecordHash(leaf) {
			t.Errorf("another hash of a leaf of %d bytes", n)
		}
	}
	a, b := tlog.Hash{1}, tlog.Hash{2}
	if nodeHash(a, b) != tlog.NodeHash(a, b) {
		t.Error("another hash of a node")
	}
}

// TestTreeMatchesReference compares roots and perfect edges with the reference
// at every size up to over one tile.
func TestTreeMatchesReference(t *testing.T) {
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	tr := new(tree)
	for n := range 700 {
		h := leafHash([]byte{byte(n), byte(n >> 8)})
		tr.append(h)
		if err := r.Append(h[:], nil); err != nil {
			t.Fatal(err)
		}
		want, err := r.GetRootHash(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := tr.root(); !bytes.Equal(got[:], want) {
			t.Fatalf("root at %d differs", n+1)
		}
		again, err := treeFromEdge(tr.edge)
		if err != nil || again.size != tr.size || again.root() != tr.root() {
			t.Fatalf("tree from its edge at %d differs: %v", n+1, err)
		}
	}
	if tr.root() == emptyRoot || new(tree).root() != tlog.Hash(rfc6962.DefaultHasher.EmptyRoot()) {
		t.Error("empty root")
	}
}

func TestExportTilesAgain(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 10)
	out := t.TempDir()
	if _, err := ExportTiles(context.Background(), cfg.Dir, out); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 10, 12)
	if c, err := ExportTiles(context.Background(), cfg.Dir, out); err != nil || c.Size != 12 {
		t.Fatal(err)
	}
	for _, name := range []string{"tile/0/000.p/10", "tile/0/000.p/12", "tile/entries/000.p/12"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
}
