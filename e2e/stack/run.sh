#!/usr/bin/env bash
# Proves the isolation of compose.yaml without a container engine: see
# proof_test.go. Needs root, iproute2, nftables, iptables, PostgreSQL's programs,
# openssl and Caddy.
#
#   run.sh BINARY
set -euo pipefail
COUNTERFOIL_BINARY=$(realpath "$1")
export COUNTERFOIL_BINARY
cd "$(dirname "$0")"
go test -tags netns -count=1 -v .
