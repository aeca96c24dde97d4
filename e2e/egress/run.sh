#!/usr/bin/env bash
# Proves, with packet counters, that the server reaches only what it must: see
# proof_test.go. Needs root, iproute2, nftables and python3.
#
#   run.sh BINARY
set -euo pipefail
COUNTERFOIL_BINARY=$(realpath "$1")
export COUNTERFOIL_BINARY
cd "$(dirname "$0")"
go test -tags netns -count=1 -v .
