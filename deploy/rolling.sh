#!/usr/bin/env bash
# Restarts the servers of the running stack one after the other, again and again, while
# clients call through the proxy, and shows that no call that was tried again failed
# and that every record that a client has the receipt of is in the log, under its number
# and with its hash.
#
#   docker compose -f compose.yaml -f deploy/compose.replicas.yaml up -d
#   deploy/rolling.sh [ROUNDS]    DOCKER="docker -H …" COMPOSE="docker-compose -H …" to name others
# With compose.yaml alone there is one server, and calls wait while it restarts.
set -uo pipefail
cd "$(dirname "$0")/.."
DOCKER=${DOCKER:-docker}
COMPOSE=${COMPOSE:-docker compose}
PROBE=counterfoil-probe:local
URL=https://localhost:${COUNTERFOIL_HTTPS_PORT:-8443}/mcp
rounds=${1:-2} failed=0
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

ok() { printf 'ok    %s\n' "$1"; }
bad() { printf 'FAIL  %s\n' "$1"; failed=$((failed + 1)); }
in_server() { $COMPOSE exec -T counterfoil /usr/bin/counterfoil "$@"; }
ready() { $COMPOSE exec -T "$1" /usr/bin/counterfoil healthcheck >/dev/null 2>&1; }

servers=$($COMPOSE ps --services | grep '^counterfoil' | while read -r s; do [ -n "$($COMPOSE ps -q "$s")" ] && echo "$s"; done)
[ -n "$servers" ] || { echo "no server is running" >&2; exit 2; }
$DOCKER image inspect "$PROBE" >/dev/null 2>&1 || $DOCKER build -q -t "$PROBE" deploy/probe >/dev/null || exit 2

# Four clients, whom the proxy spreads over the servers.
CA=$($COMPOSE exec -T proxy cat /data/caddy/pki/authorities/local/root.crt) TOKEN=
for n in 1 2 3 4; do
  TOKEN="$TOKEN $({ in_server token add "rolling-$n" || in_server token add "rolling-$n" --replace; } 2>/dev/null | grep -o 'cft_[a-z2-7]*')"
done
export CA TOKEN
for s in $servers; do $COMPOSE kill -s HUP "$s" >/dev/null 2>&1; done

seconds=$((rounds * 40))
timeout $((seconds + 180)) $DOCKER run --rm --network host --cap-drop ALL -e TOKEN -e CA "$PROBE" load "$URL" "$seconds" >"$work/acked" 2>"$work/said" &
load=$!
begun=$SECONDS restarts=0
while [ $((SECONDS - begun)) -lt $((seconds - 20)) ]; do
  for s in $servers; do
    $COMPOSE restart "$s" >/dev/null 2>&1
    for _ in $(seq 60); do ready "$s" && break; sleep 0.5; done
    restarts=$((restarts + 1))
  done
done
if wait "$load"; then ok "$restarts restarts of $(echo $servers | wc -w) server(s): $(tail -1 "$work/said")"; else bad "$(tail -2 "$work/said" | tr '\n' ' ')"; fi

in_server audit export --format jsonl 2>/dev/null | sed -n 's/^{"index":\([0-9]*\),"leaf_hash":"\([0-9a-f]*\)".*/\1 \2/p' | sort >"$work/log"
sed -n 's/^{"index":\([0-9]*\),"leaf":"\([0-9a-f]*\)"}.*/\1 \2/p' "$work/acked" | sort >"$work/receipts"
lost=$(comm -23 "$work/receipts" "$work/log" | wc -l) n=$(wc -l <"$work/receipts")
twice=$(uniq -d "$work/receipts" | wc -l)
[ "$n" -gt 0 ] && [ "$lost" = 0 ] && [ "$twice" = 0 ] && ok "all $n receipts are in the log of $(wc -l <"$work/log") records, each once" || bad "$lost of $n receipts are not in the log, $twice were given twice"
in_server audit verify >/dev/null 2>&1 && ok "the log verifies" || bad "the log does not verify"
[ "$failed" = 0 ]
