#!/bin/sh
# Fetches the model. It gets its name only when it is whole and, where the digest is
# known, the right one.
set -eu
: "${MODEL_URL:?set COUNTERFOIL_MODEL_URL in .env}"
part="/models/.$MODEL.part"
curl --fail --location --proto =https --continue-at - --output "$part" "$MODEL_URL"
if [ -n "$MODEL_SHA256" ]; then
  printf '%s  %s\n' "$MODEL_SHA256" "$part" | sha256sum -c - || { rm -f "$part"; exit 1; }
else
  echo "no COUNTERFOIL_MODEL_SHA256: what was fetched is $(sha256sum < "$part")" >&2
fi
mv "$part" "/models/$MODEL"
