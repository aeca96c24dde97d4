#!/bin/sh
# Makes the secrets of compose.yaml once: the database's password, and a CA with one
# certificate for it. The files are readable by the containers' users; the folder
# keeps everybody else out.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets
umask 022
[ -s grafana_password ] || openssl rand -hex 16 > grafana_password
[ -s db_password ] || openssl rand -hex 32 > db_password
if [ ! -s db.crt ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=counterfoil db CA" -keyout ca.key -out db_ca.crt 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=db" -keyout db.key -out db.csr 2>/dev/null
  printf 'subjectAltName=DNS:db\n' > ext
  openssl x509 -req -in db.csr -CA db_ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile ext -out db.crt 2>/dev/null
  rm -f ca.key db.csr ext db_ca.srl # nobody signs a second one
fi
chmod 644 grafana_password db_password db.key db.crt db_ca.crt
