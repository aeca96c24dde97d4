#!/bin/sh
# Builds the server's image without an engine, as a tar file with a digest that depends
# on the source, the Go version and the CA certificates alone, and its bill of materials:
#
#   deploy/image.sh v1.2.3 dist    writes dist/counterfoil-v1.2.3.tar and .cdx.json; docker load < …
set -eu
cd "$(dirname "$0")/.."
version=${1:-devel} out=${2:-dist}
arch=${GOARCH:-$(go env GOHOSTARCH)}
mkdir -p "$out"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export GOTOOLCHAIN=local
CGO_ENABLED=0 GOARCH=$arch go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.stamped=$version" -o "$work/counterfoil" ./cmd/counterfoil
go run ./deploy/oci -binary "$work/counterfoil" -ca "${CA_CERTIFICATES:-/etc/ssl/certs/ca-certificates.crt}" -version "$version" -arch "$arch" > "$work/image.tar"
deploy/sbom.sh "$work/counterfoil" > "$out/counterfoil-$version.cdx.json"
mv "$work/image.tar" "$out/counterfoil-$version.tar"
sha256sum "$out/counterfoil-$version.tar"
