#!/bin/sh
# What the official image does with the settings that compose.yaml uses: make a
# cluster once, with a password from a file and scram, run the init scripts, serve.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -D "$PGDATA" -U "${POSTGRES_USER:-postgres}" --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS >/dev/null
  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses='' -c unix_socket_directories=/tmp" start >/dev/null
  for f in /docker-entrypoint-initdb.d/*.sh; do [ -e "$f" ] && PGHOST=/tmp PGUSER="${POSTGRES_USER:-postgres}" PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") sh "$f"; done
  pg_ctl -D "$PGDATA" -w stop >/dev/null
fi
exec "$@"
