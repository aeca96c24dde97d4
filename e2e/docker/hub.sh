# Part of run.sh: the profile model-pull against a hub behind the machine's way out, to
# which the stand-in world answers over HTTPS. Nothing else of the stack reaches it.
hub=203.0.113.10:8443
mkdir -p "$work/hub/files"
head -c 3000000 /dev/urandom >"$work/hub/files/model.gguf"
digest=$(sha256sum <"$work/hub/files/model.gguf" | cut -d' ' -f1)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=hub -addext "subjectAltName=IP:203.0.113.10" -keyout "$work/hub/key" -out "$work/hub/ca.crt" 2>/dev/null
chmod -R a+rX "$work/hub" && chmod a+rx "$work" # model-pull's user reads the certificate
cat >"$work/hub/Caddyfile" <<CADDY
{
	admin off
	auto_https off
}
https://203.0.113.10:8443 {
	tls $work/hub/ca.crt $work/hub/key
	redir /resolve/* /model.gguf
	root * $work/hub/files
	file_server
}
http://203.0.113.10:8080 {
	root * $work/hub/files
	file_server
}
CADDY
HOME=$work/hub ip netns exec world caddy run --adapter caddyfile --config "$work/hub/Caddyfile" >"$work/hub/log" 2>&1 &
patiently 20 curl -s --cacert "$work/hub/ca.crt" -o /dev/null "https://$hub/model.gguf" || fail "the hub does not serve: $(tail -n 3 "$work/hub/log")"

# pull URL SHA256: what a user runs.
pull() {
  COUNTERFOIL_MODEL_URL=$1 COUNTERFOIL_MODEL_SHA256=$2 docker-compose --profile model-pull run --rm -T -e CURL_CA_BUNDLE=/ca.crt -v "$work/hub/ca.crt:/ca.crt:ro" model-pull </dev/null >"$work/pulled" 2>&1
}
models() { docker-compose run --rm -T --entrypoint sh prepare -c "cd /made/models; $1" </dev/null 2>/dev/null; }
refused() { # WHAT URL SHA256
  ! pull "$2" "$3" || fail "model-pull takes $1"
  [ -z "$(models 'ls -A | grep -v prepared')" ] || [ "$1" = "a model without TLS" ] || fail "$1 left something: $(models 'ls -A')"
  echo "ok    model-pull refuses $1"
}
refused "a model of another digest" "https://$hub/model.gguf" "$(printf '%064d' 0)"
refused "a model without TLS" "http://203.0.113.10:8080/model.gguf" "$digest"
# Half of it is there already, and the hub sends elsewhere, as hubs do.
head -c 1000000 "$work/hub/files/model.gguf" | docker-compose run --rm -T --entrypoint sh prepare -c 'cat >/made/models/.model.gguf.part; chown 65532:65532 /made/models/.model.gguf.part' 2>/dev/null
pull "https://$hub/resolve/main/model.gguf" "$digest" || fail "model-pull: $(tail -n 3 "$work/pulled")"
[ "$(models 'sha256sum < model.gguf' | cut -d' ' -f1)" = "$digest" ] || fail "another model lies there"
echo "ok    model-pull goes on with what it has, behind a redirect, and checks the digest"

# The hub, and addresses that everybody knows, answer in this world: the way out of
# egress reaches them, and of all others none.
for to in "$hub" 1.1.1.1:443 8.8.8.8:443 169.254.169.254:80; do
  from egress open $to || fail "the control does not reach $to, so nothing is proven"
  for s in proxy counterfoil db llm; do ! from $s open $to || fail "$s reaches $to"; done
done
echo "ok    proxy, counterfoil, db and llm reach neither the hub nor what answers at 1.1.1.1, 8.8.8.8 and 169.254.169.254"
shown_hub="wrong digest and no TLS refused, resumed behind a redirect, digest checked; no other service reaches the hub"
