"""A canary stands wherever a secret may stand; whatever is run and whatever goes wrong, it is never told."""

import base64
import re
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flow.conftest import CONFIG

CANARY = "canary-7Q4x-b19TmKz0-pWc83VrJh5eL"
FORMS = (CANARY, base64.b64encode(CANARY.encode()).decode(), base64.b64encode(f"\0joan\0{CANARY}".encode()).decode())
COMMANDS = (("check",), ("check", "--json"), ("collect",), ("collect", "--json"), ("status",), ("status", "--json"))


class _RepeatsTheLogin(socketserver.StreamRequestHandler):
    """An SMTP server that quotes what it refuses."""

    def handle(self):
        self.wfile.write(b"220 relay.test ready\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"EHLO"):
                self.wfile.write(b"250-relay.test\r\n250 AUTH PLAIN\r\n")
            elif line.upper().startswith(b"AUTH"):
                self.server.logins += 1
                told = line.split()[-1]
                self.wfile.write(b"535 5.7.8 refused: " + told + b" " + base64.b64decode(told)[6:] + b"\r\n")
            else:
                self.wfile.write(b"221 bye\r\n")
                return


class _RepeatsTheAddress(BaseHTTPRequestHandler):
    """A web server that quotes what it does not know, and redirects what begins with /to in a circle."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", f"/toward/{CANARY}/{len(self.server.asked) % 2}")
        elif self.path.startswith("/lost"):
            self.send_response(302)
            self.send_header("Location", f"http://x:{CANARY}@[{CANARY}/{CANARY}")
        else:
            self.send_response(404, f"no {self.path} here")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def listening(kind, handler):
    with kind(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.logins, server.asked = 0, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def holds(done):
    return [form for form in FORMS if form in done.out + done.err]


def test_no_command_tells_a_secret_that_servers_and_drivers_repeat(network, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_CANARY", CANARY)
    network.write("token", CANARY)
    with (
        listening(socketserver.ThreadingTCPServer, _RepeatsTheLogin) as relay,
        listening(ThreadingHTTPServer, _RepeatsTheAddress) as site,
    ):
        web = f"127.0.0.1:{site.server_address[1]}"
        addresses = {
            "circle": f"http://{web}/to/{CANARY}",
            "missing": f"http://{web}/{CANARY}/feed?key={CANARY}",
            "astray": f"http://{web}/lost",
            "named": f"http://joan:{CANARY}@{web}/feed",
            "files": f"sqlite:///{CANARY}.sqlite",
            "server": f"postgresql://{CANARY}:{CANARY}@127.0.0.1:1/{CANARY}?application_name={CANARY}",
        }
        sources = ""
        for name, address in addresses.items():
            network.write(f"{name}.url", address)
            kind = 'kind = "table"\nquery = "SELECT 1"' if address[0] != "h" else 'kind = "feed"\nallow_private = true'
            sources += f'[[sources]]\nname = "{name}"\n{kind}\nurl = {{ file = "{name}.url" }}\n'
        sources += (
            f'[[sources]]\nname = "inline"\nkind = "feed"\nallow_private = true\n'
            f'url = "http://joan:{CANARY}@{web}/feed?key={CANARY}"\n'
            f'[[sources]]\nname = "database"\nkind = "table"\nquery = "SELECT 1"\n'
            f'url = "postgresql://joan:{CANARY}@127.0.0.1:1/site?password={CANARY}"\n'
        )
        smtp = f'port = {relay.server_address[1]}\nusername = "joan"\npassword = {{ env = "DIGEST_TEST_CANARY" }}'
        text = re.sub(r"port = \d{3,}", lambda _: smtp, CONFIG.format(port=12345))
        text = text.replace("[web]", '[web]\nsecret = { file = "token" }')
        network.write("config.toml", text.replace("[[lists]]", sources + "[[lists]]", 1))
        told = [network.run(*words) for words in (*COMMANDS, ("send", "weekly", "--at", network.at, "--json"))]
        assert [holds(done) for done in told] == [[]] * len(told)
        assert not any("Traceback" in done.err for done in told)
        failed = {one["source"] for one in network.run("collect", "--json").json["sources"] if one["error"]}
        assert failed == {*addresses, "inline", "database"}
        assert relay.logins > 0
        assert any(CANARY in path for path in site.asked)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://joan:{}@127.0.0.1:1/none",
        "postgresql://joan:x/{}@127.0.0.1:1/none",
        "postgresql://joan:x@127.0.0.1:{}/none",
        "postgresql://127.0.0.1:1/none?user=joan&password={}",
        "postgresql://127.0.0.1:1/none?sslmode={}",
        "postgresql:joan:{}@127.0.0.1/none",
        "mysql://joan:{}@127.0.0.1/none",
        "joan:{}@127.0.0.1",
    ],
)
@pytest.mark.parametrize("place", ["file", "environment"])
def test_a_store_that_cannot_be_opened_does_not_tell_its_password(network, monkeypatch, url, place):
    if place == "file":
        network.change("config.toml", "[smtp]", f'[store]\nurl = "{url.format(CANARY)}"\n[smtp]')
    else:
        monkeypatch.setenv("DIGEST_STORE_URL", url.format(CANARY))
    for words in (("status",), ("check", "--json")):
        done = network.run(*words)
        assert (done.code in {1, 2}, holds(done), "Traceback" in done.err) == (True, [], False)
        assert "store" in done.err


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[smtp]", f'[store]\nurl = ["postgresql://joan:{CANARY}@h/d"]\n[smtp]'),
        ("[smtp]", f'[store]\nurl = {{ is = "{CANARY}" }}\n[smtp]'),
        ("[network]", f'store = "postgresql://joan:{CANARY}@h/d"\n[network]'),
        ("[network]", f'sources = ["https://joan:{CANARY}@h/d"]\n[network]'),
        ("[[lists]]", f'[[sources]]\nname = "a"\nkind = "feed"\nurl = "https:/joan:{CANARY}@h/d"\n[[lists]]'),
        ("[[lists]]", f'[[sources]]\nname = "a"\nkind = "table"\nurl = ["mysql://joan:{CANARY}@h/d"]\n[[lists]]'),
        ("[smtp]", f'[smtp]\nusername = "joan"\npassword = "{CANARY}"'),
        ("[smtp]", f'[smtp]\nusername = "joan"\npassword = ["{CANARY}"]'),
        ("[smtp]", f'[smtp]\nusername = "joan"\npassword = {{ env = "{CANARY}" }}'),
        ("[smtp]", f'[smtp]\npasword = "{CANARY}"'),
        ("[web]", f'[web]\nsecret = "{CANARY}"'),
        ("[smtp]", f'[sender.dkim]\nselector = "s"\nkey = """-----BEGIN\n{CANARY}"""\n[smtp]'),
        ("[smtp]", f'[sender.dkim]\nselector = "s"\nkey = {{ file = """-----BEGIN\n{CANARY}""" }}\n[smtp]'),
        ("[smtp]", '[sender.dkim]\nselector = "s"\nkey = { file = "dkim.pem" }\n[smtp]'),
        ('name = "Growers"\n[smtp]', f'name = "Growers"\ndkim = "{CANARY}"\n[smtp]'),
    ],
)
def test_a_mistake_of_the_configuration_is_told_without_the_secret_in_it(network, before, after):
    network.write("dkim.pem", f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n")
    network.change("config.toml", before, after)
    for words in (("check",), ("status", "--json")):
        done = network.run(*words)
        assert (done.code, holds(done), "Traceback" in done.err) == (2, [], False)
        assert "config.toml" in done.err
