#!/usr/bin/env bash
# Runs every benchmark that docs/performance.md reports, one after the other,
# and prints the raw lines. Takes about 20 minutes; wants an idle machine.
#
#   bash e2e/bench/run.sh [NAME...]      # pipeline flat log replay policy redact store ingest edge
set -euo pipefail
cd "$(dirname "$0")/../.."

run() { # name, package, pattern, benchtime
  [ ${#wanted[@]} -gt 0 ] && [[ ! " ${wanted[*]} " == *" $1 "* ]] && return
  echo "== $1: $2, load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo '?')"
  go test "$2" -run '^$' -bench "$3" -benchtime "$4" -timeout 60m | grep -E '^Benchmark|^FAIL'
}

wanted=("$@")
run pipeline ./cmd/counterfoil 'Search$' 2000x
run flat     ./cmd/counterfoil Flat 100000x
run log      ./audit 'Append|Verify|Open' 3s
run replay   ./tools 'Replay|Reconsider|Gate' 5000x
run policy   ./policy 'Decide|Compile' 2s
run redact   ./redact . 3x
run store    ./store/sqlite 'Import|Page|Open|Words|Summary|Lists' 20x
run ingest   ./ingest 'Parse|Import$' 2x
run edge     ./mcp 'HTTP|Stdio' 2s
