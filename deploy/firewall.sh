#!/bin/sh
# Closes on the host what an engine's networks leave open. Run it as root after
# `docker compose up`, and after each restart of the engine.
#
# - proxy's network has to publish ports, so it is not internal: without this, proxy
#   reaches the host's own addresses, and what it sends to the outside leaves the
#   machine, though no answer comes back (nothing is masqueraded).
# - on engines older than Docker 28 a container of an internal network still reaches
#   the host's own addresses (newer ones: gateway_mode_ipv4).
set -eu
# drop CHAIN WHAT…: new connections only, so that answers to published ports pass.
drop() {
  chain=$1; shift
  for table in iptables ip6tables; do
    command -v "$table" >/dev/null || continue
    "$table" -C "$chain" "$@" -m conntrack --ctstate NEW -j DROP 2>/dev/null ||
      "$table" -I "$chain" "$@" -m conntrack --ctstate NEW -j DROP || [ "$table" = ip6tables ]
  done
}
for bridge in cf-edge cf-front cf-back cf-store cf-observe; do
  drop INPUT -i "$bridge"
  drop FORWARD -i "$bridge" ! -o "$bridge"
done
