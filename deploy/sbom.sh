#!/bin/sh
# Writes a CycloneDX 1.6 bill of materials of a binary, from what the Go toolchain
# noted in it: every module that is linked, with its version and checksum.
#
#   deploy/sbom.sh counterfoil > counterfoil.cdx.json
#   docker create --name x counterfoil:VERSION && docker cp x:/usr/bin/counterfoil . && deploy/sbom.sh counterfoil
set -eu
go version -m "$1" | awk '
  function escape(p) { gsub(/@/, "%40", p); return p }
  BEGIN { printf "{\n \"bomFormat\": \"CycloneDX\",\n \"specVersion\": \"1.6\",\n \"version\": 1,\n" }
  NR == 1 { go = $2 }
  $1 == "mod" { printf " \"metadata\": {\"component\": {\"type\": \"application\", \"name\": \"%s\", \"version\": \"%s\"}},\n \"components\": [\n", $2, $3
    printf "  {\"type\": \"library\", \"name\": \"std\", \"version\": \"%s\", \"purl\": \"pkg:golang/std@%s\"}", go, substr(go, 3) }
  $1 == "dep" { printf ",\n  {\"type\": \"library\", \"name\": \"%s\", \"version\": \"%s\", \"purl\": \"pkg:golang/%s@%s\", \"properties\": [{\"name\": \"go:sum\", \"value\": \"%s\"}]}", $2, $3, escape($2), $3, $4 }
  END { printf "\n ]\n}\n" }'
