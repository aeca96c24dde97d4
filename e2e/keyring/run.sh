#!/usr/bin/env bash
# Keeps the key-encryption key in a real keyring, the Secret Service of
# gnome-keyring on a session bus of its own: moves a folder's keys there, rotates
# there, and sees that without the keyring nothing opens. Needs dbus-run-session
# and gnome-keyring-daemon.
#
#   run.sh BINARY
set -euo pipefail
binary=$(realpath "$1")

if [ -z "${COUNTERFOIL_KEYRING_HOME:-}" ]; then
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  COUNTERFOIL_KEYRING_HOME=$home XDG_RUNTIME_DIR=$home HOME=$home dbus-run-session -- bash "$0" "$binary"
  exit
fi

printf passphrase | gnome-keyring-daemon --unlock --components=secrets >/dev/null
data=$HOME/data
counterfoil() { "$binary" --data "$data" "$@"; }
wants() { grep -q "$1" <<<"$2" || { printf 'want %s in:\n%s\n' "$1" "$2" >&2; exit 1; }; }

counterfoil init 2>/dev/null
sed -i 's/^  kek: ""$/  provider: keyring\n  previous: {provider: file}/' "$data/config.yaml"
wants 'keys are wrapped by keyring' "$(counterfoil keys rewrap)"
sed -i '/^  previous: {provider: file}$/d' "$data/config.yaml"
rm "$data/keys/kek"
before=$(counterfoil keys status)
wants 'are wrapped by keyring .*, which answers' "$before"
counterfoil call list_accounts >/dev/null
wants 'keys are wrapped by keyring' "$(counterfoil keys rotate --kek)"
after=$(counterfoil keys status)
[ "$(head -1 <<<"$before")" != "$(head -1 <<<"$after")" ] || { echo "the key is the same after its rotation" >&2; exit 1; }
counterfoil call list_accounts >/dev/null

code=0
said=$(DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent "$binary" --data "$data" call list_accounts 2>&1) || code=$?
[ "$code" = 5 ] || { printf 'without the keyring: exit code %s\n%s\n' "$code" "$said" >&2; exit 1; }
wants 'the keyring of the operating system' "$said"
counterfoil call list_accounts >/dev/null
counterfoil audit verify --key "$data/keys/log.pub" >/dev/null
echo "the keyring holds the key: moved, rotated, and nothing opens without it"
