#!/usr/bin/env bash
# Builds local stand-ins for the images that compose.yaml names, for machines that
# reach no registry: the builder from this machine's Go, PostgreSQL from a
# Debian root folder (debootstrap --variant=minbase --include=postgresql-15,openssl),
# with the server itself from a newer build if PG17 names one, Caddy from a static
# binary, Prometheus from its Debian package. Our own image comes from deploy/Dockerfile.
#
#   DOCKER="docker -H unix:///…" PGROOT=folder PG17=folder CADDY=binary deploy/standin/build.sh [builder] [counterfoil] [postgres] [caddy] [llm] [notion] [collector] [prometheus]
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

builder() {
  shell "$work/builder"
  mkdir -p "$work/builder/usr/local" "$work/builder/root"
  cp -a "$(go env GOROOT)" "$work/builder/usr/local/go"
  tar -C "$work/builder" -c . | $DOCKER import -c 'ENV PATH=/usr/local/go/bin:/bin HOME=/root' - golang:1.26.8-bookworm
}

counterfoil() {
  mkdir "$work/src"
  git archive HEAD | tar -x -C "$work/src"
  (cd "$work/src" && go mod vendor)
  $DOCKER build -q ${BUILD_FLAGS:-} -f "$work/src/deploy/Dockerfile" --build-arg "VERSION=$VERSION" -t "counterfoil:$VERSION" "$work/src"
}

postgres() {
  # A folder with bin, lib and share, such as an embedded PostgreSQL has. psql stays
  # Debian's.
  [ -z "${PG17:-}" ] || { rm -rf "$PGROOT/usr/lib/postgresql/17"; mkdir -p "$PGROOT/usr/lib/postgresql/17"; cp -a "$PG17/." "$PGROOT/usr/lib/postgresql/17/"; }
  tar -C "${PGROOT:?a Debian root with postgresql-15}" --exclude=./var/cache --exclude=./usr/share/doc --exclude=./usr/share/locale -c . |
    $DOCKER import -c 'ENV PATH=/usr/lib/postgresql/17/bin:/usr/lib/postgresql/15/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data' - postgres-root:local
  cp deploy/standin/postgres-entrypoint.sh "$work/entrypoint.sh"
  printf 'FROM postgres-root:local\nCOPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh\nRUN chmod 755 /usr/local/bin/docker-entrypoint.sh && rm -rf /var/lib/postgresql/* && mkdir -p /var/lib/postgresql/data /docker-entrypoint-initdb.d && chown -R 999:999 /var/lib/postgresql && sed -i "/^postgres:/d" /etc/passwd && echo "postgres:x:999:999::/var/lib/postgresql:/bin/sh" >> /etc/passwd\nUSER 999:999\nENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]\nCMD ["postgres"]\n' > "$work/Dockerfile"
  $DOCKER build -q -t postgres:17.6-bookworm "$work"
}

caddy() {
  shell "$work/caddy"
  mkdir -p "$work/caddy/usr/bin" "$work/caddy/data" "$work/caddy/config" "$work/caddy/etc/caddy"
  cp "${CADDY:?a static caddy binary}" "$work/caddy/usr/bin/caddy"
  # As in the image that it stands for: root's folders, and a capability on the file.
  setcap cap_net_bind_service=+ep "$work/caddy/usr/bin/caddy"
  tar -C "$work/caddy" --xattrs --xattrs-include='security.capability' -c . | $DOCKER import -c 'ENV PATH=/usr/bin:/bin' -c 'CMD ["caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"]' - caddy:2.11.9-alpine
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
  cp "${PROMETHEUS:?the folder with the prometheus and promtool of Debian}/prometheus" "$PROMETHEUS/promtool" "$work/prometheus/bin/"
  ldd "$PROMETHEUS/prometheus" | grep -o '/[^ ]*' | while read -r lib; do mkdir -p "$work/prometheus$(dirname "$lib")"; cp -L "$lib" "$work/prometheus$lib"; done
  mkdir -p "$work/prometheus/prometheus" "$work/prometheus/etc/prometheus"
  chown 65534:65534 "$work/prometheus/prometheus"
  tar -C "$work/prometheus" -c . | $DOCKER import -c 'ENTRYPOINT ["/bin/prometheus"]' - prom/prometheus:v3.6.0
}

for part in "${@:-builder counterfoil postgres caddy llm}"; do for p in $part; do echo "== $p" >&2; "$p"; rm -rf "${work:?}"/*; done; done
