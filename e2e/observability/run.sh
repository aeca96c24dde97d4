#!/usr/bin/env bash
# Holds the alert rules, the dashboard and /metrics against a real Prometheus: promtool
# checks the configuration and runs the unit tests of the rules; then Prometheus
# scrapes the real server while calls of every kind go through it, and is asked
# everything that the dashboard and the rules ask. The dashboard also has to be what
# Grafana's schema says one is. Every metric of docs/telemetry.md
# has to be there, every query has to be valid, and every panel has to show data.
#
#   run.sh BINARY WORKDIR         Needs prometheus with promtool, curl, npm and python3.
set -euo pipefail
binary=$(realpath "$1") work=$(realpath "$2")/observability
cd "$(dirname "$0")/../.."
rules=deploy/observability
fail() { printf 'FAIL  %s\n' "$1" >&2; exit 1; }
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null' EXIT
# patiently COMMAND…: until it succeeds, for half a minute.
patiently() { for _ in $(seq 150); do "$@" && return; sleep 0.2; done; return 1; }

promtool check rules $rules/alerts.yml
promtool check config $rules/prometheus.yml
promtool test rules $rules/alerts_test.yml

mkdir -p "$work/grafana"
e2e/observability/schema.sh $rules/dashboards/counterfoil.json "$work/grafana"
run() { "$binary" --data "$work/data" "$@"; }
go build -o "$work/engine" ./deploy/standin/engine
"$work/engine" --host "$work/engine.sock" --alias local >"$work/engine.log" & pids+=($!)
run init 2>/dev/null
# A number that is named as one that must not leave only after it was imported is
# redacted in results.
printf 'Date,Description,Amount,Currency\n2026-01-28,Ledger 60161331926819,-1.00,GBP\n' | run import - --account Card --currency GBP --yes >/dev/null 2>&1
echo 60161331926819 >"$work/known"
sed -i "s#known_file: \"\"#known_file: $work/known#" "$work/data/config.yaml"
sed -i '/^\(egress\|notion\|llm\|telemetry\): {}$/d; s/roles: \[reader\]/roles: [reader, writer]/' "$work/data/config.yaml"
cat >>"$work/data/config.yaml" <<YAML

egress: {destinations: [{host: api.notion.com}, {host: localhost, port: 1, networks: [127.0.0.2/32]}], landlock: "off"}
notion: {token: "env:NOTION_TOKEN", targets: [{name: reports, kind: database, id: 0123456789abcdef0123456789abcdef, key_property: Key}]}
llm: {model: local, endpoint: "unix:$work/engine.sock"}
telemetry: {metrics: "127.0.0.1:0"}
YAML
NOTION_TOKEN=ntn_none "$binary" --data "$work/data" serve --http 127.0.0.1:0 2>"$work/serve.log" & pids+=($!)
said() { sed -n "s#.*$1\\(http://[^ ]*\\).*#\\1#p" "$work/serve.log" | head -1; }
is_said() { [ -n "$(said "$1")" ]; }
patiently is_said "serving " || fail "the server does not serve: $(cat "$work/serve.log")"
metrics=$(said "metrics at ") url=$(said "serving ")

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed "s#dns_sd_configs.*#static_configs:#; s#- {names.*#- {targets: [\"${metrics#http://}\"]}#; s#/metrics\"#\"#; s#15s#1s#g" $rules/prometheus.yml >"$work/prometheus.yml"
cp $rules/alerts.yml "$work/"
promtool check config "$work/prometheus.yml" >/dev/null
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$port" 2>"$work/prometheus.log" & pids+=($!)
ask() { promtool query instant "http://127.0.0.1:$port" "$1"; }
scraped() { [ -n "$(ask 'up{job="counterfoil"} == 1' 2>/dev/null)" ]; }
patiently scraped || fail "Prometheus does not scrape: $(tail -3 "$work/prometheus.log")"

# Calls of every kind, with and without success.
call() { run --json call "$@" >"$work/answer" 2>/dev/null || true; }
printf 'skip 1\nfields date, payee, amount, currency\ndate-format %%Y-%%m-%%d\ndescription %%payee\nif grocer\n  account2 expenses:food\n' >"$work/own.rules"
traffic() {
  printf 'Date,Description,Amount,Currency\n2026-01-%02d,Grocer %s card 4111 1111 1111 1111,-12.50,GBP\n' "$1" "$1" | run import - --account Card --currency GBP --yes >/dev/null 2>&1
  printf 'Date,Description,Amount,Currency\n2026-02-%02d,Grocer,-2.50,GBP\n' "$1" >"$work/rules.csv"
  run import "$work/rules.csv" --account Other --profile "$work/own.rules" --yes >/dev/null 2>&1 || fail "an import by rules failed"
  call list_accounts '{}'
  call search_transactions '{"limit":5}'
  row=$(grep -o 'tx_[a-z2-7]*' "$work/answer" | head -1)
  call suggest_categories "{\"ids\":[\"$row\"],\"categories\":[\"Food\",\"Rent\"],\"method\":\"model\"}"
  call notion_query '{"target":"reports"}'
  call search_transactions '{"limit":"many"}'
  call no_such_tool '{}'
  curl -s -o /dev/null -X POST -H 'Authorization: Bearer cft_wrong' -d '{}' "$url"
}
for n in 1 2 3; do traffic $n; done
counted() { [ "$(ask 'sum(counterfoil_calls_total)' | sed -n 's/.*=> \([0-9]*\) .*/\1/p')" -ge 18 ] 2>/dev/null; }
patiently counted || fail "Prometheus does not see the calls"

# /metrics is on the operator's port alone.
for path in /metrics /; do
  [ "$(curl -s -o /dev/null -w '%{http_code}' "${url%/mcp}$path")" = 404 ] || fail "the clients' port answers $path"
done
page=$(curl -s "$metrics")
grep -q '4111\|Grocer\|cft_' <<<"$page" && fail "/metrics holds text of a user"

# Every metric that docs/telemetry.md lists, but for those that nothing here does.
names=$(python3 - <<'PY'
import re
for line in open("docs/telemetry.md"):
    if line.startswith("| `counterfoil.") or line.startswith("| `mcp."):
        first = None
        for name in re.findall(r"`([a-z_.]+)`", line.split("|")[1]):
            first = first or name
            print(name if not name.startswith(".") else first.rsplit(".", name.count("."))[0] + name if name.count(".") > 1 else first.rsplit(".", 1)[0] + name)
PY
)
for name in $names; do
  case $name in counterfoil.pages) continue ;; esac # no Notion to write to
  grep -q "^$(tr . _ <<<"$name")" <<<"$page" || fail "/metrics lacks $name"
done
for phase in decide import; do
  grep -q "^counterfoil_rules_evaluated_total{.*counterfoil_phase=\"$phase\".*} [1-9]" <<<"$page" || fail "no rule was counted in the phase $phase"
done
echo "ok    /metrics shows all $(wc -w <<<"$names") metrics of docs/telemetry.md but pages"

empty=0 full=0
while IFS=$'\t' read -r panel query; do
  answer=$(ask "$query") || fail "$panel: $query"
  if [ -n "$answer" ]; then full=$((full + 1)); else empty=$((empty + 1)); echo "FAIL  no data for \"$panel\": $query" >&2; fi
done < <(python3 -c '
import json
for p in json.load(open("'$rules'/dashboards/counterfoil.json"))["panels"]:
    for t in p.get("targets", []):
        print(p["title"], t["expr"], sep="\t")')
[ "$empty" = 0 ] || fail "$empty panels of the dashboard show nothing"
echo "ok    all $full queries of the dashboard show data"

loaded=$(curl -s "http://127.0.0.1:$port/api/v1/rules" | python3 -c '
import json, sys
rules = [r for g in json.load(sys.stdin)["data"]["groups"] for r in g["rules"]]
wrong = [r["name"] for r in rules if r["health"] != "ok"]
print(len(rules)) if not wrong else sys.exit(f"rules in error: {wrong}")')
echo "ok    Prometheus evaluates all $loaded alert rules"
