#!/usr/bin/env bash
# Tries the local model with a real engine and a real small model, both
# installed by name, in the sandbox: see run.py.
#
#   ci.sh BINARY WORKDIR
set -euo pipefail
binary=$(realpath "$1")
work=$(realpath "$2")
cd "$(dirname "$0")"
declare -F again >/dev/null || again() { "$@"; } # .ci/run tries again what the network made fail

# The engine's package is built from source where it has no wheel for this
# platform, which takes a quarter of an hour once; pip keeps the result.
python3 -m venv "$work/llm-venv"
again "$work/llm-venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
"$work/llm-venv/bin/python" run.py "$binary" "$work/llm"
