#!/usr/bin/env bash
# Stops db, llm, egress and proxy of the running stack one at a time, and shows that
# the calls that need the part get a clear error, that the others go on, and that
# everything recovers by itself when the part is back: nothing else is restarted.
#
# It drills the stack with stand-ins, since it needs a Notion that may be written to and
# changes the config:
#
#   COMPOSE_FILE=compose.yaml:deploy/standin/compose.yaml docker compose up -d
#   deploy/drill.sh               DOCKER="docker -H …" COMPOSE="docker-compose -H …" to name others
set -uo pipefail
cd "$(dirname "$0")/.."
DOCKER=${DOCKER:-docker}
COMPOSE=${COMPOSE:-docker compose}
export COMPOSE_FILE=${COMPOSE_FILE:-compose.yaml:deploy/standin/compose.yaml}
PROBE=counterfoil-probe:local
URL=https://localhost:${COUNTERFOIL_HTTPS_PORT:-8443}/mcp
failed=0

ok() { printf 'ok    %s\n' "$1"; }
bad() { printf 'FAIL  %s\n' "$1"; failed=$((failed + 1)); }
in_server() { $COMPOSE exec -T counterfoil /usr/bin/counterfoil "$@"; }
probe() { timeout 120 $DOCKER run --rm --network host --cap-drop ALL -e TOKEN -e CA "$PROBE" "$@" 2>&1; }

# patiently SECONDS COMMAND…: until it succeeds.
patiently() {
  local until=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 1; done
}

# The four ways: a plain call, one that needs the model, one that needs Notion; and
# one that does not come through the proxy.
read_tool() { probe call "$URL" search_transactions '{"limit":1}'; }
model_tool() { probe call "$URL" suggest_categories "{\"ids\":[\"$row\"],\"categories\":[\"Food\",\"Rent\"]}"; }
notion_tool() { probe call "$URL" notion_list_targets '{}'; }
local_call() { in_server call search_transactions '{"limit":1}'; }
all_work() { read_tool && model_tool && notion_tool && local_call; }

setup() {
  $DOCKER image inspect "$PROBE" >/dev/null 2>&1 || $DOCKER build -q -t "$PROBE" deploy/probe >/dev/null || return 1
  CA=$($COMPOSE exec -T proxy cat /data/caddy/pki/authorities/local/root.crt) || return 1
  TOKEN=$(in_server token add drill --role reader --role writer --json 2>/dev/null || in_server token add drill --replace --json 2>/dev/null) || return 1
  TOKEN=$(printf %s "$TOKEN" | grep -o 'cft_[a-z2-7]*') || return 1
  export CA TOKEN
  # The stand-in for the engine needs a file to be there, not what is in it.
  $COMPOSE run --rm -T --entrypoint sh prepare -c 'echo stand-in > /made/models/model.gguf' </dev/null 2>/dev/null || return 1
  printf 'Date,Description,Amount,Currency\n2026-01-05,Green Grocer,-12.50,GBP\n' | in_server import - --currency GBP --yes 2>/dev/null
  notion || return 1
  row=$(local_call | grep -o 'tx_[a-z2-7]*' | sed -n 1p)
  [ -n "$row" ]
}

# notion points the config at the stand-in's database, once.
notion() {
  local config database
  config=$($COMPOSE run --rm -T --entrypoint cat prepare /made/config/config.yaml </dev/null 2>/dev/null)
  case $config in *"NOTION_TOKEN"*) return 0 ;; esac
  database=$($COMPOSE logs --no-color notion | sed -n 's/.*database \([0-9a-f-]*\)$/\1/p' | tail -1 | tr -d -)
  [ -n "$database" ] || return 1
  printf '%s\n' "$config" | sed "s/^notion: {}\$/notion: {token: \"env:NOTION_TOKEN\", targets: [{name: reports, kind: database, id: $database, key_property: Counterfoil key}]}/" |
    COMPOSE="$COMPOSE" deploy/edit.sh config.yaml || return 1
  $COMPOSE restart counterfoil >/dev/null 2>&1
}

# works NAME, errs NAME TEXT: a call answers, or fails with words that hold TEXT.
works() { if out=$("$1"); then ok "  $1 goes on"; else bad "  $1 stopped: $(printf %s "$out" | tail -1 | cut -c1-200)"; fi; }
errs() {
  local begun=$SECONDS
  if out=$("$1"); then bad "  $1 answers all the same"; return; fi
  out=$(printf '%s' "$out" | grep -v '^$' | sed -n 1,12p | tr '\n' ' ' | cut -c1-260)
  case $out in *"$2"*) ok "  $1, after $((SECONDS - begun)) s: $out" ;; *) bad "  $1 says: $out" ;; esac
}

# drill PART CHECKS…: stop it, check, start it, wait until all is well.
drill() {
  local part=$1 begun; shift
  echo "== without $part"
  $COMPOSE stop "$part" >/dev/null 2>&1
  "$@"
  $COMPOSE start "$part" >/dev/null 2>&1
  begun=$SECONDS
  if patiently 120 all_work; then ok "  all recovered by itself, $((SECONDS - begun)) s after $part was back"; else bad "  no recovery after $part was back"; fi
}

without_llm() { errs model_tool "model"; works read_tool; works notion_tool; works local_call; }
without_egress() { errs notion_tool "Notion"; works read_tool; works model_tool; works local_call; }
without_db() { for call in read_tool model_tool notion_tool local_call; do errs $call "could not be recorded"; done; health; }
without_proxy() { errs read_tool "connection refused"; works local_call; }
health() { # the process itself goes on, and says that it is not ready
  [ "$(restarts)" = "$restarted" ] && ok "  the server was not restarted" || bad "  the server was restarted"
}
restarts() { $DOCKER inspect -f '{{.RestartCount}} {{.State.StartedAt}}' "$($COMPOSE ps -q counterfoil | sed -n 1p)"; }

setup || { echo "the stack with stand-ins is not up (see the top of this file)" >&2; exit 2; }
patiently 120 all_work || { read_tool; model_tool; notion_tool; local_call | tail -3; echo "not everything works to begin with" >&2; exit 2; }
restarted=$(restarts)
ok "all four ways work: plain, model, Notion, and beside the proxy"
drill llm without_llm
drill egress without_egress
drill db without_db
drill proxy without_proxy
in_server audit verify >/dev/null 2>&1 && ok "the log verifies" || bad "the log does not verify"
[ "$failed" = 0 ] && echo "recovered from all of them" || echo "$failed checks failed" >&2
[ "$failed" = 0 ]
