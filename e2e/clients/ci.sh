#!/usr/bin/env bash
# Tries the built binary with foreign MCP clients over stdio and HTTP, tries
# the test server with what only it offers (progress, cancelling), and runs the
# official conformance suites.
#
#   ci.sh BINARY WORKDIR
set -euo pipefail
binary=$1
work=$2
cd "$(dirname "$0")"
declare -F again >/dev/null || again() { "$@"; } # .ci/run tries again what the network made fail

again npm install --no-audit --no-fund --no-package-lock --loglevel=error
python3 -m venv .venv
again .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt

data=$work/clients-data
"$binary" demo --exit --data "$data" >/dev/null

echo "-- the binary over stdio"
MCP_STDIO="$binary --data $data serve --stdio" node run.mjs

echo "-- the binary over HTTP and over a unix socket"
token=$("$binary" --data "$data" token add clients --role analyst 2>/dev/null)
log=$work/serve.log
: >"$log"
"$binary" --data "$data" serve --http 127.0.0.1:0 --unix run/clients.sock 2>>"$log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
url=
while [ -z "$url" ]; do
  kill -0 "$server" 2>/dev/null || { echo "the server ended before it served:" >&2; cat "$log" >&2; exit 1; }
  sleep 0.1
  url=$(sed -n 's/.*serving \(http:[^ ]*\).*/\1/p' "$log")
done
MCP_URL=$url MCP_TOKEN=$token MCP_UNIX=$data/run/clients.sock node run.mjs
kill "$server"
wait "$server" || true

"$binary" --data "$data" audit verify
"$binary" --data "$data" audit replay

echo "-- the test server"
node run.mjs

echo "-- conformance"
node conformance.mjs
