#!/bin/sh
# Runs once, in a new cluster: TLS with the mounted certificate, and no way in
# without it and a scram password.
set -eu
cp /run/secrets/db_cert "$PGDATA/server.crt"
cp /run/secrets/db_key "$PGDATA/server.key"
chmod 600 "$PGDATA/server.key"
printf 'local all all scram-sha-256\nhostssl all all all scram-sha-256\n' > "$PGDATA/pg_hba.conf"
