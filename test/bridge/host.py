"""A host in Python, by docs/bridge.md alone: starts the plugin, answers what it asks, sees the cases stand.

host.py <node> <plugin folder> <code folder> <work folder>

The work folder holds `cases`, `exports` (with packages) and is given `data`. Writes what happened as one line of JSON.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile

PROTOCOLS = [1]
FRAME_LIMIT = 8 * 1024 * 1024
CLIENTS = [{"id": "001", "name": "Praxis Beispiel", "parameters": {}}]


class Closed(Exception):
    """The plugin has closed the connection."""


class Connection:
    """Frames over a socket: JSON and one byte 0x0C."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(60)
        self.rest = b""

    def send(self, data):
        frame = json.dumps({"type": "myitero.rpc", "data": data}).encode()
        self.sock.sendall(frame + b"\x0c")

    def receive(self):
        while True:
            frame, end, rest = self.rest.partition(b"\x0c")
            if end:
                self.rest = rest
                envelope = json.loads(frame)
                if envelope["type"] == "myitero.rpc":
                    return envelope["data"]
                continue
            if len(self.rest) > FRAME_LIMIT:
                raise Closed("a frame that is too large")
            piece = self.sock.recv(65536)
            if not piece:
                raise Closed()
            self.rest += piece

    def close(self):
        self.sock.close()


def proof(secret, who, protocol, of_plugin, of_host):
    text = "\n".join(["myitero-bridge", who, str(protocol), of_plugin, of_host])
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


def shake_hands(connection, secret):
    """The version that both speak; Closed where a stranger has connected."""
    hello = connection.receive()["hello"]
    common = [version for version in PROTOCOLS if version in hello["protocols"]]
    protocol = max(common, default=0)
    nonce = secrets.token_hex(32)
    mine = proof(secret, "host", protocol, hello["nonce"], nonce)
    connection.send({"hello": {"protocols": PROTOCOLS, "nonce": nonce, "proof": mine}})
    theirs = proof(secret, "plugin", protocol, hello["nonce"], nonce)
    if not hmac.compare_digest(connection.receive()["proof"], theirs) or protocol == 0:
        raise Closed("a stranger")
    return protocol


class Refused(Exception):
    def __init__(self, error):
        super().__init__(error)
        self.number = error["code"]
        self.code = error.get("data", {}).get("code")


class Host:
    """One connection: asks, is asked, and keeps what it is told."""

    def __init__(self, connection):
        self.connection = connection
        self.last_id = 0
        self.questions = {}
        self.orders = {}
        self.asked = []

    def request(self, method, params):
        self.last_id += 1
        mine = self.last_id
        self.connection.send({"jsonrpc": "2.0", "id": mine, "method": method, "params": params})
        while True:
            message = self.connection.receive()
            if "method" in message:
                self.take(message)
            elif message.get("id") == mine:
                if "error" in message:
                    raise Refused(message["error"])
                return message["result"]

    def take(self, message):
        """What the plugin asks and tells."""
        method, params = message["method"], message.get("params", {})
        if "id" in message:
            self.asked.append(method)
            answer = {"jsonrpc": "2.0", "id": message["id"]}
            if method == "clients/list":
                after = params.get("after", "")
                answer["result"] = {"clients": [c for c in CLIENTS if c["id"] > after]}
            else:
                answer["error"] = {"code": -32601, "message": "method-not-found"}
            self.connection.send(answer)
        elif method == "questions/opened":
            self.questions[params["question"]["id"]] = params["question"]
        elif method == "questions/closed":
            self.questions.pop(params["id"], None)
        elif method == "orders/changed":
            self.orders[params["order"]["revision"]] = params["order"]

    def catch_up(self):
        """Asks for what stands; takes what it had for stale."""
        self.questions = {q["id"]: q for q in self.pages("questions/list", "questions", "id")}
        self.orders = {o["revision"]: o for o in self.pages("orders/list", "orders", "revision")}

    def pages(self, method, of, key):
        params, found = {"limit": 2}, []
        while True:
            page = self.request(method, params)[of]
            if not page:
                return found
            found += page
            params["after"] = page[-1][key]

    def wait(self, until):
        while not until():
            message = self.connection.receive()
            if "method" in message:
                self.take(message)


def answer_to(question):
    if question["kind"] == "doctor":
        return {"kind": "doctor", "client": CLIENTS[0]["id"]}
    first = question["candidates"][0]
    return {
        "kind": "material",
        "material": first["code"],
        "method": first["methods"][0]["code"],
        "makeDefault": question["makeDefault"],
    }


def start(node, plugin, code, work, pipe, secret):
    with open(os.path.join(plugin, "plugin.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    data, cases, exports = (os.path.join(work, name) for name in ("data", "cases", "exports"))
    os.makedirs(data, exist_ok=True)
    written = [data, cases] if manifest["permissions"]["caseFolder"] == "write" else [data]
    shared = [os.path.join(code, name) for name in ("bridge", "schemas", "node_modules", "package.json")]
    guard = os.path.join(code, "bridge", "guard.mjs")
    flags = ["--permission", f"--require={guard}", f"--allow-fs-read={guard}"]
    for path in [plugin, *shared, exports, *written]:
        flags += [f"--allow-fs-read={path}", f"--allow-fs-read={path}/*"]
    for path in written:
        flags += [f"--allow-fs-write={path}", f"--allow-fs-write={path}/*"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    child = subprocess.Popen(
        [node, *flags, os.path.join(plugin, manifest["entry"])],
        cwd=data,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    bootstrap = {"pipe": pipe, "secret": secret, "dataFolder": data, "protocol": max(PROTOCOLS)}
    child.stdin.write(json.dumps(bootstrap).encode() + b"\n")
    child.stdin.flush()
    return child


def accepted(server, secret):
    """The plugin; strangers are turned away."""
    while True:
        connection = Connection(server.accept()[0])
        try:
            shake_hands(connection, secret)
            return Host(connection)
        except (Closed, KeyError, TypeError, ValueError):
            connection.close()


def run(node, plugin, code, work):
    folder = tempfile.mkdtemp(prefix="host-py-")  # mode 0700
    pipe = os.path.join(folder, "pipe")
    secret = secrets.token_hex(32)
    seen = {"questions": [], "refusals": {}}
    server = socket.socket(socket.AF_UNIX)
    child = None
    try:
        server.bind(pipe)
        server.listen(4)
        server.settimeout(60)
        child = start(node, plugin, code, work, pipe, secret)
        host = accepted(server, secret)

        def refused(name, method, params):
            try:
                host.request(method, params)
            except Refused as error:
                seen["refusals"][name] = error.code or error.number

        refused("before configure", "questions/list", {})
        configuration = {
            "language": "de",
            "caseFolder": os.path.join(work, "cases"),
            "exportFolder": os.path.join(work, "exports"),
            "nameTemplate": "%d_%l_%f",
            "patientNameOrder": "given-family",
            "materials": None,
        }
        seen["state"] = host.request("plugin/configure", configuration)["state"]["kind"]
        host.catch_up()
        host.wait(lambda: host.questions)

        # The pipe breaks; the plugin comes back, and the question is still there.
        before = sorted(host.questions)
        host.connection.close()
        host = accepted(server, secret)
        host.request("plugin/configure", configuration)
        host.catch_up()
        seen["there again"] = set(before) <= set(host.questions)

        refused("unknown method", "orders/delete", {})
        refused("invalid params", "questions/answer", {"question": "one"})
        refused("unknown question", "questions/answer", {"question": 99999, "answer": answer_to({"kind": "doctor"})})
        published = lambda: [o for o in host.orders.values() if o["stage"] == "published"]
        packages = len(os.listdir(os.path.join(work, "exports")))
        while len(published()) < packages:
            host.wait(lambda: host.questions or len(published()) == packages)
            for number, question in list(host.questions.items()):
                host.questions.pop(number)
                seen["questions"].append(question["kind"])
                host.request("questions/answer", {"question": number, "answer": answer_to(question)})
                refused("a second answer", "questions/answer", {"question": number, "answer": answer_to(question)})
        seen["projects"] = sorted(o["project"] for o in published())
        seen["asked"] = sorted(set(host.asked))
        host.request("plugin/stop", {})
        child.stdin.close()
        seen["exit"] = child.wait(timeout=10)
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()
    return seen


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
