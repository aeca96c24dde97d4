# Ollama with the shim in front, for the profile `ollama` of compose.yaml: build the
# server's image first.
ARG VERSION=devel
FROM counterfoil:${VERSION} AS counterfoil

FROM ollama/ollama:0.12.3
COPY --from=counterfoil /usr/bin/counterfoil /usr/bin/counterfoil
ENTRYPOINT ["/usr/bin/counterfoil"]
