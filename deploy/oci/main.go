// Command oci packs the server's image as an OCI image layout in a tar file: the same
// binary gives the same file, byte for byte, on any machine. Nothing in it depends on
// the time, the user or the order of a folder.
//
//	oci -binary counterfoil -ca ca-certificates.crt -version v1.2.3 -arch amd64 > image.tar
//	docker load < image.tar        (or skopeo, podman, ctr: https://github.com/opencontainers/image-spec)
//
// What is in the image is what deploy/Dockerfile puts there.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"time"
)

// server is the user in the image, who owns the data folder.
const server = 65532

// file is one entry of a tar file; without a body it is a folder.
type file struct {
	name string
	mode int64
	own  int
	body []byte
}

func main() {
	binary := flag.String("binary", "", "the static `program`")
	ca := flag.String("ca", "", "`file` with the CA certificates that it trusts")
	version := flag.String("version", "devel", "the version, also the image's tag")
	arch := flag.String("arch", "amd64", "its architecture, as Go calls it")
	flag.Parse()
	if err := pack(os.Stdout, *binary, *ca, *version, *arch); err != nil {
		log.Fatal(err)
	}
}

func pack(w io.Writer, binary, ca, version, arch string) error {
	program, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	roots, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	plain, err := tarOf(rootfs(program, roots))
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	z := gzip.NewWriter(&layer) // its header holds no time
	if _, err := z.Write(plain); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return layout(w, layer.Bytes(), digest(plain), version, arch)
}

// rootfs lists what is in the image.
func rootfs(program, roots []byte) []file {
	return []file{
		{name: "data/", mode: 0o755, own: server},
		{name: "data/counterfoil/", mode: 0o755, own: server},
		{name: "data/counterfoil/keys/", mode: 0o755, own: server},
		{name: "etc/", mode: 0o755},
		{name: "etc/group", mode: 0o644, body: fmt.Appendf(nil, "counterfoil:x:%d:\n", server)},
		{name: "etc/passwd", mode: 0o644, body: fmt.Appendf(nil, "counterfoil:x:%d:%d::/data:/nologin\n", server, server)},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, body: roots},
		{name: "usr/", mode: 0o755},
		{name: "usr/bin/", mode: 0o755},
		{name: "usr/bin/counterfoil", mode: 0o755, body: program},
	}
}

// tarOf writes entries with the time 0.
func tarOf(files []file) ([]byte, error) {
	var out bytes.Buffer
	t := tar.NewWriter(&out)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Uid: f.own, Gid: f.own, Size: int64(len(f.body)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if f.body == nil {
			h.Typeflag = tar.TypeDir
		}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.body); err != nil {
			return nil, err
		}
	}
	err := t.Close()
	return out.Bytes(), err
}

// layout writes the image layout around one layer, with the manifest that docker
// load reads beside it.
func layout(w io.Writer, layer []byte, diffID, version, arch string) error {
	labels := map[string]string{
		"org.opencontainers.image.title": "counterfoil", "org.opencontainers.image.licenses": "Apache-2.0", "org.opencontainers.image.version": version,
	}
	config := object{
		"architecture": arch, "os": "linux", "created": "1970-01-01T00:00:00Z",
		"config": object{
			"User": fmt.Sprintf("%d:%d", server, server), "Env": []string{"XDG_DATA_HOME=/data", "PATH=/usr/bin"},
			"Entrypoint": []string{"/usr/bin/counterfoil"}, "Cmd": []string{"serve", "--http", "0.0.0.0:7171"},
			"ExposedPorts": object{"7171/tcp": object{}}, "StopSignal": "SIGTERM", "Labels": labels,
		},
		"rootfs":  object{"type": "layers", "diff_ids": []string{diffID}},
		"history": []object{{"created": "1970-01-01T00:00:00Z", "created_by": "deploy/oci"}},
	}.encode()
	manifest := object{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": described("application/vnd.oci.image.config.v1+json", config),
		"layers": []object{described("application/vnd.oci.image.layer.v1.tar+gzip", layer)},
	}.encode()
	top := described("application/vnd.oci.image.manifest.v1+json", manifest)
	top["annotations"] = object{"org.opencontainers.image.ref.name": version}
	index := object{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []object{top}}.encode()
	docker, err := json.Marshal([]object{{"Config": blob(config), "RepoTags": []string{"counterfoil:" + version}, "Layers": []string{blob(layer)}}})
	if err != nil {
		return err
	}
	out, err := tarOf([]file{
		{name: "blobs/", mode: 0o755}, {name: "blobs/sha256/", mode: 0o755},
		{name: blob(config), mode: 0o644, body: config}, {name: blob(layer), mode: 0o644, body: layer}, {name: blob(manifest), mode: 0o644, body: manifest},
		{name: "index.json", mode: 0o644, body: index}, {name: "manifest.json", mode: 0o644, body: docker},
		{name: "oci-layout", mode: 0o644, body: []byte(`{"imageLayoutVersion":"1.0.0"}`)},
	})
	if err != nil {
		return err
	}
	log.Printf("image %s, layer %s", digest(manifest), diffID)
	_, err = w.Write(out)
	return err
}

// object is a JSON object; its keys are written in order.
type object map[string]any

func (o object) encode() []byte {
	raw, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings, numbers and lists of them always encode
	}
	return raw
}

func described(mediaType string, b []byte) object {
	return object{"mediaType": mediaType, "digest": digest(b), "size": len(b)}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func blob(b []byte) string { return "blobs/sha256/" + digest(b)[len("sha256:"):] }
