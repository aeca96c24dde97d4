#!/usr/bin/env bash
# Asks the running Prometheus of compose.observability.yaml everything that the
# dashboard and the alert rules ask. Fails if it does not scrape every server, if a
# rule is not loaded, or if a query is an error; lists what gives no series, which
# is as it should be for what has not happened yet.
#
#   COMPOSE_FILE=compose.yaml:deploy/compose.observability.yaml deploy/observability/check.sh
set -uo pipefail
cd "$(dirname "$0")/../.."
COMPOSE=${COMPOSE:-docker compose}
export COMPOSE_FILE=${COMPOSE_FILE:-compose.yaml:deploy/compose.observability.yaml}
failed=0 series=0 quiet=0
bad() { printf 'FAIL  %s\n' "$1"; failed=$((failed + 1)); }
ask() { $COMPOSE exec -T prometheus promtool query instant http://127.0.0.1:9090 "$1" </dev/null 2>&1; }

$COMPOSE exec -T prometheus promtool check config /etc/prometheus/prometheus.yml </dev/null >/dev/null 2>&1 || bad "the configuration or a rule is wrong"
up=$(ask 'sum(up{job="counterfoil"})' | sed -n 's/.*=> \([0-9]*\) .*/\1/p')
[ "${up:-0}" -ge 1 ] && [ -z "$(ask 'up{job="counterfoil"} == 0')" ] && echo "ok    scrapes $up server(s)" || bad "does not scrape every server"

queries() {
  sed -n 's/^ *"expr": "\(.*\)",\{0,1\}$/\1/p' deploy/observability/dashboards/counterfoil.json | sed 's/\\"/"/g'
  sed -n 's/^ *expr: //p' deploy/observability/alerts.yml
}
while read -r query; do
  if ! answer=$(ask "$query"); then
    bad "$query: $answer"
  elif [ -z "$answer" ]; then
    quiet=$((quiet + 1)); echo "none  $query"
  else
    series=$((series + 1))
  fi
done < <(queries)
echo "ok    $series queries give series, $quiet none"
[ "$failed" = 0 ]
