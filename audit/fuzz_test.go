package audit

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzCanonical: the canonical form is a fixed point and the same document.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":[1,2.5,1e3,-0,null],"a":"\ud83d\ude00\u0007"}`, `9007199254740993`, `"\ud800"`, `[[[[]]]]`, `{"a":1,"a":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		out, err := Canonical(doc)
		if err != nil {
			return
		}
		again, err := Canonical(out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("not a fixed point: %q, %q, %v", out, again, err)
		}
		var a, b any
		if json.Unmarshal(doc, &a) != nil || json.Unmarshal(out, &b) != nil {
			t.Fatalf("%q or %q is not JSON", doc, out)
		}
	})
}

// FuzzDecodeRecord: what decodes encodes to the same bytes, and those are
// canonical JSON; what encodes to itself, read by encoding/json, decodes.
func FuzzDecodeRecord(f *testing.F) {
	leaf, err := fullRecord().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(leaf)
	f.Add([]byte(`{"origin":"o","phase":"event","schema":1,"time":"2026-03-04T05:06:07.890123Z"}`))
	f.Add([]byte(`{"findings":[{"n":0,"name":""}],"origin":"","phase":"","schema":1,"time":"0001-01-01T00:00:00.000000Z"}`))
	f.Fuzz(func(t *testing.T, leaf []byte) {
		r, err := DecodeRecord(leaf)
		if err != nil {
			var plain Record
			if json.Unmarshal(leaf, &plain) == nil && plain.Schema == SchemaVersion && len(leaf) <= MaxLeaf {
				if again, failed := plain.Encode(); failed == nil && bytes.Equal(again, leaf) {
					t.Fatalf("a canonical leaf is refused: %v", err)
				}
			}
			return
		}
		again, err := r.Encode()
		if err != nil || !bytes.Equal(again, leaf) {
			t.Fatalf("encodes to %q, %v", again, err)
		}
		if generic, err := Canonical(leaf); err != nil || !bytes.Equal(generic, leaf) {
			t.Fatalf("not canonical: %q, %v", generic, err)
		}
	})
}

// FuzzCheckpoint: a signed checkpoint has one form.
func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"))
	f.Add([]byte("a\n0\n\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		c, err := parseSigned(msg)
		if err != nil {
			return
		}
		again := c.Text() + "\n"
		for _, s := range c.sigs {
			again += s.line
		}
		if again != string(msg) {
			t.Fatalf("another form: %q", again)
		}
	})
}

// FuzzBatch: a parsed batch encodes to the same bytes.
func FuzzBatch(f *testing.F) {
	f.Add(appendBatch(nil, 7, 99, []rawEntry{{leaf: []byte("{}")}, {leaf: []byte("[]"), sidecar: []byte("s")}}, []byte("checkpoint")), true)
	f.Add([]byte("CFB1"), false)
	f.Fuzz(func(t *testing.T, raw []byte, fix bool) {
		if fix { // get past the checksums
			raw = fixChecksums(bytes.Clone(raw))
		}
		h, ok := parseHeader(raw)
		if !ok || int64(len(raw)) != h.size() {
			return
		}
		b, err := parseBody(h, raw[headerSize:])
		if err != nil {
			return
		}
		if again := appendBatch(nil, b.first, b.prev, b.entries, b.checkpoint); !bytes.Equal(again, raw) {
			t.Fatalf("another form: %x", again)
		}
	})
}

func fixChecksums(raw []byte) []byte {
	if len(raw) < headerSize {
		return raw
	}
	fixed := appendBatch(nil, 0, 0, nil, raw[headerSize:])
	copy(raw[16:24], fixed[16:24]) // length and checksum of the body
	binary.BigEndian.PutUint32(raw[28:], crc32.Checksum(raw[:28], castagnoli))
	return raw
}

// FuzzProof: no bundle but a true one passes, and none panics.
func FuzzProof(f *testing.F) {
	dir := f.TempDir()
	l, err := openDir(dir)
	if err != nil {
		f.Fatal(err)
	}
	e := testEntry(1)
	if _, err := l.Append(context.Background(), e); err != nil {
		f.Fatal(err)
	}
	if _, err := l.Append(context.Background(), testEntry(2)); err != nil {
		f.Fatal(err)
	}
	if err := l.Close(); err != nil {
		f.Fatal(err)
	}
	good, err := Prove(context.Background(), dir, 0, []Opening{NewOpening(e.Salt, "result_digest", []byte(`{"n":1}`))})
	if err != nil {
		f.Fatal(err)
	}
	key := pinned(f, dir)
	f.Add(good)
	f.Add([]byte(proofHeader + "\nextra e30=\nindex 0\n\na\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		if _, err := CheckProof(bundle, []string{key}, nil, 0); err == nil && !bytes.Equal(bundle, good) {
			// A bundle with fewer openings is as true as the whole one.
			b, err := parseBundle(bundle)
			if err != nil || b.index != 0 {
				t.Fatalf("a false bundle passes: %q", bundle)
			}
		}
	})
}

// FuzzAddCheckpoint: a witness's request has one form.
func FuzzAddCheckpoint(f *testing.F) {
	f.Add([]byte("old 0\n\na\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— a AAAAAAA=\n"))
	f.Add([]byte("old 5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\na\n9\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		old, proof, c, err := parseAddCheckpoint(body)
		if err != nil {
			return
		}
		if again := formatAddCheckpoint(old, proof, c.msg); !bytes.Equal(again, body) {
			t.Fatalf("another form: %q", again)
		}
	})
}

// FuzzKeysAndNotes: parsers of keys and operator's notes never panic.
func FuzzKeysAndNotes(f *testing.F) {
	f.Add("witness.test/w1+8d66cf3f+BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")
	f.Add(rotationText("o", 1, "a+00000000+AQ==", "b+00000000+AQ==") + "\n— o AAAAAAA=\n")
	f.Add("PRIVATE+KEY+o+00000000+AQ==")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := NewCosignatureVerifier(s); err == nil && v.Name() == "" {
			t.Fatal("witness without a name")
		}
		if _, err := NewCosignatureSigner(s, nil); err == nil && len(s) < 40 {
			t.Fatal("a short key passes")
		}
		_, _ = verifierOf(s)
		_, _ = parseRotation("o", s)
		if n, err := parseDecimal(s); err == nil && n < 0 {
			t.Fatal("negative")
		}
	})
}

// FuzzOpen: whatever the file holds, opening it does not panic, and verifying
// it fails: nobody but the key's holder can make a log.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	l, err := openDir(dir)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := l.Append(context.Background(), testEntry(1)); err != nil {
		f.Fatal(err)
	}
	if err := l.Close(); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(dir, "log", recordsFile)
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	head, err := os.ReadFile(filepath.Join(dir, "log", headFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(append(bytes.Clone(good), good...))
	f.Add(good[:40])
	key := pinned(f, dir)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "log", headFile), head, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{key}})
		if err == nil && !bytes.Equal(data, good) {
			t.Fatal("a made-up log verifies")
		}
		l, err := Open(context.Background(), Config{Dir: dir, Origin: testOrigin, Now: func() time.Time { return testTime }})
		if err != nil {
			return
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(data, good) {
			t.Fatal("an acknowledged record went missing unnoticed")
		}
	})
}
