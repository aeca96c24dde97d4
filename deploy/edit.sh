#!/bin/sh
# Edits config.yaml, policy.yaml or policy_test.yaml of the running stack, checks it,
# and has the servers read it again (egress, notion, llm and serve take a restart).
#
#   deploy/edit.sh config.yaml          with $EDITOR, or: deploy/edit.sh policy.yaml < new
set -eu
cd "$(dirname "$0")/.."
COMPOSE=${COMPOSE:-docker compose}
case ${1:-} in config.yaml | policy.yaml | policy_test.yaml) file=$1 ;; *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
# prepare's image has a shell; its user may write there.
within() { $COMPOSE run --rm -T --entrypoint sh prepare -c "$1"; }
text=$(mktemp); trap 'rm -f "$text"' EXIT
if [ -t 0 ]; then
  within "cat /made/config/$file" > "$text" </dev/null
  ${EDITOR:-vi} "$text"
else
  cat > "$text"
fi
within "umask 077; cd /made/config; cp $file $file.before; cat > $file.new; chown 65532:65532 $file.new $file.before; mv $file.new $file" < "$text"
if ! $COMPOSE exec -T counterfoil /usr/bin/counterfoil policy check >&2; then
  within "cd /made/config; mv $file.before $file" </dev/null
  echo "nothing was changed" >&2
  exit 1
fi
for s in $($COMPOSE ps --services | grep '^counterfoil'); do $COMPOSE kill -s HUP "$s" 2>/dev/null || true; done
