#!/bin/sh
# On engines older than Docker 28 a container of an internal network still reaches
# the host's own addresses. This closes it: run it as root after `docker compose up`,
# and after each restart of the engine. Docker 28 does it by itself (gateway_mode_ipv4).
set -eu
for bridge in cf-edge cf-front cf-back cf-store cf-observe; do
  for table in iptables ip6tables; do
    command -v "$table" >/dev/null || continue
    # New connections only: proxy's answers to its published ports pass.
    "$table" -C INPUT -i "$bridge" -m conntrack --ctstate NEW -j DROP 2>/dev/null ||
      "$table" -I INPUT -i "$bridge" -m conntrack --ctstate NEW -j DROP || [ "$table" = ip6tables ]
  done
done
