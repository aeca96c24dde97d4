#!/bin/sh
# Runs once, in a container without a network: the database's two passwords, a CA
# with one certificate for it, and folders that belong to those who write there.
# What is there stays, as long as the last step of the first run is.
set -eu
cd /made
umask 077
# Grafana comes with compose.observability.yaml, perhaps later.
if [ -d grafana ] && [ ! -s grafana/password ]; then
  openssl rand -hex 16 > grafana/password
  chown -R 472:472 grafana
fi
[ ! -e migrator/done ] || exit 0
server=65532:65532 db=999:999

openssl rand -hex 32 > db/superuser
openssl rand -hex 32 > db/migrator
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=counterfoil db CA" -keyout /tmp/ca.key -out config/db-ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=db" -keyout db/server.key -out /tmp/csr 2>/dev/null
printf 'subjectAltName=DNS:db\n' > /tmp/ext
openssl x509 -req -in /tmp/csr -CA config/db-ca.crt -CAkey /tmp/ca.key -set_serial 1 -days 3650 -extfile /tmp/ext -out db/server.crt 2>/dev/null
rm -f /tmp/ca.key # nobody signs a second one
printf 'host=db user=counterfoil_migrator password=%s dbname=counterfoil sslmode=verify-full sslrootcert=/config/db-ca.crt\n' "$(cat db/migrator)" > migrator/login

# The engine would give an empty folder to whom the image has it belong.
touch caddy/.prepared models/.prepared
chown -R "$db" db
chown -R "$server" migrator config caddy models
touch migrator/done
