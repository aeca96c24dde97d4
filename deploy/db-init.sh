#!/bin/sh
# Runs once, in a new cluster: the database and the login that owns it, which is no
# superuser, and no way in without TLS and a scram password.
set -eu
psql -q -v ON_ERROR_STOP=1 -U postgres -d postgres -v password="$(cat /run/db/migrator)" <<'SQL'
CREATE ROLE counterfoil_migrator LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE counterfoil OWNER counterfoil_migrator ENCODING 'UTF8' TEMPLATE template0;
SQL
printf 'local all all scram-sha-256\nhostssl all postgres all reject\nhostssl counterfoil all all scram-sha-256\n' > "$PGDATA/pg_hba.conf"
