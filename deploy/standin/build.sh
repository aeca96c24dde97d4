#!/usr/bin/env bash
# Builds local stand-ins for the images that compose.yaml names, for machines that
# reach no registry, out of programs of this machine and the libraries that they
# load: Go, PostgreSQL, openssl, Caddy, Prometheus. PG17 names a newer PostgreSQL, a
# folder with bin, lib and share. Our own image comes from deploy/Dockerfile, or
# with QUICK=1 from deploy/image.sh, which makes the same content with this
# machine's build cache.
#
#   DOCKER="docker -H unix:///…" PG17=folder deploy/standin/build.sh [builder] [counterfoil] [postgres] [caddy] [llm] [notion] [collector] [prometheus] [probe] [curl]
set -euo pipefail
cd "$(dirname "$0")/../.."
DOCKER=${DOCKER:-docker}
export DOCKER_BUILDKIT=0
VERSION=${VERSION:-devel}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# shell FOLDER puts the few programs there that a stand-in needs.
shell() {
  mkdir -p "$1/bin" "$1/tmp" "$1/etc/ssl/certs"
  cp "$(type -P busybox)" "$1/bin/busybox"
  for p in sh mkdir cp mv rm find touch printf chmod chown cat sleep id wget nc ls sha256sum test; do ln -sf busybox "$1/bin/$p"; done
  cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
}

# programs FOLDER PROGRAM…: copies programs there as they lie here, with the
# libraries that they load.
programs() {
  local root=$1 p lib; shift
  for p; do
    mkdir -p "$root$(dirname "$p")"
    cp -L "$p" "$root$p"
    ldd "$p" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
      [ -e "$root$lib" ] || { mkdir -p "$root$(dirname "$lib")"; cp -L "$lib" "$root$lib"; }
    done || true # a static program
  done
}

builder() {
  shell "$work/builder"
  mkdir -p "$work/builder/usr/local" "$work/builder/root"
  cp -a "$(go env GOROOT)" "$work/builder/usr/local/go"
  tar -C "$work/builder" -c . | $DOCKER import -c 'ENV PATH=/usr/local/go/bin:/bin HOME=/root' - golang:1.26.8-bookworm
}

counterfoil() {
  if [ -n "${QUICK:-}" ]; then
    deploy/image.sh "$VERSION" "$work/image" >/dev/null
    $DOCKER load -q <"$work/image/counterfoil-$VERSION.tar"
    return
  fi
  mkdir "$work/src"
  git archive HEAD | tar -x -C "$work/src"
  (cd "$work/src" && go mod vendor)
  $DOCKER build -q ${BUILD_FLAGS:-} -f "$work/src/deploy/Dockerfile" --build-arg "VERSION=$VERSION" -t "counterfoil:$VERSION" "$work/src"
}

postgres() {
  local root=$work/postgres here
  here=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  shell "$root"
  mkdir -p "$root/pg" "$root/var/run/postgresql" "$root/var/lib/postgresql/data" "$root/docker-entrypoint-initdb.d" "$root/usr/local/bin" "$root/etc/ssl"
  # psql and pg_isready are this machine's in any case.
  programs "$root" "$(type -P openssl)" "$here"/{psql,pg_isready,postgres,initdb,pg_ctl}
  cp -a /etc/ssl/openssl.cnf "$root/etc/ssl/"; mkdir -p "$root/usr/lib/ssl"; cp -L /etc/ssl/openssl.cnf "$root/usr/lib/ssl/"
  if [ -n "${PG17:-}" ]; then
    cp -a "$PG17/." "$root/pg/"
    programs "$root" "$PG17"/bin/* # its libraries alone: /pg has the programs
    rm -rf "${root:?}$PG17"
  else
    cp -a "${here%/bin}/lib" "$root${here%/bin}/"
    mkdir -p "$root/usr/share/postgresql"; cp -a /usr/share/postgresql/. "$root/usr/share/postgresql/"
    cp -a /usr/share/zoneinfo "$root/usr/share/"
  fi
  cp deploy/standin/postgres-entrypoint.sh "$root/usr/local/bin/docker-entrypoint.sh"
  chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"
  chmod 1777 "$root/tmp"
  echo "postgres:x:999:999::/var/lib/postgresql:/bin/sh" >"$root/etc/passwd"
  echo "postgres:x:999:" >"$root/etc/group"
  chown -R 999:999 "$root/var/lib/postgresql" "$root/var/run/postgresql"
  tar -C "$root" -c . | $DOCKER import -c "ENV PATH=/pg/bin:$here:/usr/bin:/bin PGDATA=/var/lib/postgresql/data" -c 'USER 999:999' \
    -c 'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]' -c 'CMD ["postgres"]' - postgres:17.6-bookworm
}

caddy() {
  shell "$work/caddy"
  mkdir -p "$work/caddy/usr/bin" "$work/caddy/data" "$work/caddy/config" "$work/caddy/etc/caddy"
  programs "$work/caddy" "${CADDY:-$(type -P caddy)}"
  [ -z "${CADDY:-}" ] || mv "$work/caddy$CADDY" "$work/caddy/usr/bin/caddy"
  # As in the image that it stands for: root's folders, and a capability on the file.
  setcap cap_net_bind_service=+ep "$work/caddy/usr/bin/caddy"
  # One older than 2.7 lacks a way to keep its config to itself, and has no place for it.
  local run='exec caddy run --config /etc/caddy/Caddyfile --adapter caddyfile'
  case $("${CADDY:-$(type -P caddy)}" version) in
    2.[0-6].* | v2.[0-6].*) run="busybox sed /persist_config/d /etc/caddy/Caddyfile > /config/Caddyfile; exec caddy run --config /config/Caddyfile --adapter caddyfile" ;;
  esac
  tar -C "$work/caddy" --xattrs --xattrs-include='security.capability' -c . | $DOCKER import -c 'ENV PATH=/usr/bin:/bin' -c "CMD [\"sh\",\"-c\",\"$run\"]" - caddy:2.11.9-alpine
}

# llm stands in for an engine: it answers on a Unix socket and nothing else.
llm() {
  shell "$work/llm"
  mkdir -p "$work/llm/app"
  CGO_ENABLED=0 go build -trimpath -o "$work/llm/app/llama-server" ./deploy/standin/engine
  tar -C "$work/llm" -c . | $DOCKER import -c 'ENTRYPOINT ["/app/llama-server"]' - ghcr.io/ggml-org/llama.cpp:server-b6500
}

# notion stands in for api.notion.com in deploy/drill.sh.
notion() {
  mkdir -p "$work/notion"
  CGO_ENABLED=0 go build -trimpath -o "$work/notion/notion" ./deploy/standin/notion
  tar -C "$work/notion" -c . | $DOCKER import -c 'ENTRYPOINT ["/notion"]' - counterfoil-standin-notion:local
}

collector() {
  mkdir -p "$work/collector"
  CGO_ENABLED=0 go build -trimpath -o "$work/collector/collector" ./deploy/standin/collector
  tar -C "$work/collector" -c . | $DOCKER import -c 'ENTRYPOINT ["/collector"]' - otel/opentelemetry-collector:0.137.0
}

prometheus() {
  shell "$work/prometheus"
  programs "$work/prometheus" "$(type -P prometheus)" "$(type -P promtool)"
  mkdir -p "$work/prometheus/prometheus" "$work/prometheus/etc/prometheus"
  chown 65534:65534 "$work/prometheus/prometheus"
  tar -C "$work/prometheus" -c . | $DOCKER import -c 'ENV PATH=/usr/bin:/bin' -c 'ENTRYPOINT ["/usr/bin/prometheus"]' - prom/prometheus:v3.6.0
}

# probe is what verify.sh, drill.sh and rolling.sh look with.
probe() {
  mkdir -p "$work/probe"
  (cd deploy/probe && CGO_ENABLED=0 go build -trimpath -o "$work/probe/probe" .)
  tar -C "$work/probe" -c . | $DOCKER import -c 'USER 65532:65532' -c 'ENTRYPOINT ["/probe"]' - counterfoil-probe:local
}

curl() {
  shell "$work/curl"
  programs "$work/curl" "$(type -P curl)"
  tar -C "$work/curl" -c . | $DOCKER import -c 'ENV PATH=/usr/bin:/bin' -c 'ENTRYPOINT ["curl"]' - curlimages/curl:8.16.0
}

for part in "${@:-builder counterfoil postgres caddy llm}"; do for p in $part; do echo "== $p" >&2; "$p"; rm -rf "${work:?}"/*; done; done
