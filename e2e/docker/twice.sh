# Part of run.sh: deploy/Dockerfile built twice from nothing, by the classic builder and
# by BuildKit (which the docker of Debian speaks without a plugin): the same layers, and
# where the engine's BuildKit heeds SOURCE_DATE_EPOCH (Docker 23 and later) the same
# image.
mkdir -p "$work/src"
git archive HEAD | tar -x -C "$work/src"
(cd "$work/src" && GOFLAGS=-mod=mod GOPROXY=off go mod vendor)
layers() { docker image inspect -f '{{join .RootFS.Layers " "}}' "$1"; }
twice() { # CLIENT BUILDKIT
  local n
  for n in 1 2; do
    # Another time of day, folder and umask.
    rm -rf "$work/src$n"; (umask 0$((n * 11 + 11)); cp -r "$work/src" "$work/src$n"); chmod a+rX "$work/src$n"
    DOCKER_BUILDKIT=$2 "$1" build -q --no-cache -f "$work/src$n/deploy/Dockerfile" --build-arg SOURCE_DATE_EPOCH=0 -t "twice:$2$n" "$work/src$n" >/dev/null 2>"$work/twice.log" || fail "the build: $(tail -n 5 "$work/twice.log")"
    rm -rf "$work/src$n"
  done
  [ "$(layers "twice:${2}1")" = "$(layers "twice:${2}2")" ] || fail "other layers the second time: $(layers "twice:${2}1") and $(layers "twice:${2}2")"
}
id_of() { docker image inspect -f '{{.Id}}' "$1"; }
twice docker 0
twice "${BUILDKIT_CLI:-/usr/bin/docker}" 1
[ "$(layers twice:01)" = "$(layers twice:11)" ] && both="the same layers" || both="other layers"
if [ "$(id_of twice:11)" = "$(id_of twice:12)" ]; then
  shown_twice="BuildKit: the same image twice, $(id_of twice:11); classic builder: the same layers twice, $both"
else
  [ "${version%%.*}" -lt 23 ] || fail "BuildKit makes another image the second time"
  shown_twice="BuildKit and classic builder: the same layers twice ($both from both); this engine's BuildKit puts the time into the image"
fi
rm -rf "$work/src"
