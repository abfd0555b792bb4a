"""The mailbox of `[returns]` on a real IMAP server: looked at, read by hand and by the service."""

import os

import pytest
from conftest import ROOT
from dovecot_instance import PASSWORD, dovecot
from flow.test_returns_read import ADA, BO, SECRET, bounce

from digest.app import open_app
from digest.config import load_config
from digest.core import people
from digest.service.ticks import load_jobs

pytestmark = [
    pytest.mark.service("dovecot"),
    pytest.mark.skipif(os.geteuid() != 0, reason="this Dovecot starts only as root"),
]

RETURNS = """\
[returns]
host = "localhost"
port = {port}
username = "returns"
password = {{ env = "RETURNS_PASSWORD" }}
ca_file = "{certificate}"
[web]
secret = {{ env = "DIGEST_TEST_SECRET" }}
"""


@pytest.fixture
def server():
    with dovecot() as started:
        yield started


@pytest.fixture
def sent(network, server, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_SECRET", SECRET)
    monkeypatch.setenv("RETURNS_PASSWORD", PASSWORD)
    lines = RETURNS.format(port=server.tls, certificate=server.certificate)
    network.change("config.toml", "[web]\n", lines)
    network.send()
    server.deliver(bounce(BO))
    return network


def checked(network):
    done = network.run("check", "--json")
    return {one["what"]: (one["level"], one["detail"]) for one in done.json["checks"]}


def test_check_opens_the_mailbox_and_leaves_it_as_it_is(sent, server):
    assert checked(sent)["returns"] == ("ok", "localhost opens INBOX; 1 unread")
    assert not server.names()[0].endswith("S")


def test_a_login_that_is_refused_is_told_without_the_password(sent, server, monkeypatch):
    monkeypatch.setenv("RETURNS_PASSWORD", "not the right one")
    level, detail = checked(sent)["returns"]
    assert (level, "login is refused" in detail, "right one" in detail) == ("fail", True, False)
    done = sent.run("returns")
    assert (done.code, "login is refused" in done.err) == (1, True)


def test_what_came_back_is_read_kept_and_only_then_marked(sent, server):
    told = sent.json("returns")
    assert (told["read"], told["suppressed"]) == (1, [BO])
    assert server.names()[0].endswith("S")
    assert sent.json("returns")["read"] == 0


async def test_the_service_reads_it_too(sent, server):
    (run,) = [run for job, run in load_jobs(ROOT / "jobs") if job.id == "returns"]
    server.deliver(bounce(ADA))
    with open_app(load_config(sent.folder / "config.toml")) as app:
        await run(app, app.now)
        app.stopping.set()
    assert sent.json("subscriber", ADA)["suppressed"] == sent.json("subscriber", BO)["suppressed"] == "bounced"
    assert all(name.endswith("S") for name in server.names())


async def test_without_a_mailbox_the_service_reads_nothing(network):
    (run,) = [run for job, run in load_jobs(ROOT / "jobs") if job.id == "returns"]
    with open_app(load_config(network.folder / "config.toml")) as app:
        await run(app, app.now)
        assert people.unmatched(app, limit=1) == (0, [])
