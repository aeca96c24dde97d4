#!/usr/bin/env bash
# Holds a dashboard against Grafana's published schema: its types, by the TypeScript
# compiler, which also refuses fields that the schema does not know.
#
#   schema.sh DASHBOARD WORKDIR       Needs npm.
set -euo pipefail
dashboard=$(realpath "$1") work=$(realpath "$2")
cp "$(dirname "$0")/package.json" "$work/"
cd "$work"
declare -F again >/dev/null || again() { "$@"; } # .ci/run tries again what the network made fail
again npm install --no-audit --no-fund --no-package-lock --loglevel=error >/dev/null
check() {
  { echo 'import type { Dashboard } from "@grafana/schema"; export const dashboard: Dashboard ='; cat; } >check.ts
  node_modules/.bin/tsc --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 check.ts
}
! sed 's/"gridPos"/"place"/' "$dashboard" | check >/dev/null || { echo "FAIL  the schema is not looked at" >&2; exit 1; }
check <"$dashboard"
echo "ok    the dashboard is what @grafana/schema $(node -p 'require("./package.json").dependencies["@grafana/schema"]') says a dashboard is"
