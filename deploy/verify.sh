#!/usr/bin/env bash
# Proves what the running stack of compose.yaml can reach, from inside the network
# of each container, and fails if anything reaches more than docs/deploy.md says.
# Every attempt has a control outside of the stack that must succeed; without it
# the proof is void. Needs a running stack and, for its targets, nothing else.
#
# On a machine without an engine the same is tried over network namespaces, which are
# made from compose.yaml, with the real programs in them (e2e/stack): root only.
#
#   deploy/verify.sh              DOCKER="docker -H …" COMPOSE="docker-compose -H …" to name others
set -uo pipefail
cd "$(dirname "$0")/.."
DOCKER=${DOCKER:-docker}
COMPOSE=${COMPOSE:-docker compose}
if ! $DOCKER info >/dev/null 2>&1; then
  echo "NO ENGINE answers to \"$DOCKER\": compose.yaml is proven over network namespaces instead, not the stack as it runs" >&2
  binary=$(mktemp -d) && trap 'rm -rf "$binary"' EXIT
  CGO_ENABLED=0 go build -o "$binary/counterfoil" ./cmd/counterfoil && e2e/stack/run.sh "$binary/counterfoil"
  exit
fi
PROBE=counterfoil-probe:local
failed=0 attempts=0 tag=cfverify$$

ok() { printf 'ok    %s\n' "$1"; }
bad() { printf 'FAIL  %s\n' "$1"; failed=$((failed + 1)); }
void() { printf 'VOID  %s: the control did not succeed, so nothing is proven\n' "$1"; failed=$((failed + 1)); }

cleanup() {
  $DOCKER rm -f "$tag-target" >/dev/null 2>&1
  $DOCKER network rm "$tag" >/dev/null 2>&1
}
trap cleanup EXIT

id_of() { $COMPOSE ps -q "$1" 2>/dev/null | sed -n 1p; }

$DOCKER image inspect "$PROBE" >/dev/null 2>&1 || $DOCKER build -q -t "$PROBE" deploy/probe >/dev/null || { echo "cannot build the probe" >&2; exit 2; }

# A target of our own, outside of the stack: TCP and UDP 7000 on a bridge with a way
# out, over IPv4 and IPv6.
$DOCKER network create --ipv6 --subnet 172.31.253.0/24 --subnet fd00:cf:253::/64 "$tag" >/dev/null || { echo "cannot make the control's network" >&2; exit 2; }
$DOCKER run -d --name "$tag-target" --network "$tag" "$PROBE" listen 7000 >/dev/null || exit 2
target4=$($DOCKER inspect -f "{{(index .NetworkSettings.Networks \"$tag\").IPAddress}}" "$tag-target")
target6=$($DOCKER inspect -f "{{(index .NetworkSettings.Networks \"$tag\").GlobalIPv6Address}}" "$tag-target")
gateway=$($DOCKER inspect -f "{{(index .NetworkSettings.Networks \"$tag\").Gateway}}" "$tag-target")

# within CONTAINER COMMAND…: run the probe in a container's network namespace.
within() {
  local where=$1; shift
  timeout 20 $DOCKER run --rm --network "$where" --cap-drop ALL "$PROBE" "$@" >/dev/null 2>&1
}
echoes_tcp() { within "$1" echo tcp "$(address "$2" "$3")"; }
echoes_udp() { within "$1" echo udp "$(address "$2" "$3")"; }
opens_tcp() { within "$1" open "$(address "$2" "$3")"; }
address() { case $1 in *:*) echo "[$1]:$2" ;; *) echo "$1:$2" ;; esac; }

# The host's own addresses: what listens on them is dockerd's or the machine's, so
# the control is a listener of ours in the host's network.
host_port=$((20000 + $$ % 20000))
$DOCKER run -d --rm --name "$tag-host" --network host "$PROBE" listen "$host_port" >/dev/null || exit 2
trap '$DOCKER rm -f "$tag-host" >/dev/null 2>&1; cleanup' EXIT
host_addresses() { ip -4 -o addr show scope global 2>/dev/null | awk '{split($4,a,"/"); print a[1]}'; }

# controls: everything that is refused below must work from outside of the stack.
controls() {
  # An echo over TCP and UDP, from a neighbour on the target's network.
  for _ in 1 2 3 4 5; do echoes_tcp "$tag" "$target4" 7000 && break; done
  echoes_tcp "$tag" "$target4" 7000 && ok "control: TCP to the target" || void "TCP"
  echoes_udp "$tag" "$target4" 7000 && ok "control: UDP to the target" || void "UDP"
  if [ -n "$target6" ]; then echoes_tcp "$tag" "$target6" 7000 && ok "control: IPv6 to the target" || { echo "note  this engine has no working IPv6: only its absence is shown"; target6=; }; fi
  echoes_tcp "$tag" "$gateway" "$host_port" && ok "control: TCP to the host" || void "host"
}

# refused NAME CONTAINER: every way out must fail.
refused() {
  local name=$1 c=container:$2 before=$failed a
  attempts=$((attempts + 1))
  echoes_tcp "$c" "$target4" 7000 && bad "$name reaches a TCP target outside"
  echoes_udp "$c" "$target4" 7000 && bad "$name reaches a UDP target outside"
  [ -n "$target6" ] && echoes_tcp "$c" "$target6" 7000 && bad "$name reaches an IPv6 target outside"
  opens_tcp "$c" 169.254.169.254 80 && bad "$name reaches the cloud metadata address"
  opens_tcp "$c" 1.1.1.1 443 && bad "$name reaches the internet"
  within "$c" lookup example.com && bad "$name resolves names of the outside"
  for a in 1.1.1.1:53 8.8.8.8:53; do within "$c" lookup example.com "$a" && bad "$name asks a name server outside"; done
  for a in $(host_addresses) host.docker.internal; do
    echoes_tcp "$c" "$a" "$host_port" && bad "$name reaches the host at $a"
  done
  [ "$failed" = "$before" ] && ok "$name reaches nothing: TCP, UDP, DNS, IPv6, metadata, host ($(host_addresses | wc -l) addresses)"
}

# reaches NAME CONTAINER HOST PORT yes|no
reaches() {
  if opens_tcp "container:$2" "$3" "$4"; then got=yes; else got=no; fi
  [ "$got" = "$5" ] && ok "$1 reaches $3:$4: $5" || bad "$1 reaches $3:$4: $got, want $5"
}

declare -A id
for s in proxy counterfoil egress db llm; do
  id[$s]=$(id_of $s)
  [ -n "${id[$s]}" ] || { echo "service $s is not running" >&2; exit 2; }
done

controls
for s in llm db counterfoil proxy; do refused $s "${id[$s]}"; done

# Inside the stack: who may talk to whom.
reaches proxy "${id[proxy]}" counterfoil 7171 yes
reaches proxy "${id[proxy]}" db 5432 no
reaches proxy "${id[proxy]}" egress 3128 no
reaches counterfoil "${id[counterfoil]}" db 5432 yes
reaches counterfoil "${id[counterfoil]}" egress 3128 yes
reaches db "${id[db]}" counterfoil 7171 yes # the same network; the server asks for a token
reaches db "${id[db]}" egress 3128 no
reaches llm "${id[llm]}" counterfoil 7171 no
reaches llm "${id[llm]}" db 5432 no

# The way out refuses what is not on its list.
connect() { timeout 30 $DOCKER run --rm --network "container:${id[counterfoil]}" --cap-drop ALL "$PROBE" connect egress:3128 "$1" 2>/dev/null; }
for to in "$target4:7000" example.com:443 169.254.169.254:443 127.0.0.1:443 api.notion.com:80; do
  case $(connect "$to") in 403) ok "egress refuses $to" ;; *) bad "egress does not refuse $to" ;; esac
done
case $(connect api.notion.com:443) in
  403 | "") bad "egress refuses api.notion.com:443, which is on its list" ;;
  200) ok "egress connects to api.notion.com:443" ;;
  *) ok "egress allows api.notion.com:443, which this machine cannot reach" ;;
esac

# How the containers run.
for s in proxy counterfoil egress db llm; do
  got=$($DOCKER inspect -f '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Privileged}} {{.Config.User}} {{gt .HostConfig.Memory 0}} {{.HostConfig.PidsLimit}}' "${id[$s]}")
  case $got in
    "true [ALL] [no-new-privileges:true] false "[1-9]*" true "[1-9]*) ok "$s: read-only, no capabilities, no new privileges, not root, bounded" ;;
    *) bad "$s runs as: $got" ;;
  esac
  $DOCKER inspect -f '{{range $p, $b := .HostConfig.PortBindings}}{{range $b}}{{.HostIp}} {{end}}{{end}}' "${id[$s]}" | tr ' ' '\n' | grep -v '^127\.0\.0\.1$' | grep . >/dev/null && bad "$s publishes a port beyond 127.0.0.1"
  pid=$($DOCKER inspect -f '{{.State.Pid}}' "${id[$s]}")
  if [ -r "/proc/$pid/status" ]; then
    grep -q '^Seccomp:	2' "/proc/$pid/status" && grep -q '^CapEff:	0000000000000000' "/proc/$pid/status" && grep -q '^NoNewPrivs:	1' "/proc/$pid/status" || bad "$s: the kernel says otherwise"
  fi
done

[ "$failed" = 0 ] && echo "isolated: $attempts containers tried every way out and found none" || echo "NOT isolated" >&2
[ "$failed" = 0 ]
