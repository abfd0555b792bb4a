"""A mailing by way of a real Postfix: what other servers refuse comes back, is read, and costs whom it must."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flow.conftest import Network
from postfix_instance import postfix

from digest.model import BounceClass, Clarity, ReturnKind
from digest.returns.message import read_message

pytestmark = [
    pytest.mark.service("postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts only as root"),
]

SECRET = "a secret of the tests, and a long one"
NOBODY = 65_534  # as whom Postfix runs the command of an alias
NOW = datetime(2100, 1, 1, tzinfo=UTC)
ANSWERS = {
    "gone@orchard.example": "550 5.1.1 no such user",
    "full@orchard.example": "552 5.2.2 over quota",
    "strict@orchard.example": "554 5.7.1 blocked by policy",
}
MEMBERS = [*ANSWERS, "far@island.example", "well@orchard.example"]


@pytest.fixture
def mail():
    """Where Postfix delivers what comes back, as a user of no account."""
    folder = Path(tempfile.mkdtemp(prefix="digest-returns-"))
    folder.chmod(0o755)
    (folder / "boxes").mkdir()
    shutil.chown(folder / "boxes", 65_534, 65_534)
    yield folder
    shutil.rmtree(folder)


def settings(mail, port, nowhere):
    (mail / "transport").write_text(
        f"orchard.example smtp:[127.0.0.1]:{port}\nisland.example smtp:[127.0.0.1]:{nowhere}\n"
    )
    (mail / "boxes-of").write_text("returns@network.example returns/\n")
    return {
        "default_transport": "smtp",
        "transport_maps": f"texthash:{mail}/transport",
        "recipient_delimiter": "+",
        "virtual_mailbox_domains": "network.example",
        "virtual_mailbox_base": f"{mail}/boxes",
        "virtual_mailbox_maps": f"texthash:{mail}/boxes-of",
        "virtual_uid_maps": "static:65534",
        "virtual_gid_maps": "static:65534",
        "smtp_tls_security_level": "none",
        "maximal_queue_lifetime": 0,  # what cannot be delivered at once is returned
        "bounce_queue_lifetime": 0,
    }


@pytest.mark.sqlite
def test_what_other_servers_refuse_comes_back_and_is_known_for_whose_copy_it_is(network, sink, mail, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_SECRET", SECRET)
    network.change("config.toml", "[web]\n", '[web]\nsecret = { env = "DIGEST_TEST_SECRET" }\n')
    network.change("config.toml", "[sender]\n", '[sender]\nverp = true\nreturn_path = "returns@network.example"\n')
    network.write("members.csv", "email\n" + "\n".join(MEMBERS) + "\n")
    sink.at_rcpt = lambda address: ANSWERS.get(address, "250 OK")
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = free.getsockname()[1]
    with postfix({}, **settings(mail, sink.port, nowhere)) as relay:
        network.change("config.toml", f"port = {sink.port}", f"port = {relay.port}")
        assert network.send()["accepted"] == 5
        relay.log(5 + 4)  # and what is returned
        came_back = [path.read_bytes() for path in (mail / "boxes/returns/new").iterdir()]
        told = network.json("returns", "--from", str(mail / "boxes/returns"))
        assert network.json("returns", "--from", str(mail / "boxes/returns"))["read"] == 0
    assert sink.recipients == ["well@orchard.example"]
    assert (told["read"], told["unmatched"], told["suppressed"]) == (4, 0, ["gone@orchard.example"])
    assert told["kinds"] == {"bounce (mailbox)": 3, "bounce (policy)": 1}
    assert network.json("subscriber", "gone@orchard.example")["suppression"]["reason"] == "bounced"
    assert network.json("report", "weekly-2026-W48")["bounced"] == 4
    assert network.json("explain", "gone@orchard.example")["digests"]["weekly"] == "out: suppressed"
    found = {one.reported_address: one for one in (read_message(raw, secret=SECRET, now=NOW) for raw in came_back)}
    assert {address: (one.kind, one.bounce_class, one.clarity, one.status) for address, one in found.items()} == {
        "gone@orchard.example": (ReturnKind.BOUNCE, BounceClass.MAILBOX, Clarity.DEFINITE, "5.1.1"),
        "full@orchard.example": (ReturnKind.BOUNCE, BounceClass.MAILBOX, Clarity.COUNTED, "5.2.2"),
        "strict@orchard.example": (ReturnKind.BOUNCE, BounceClass.POLICY, Clarity.COUNTED, "5.7.1"),
        "far@island.example": (ReturnKind.BOUNCE, BounceClass.MAILBOX, Clarity.COUNTED, "4.4.1"),
    }
    assert all(one.corroborated for one in found.values())
    assert {address: (one.campaign_id, one.subscriber_id) for address, one in found.items()} == copies(network, found)


def copies(network, addresses):
    """The campaign and subscriber of each person's delivery, read past the product."""
    with closing(sqlite3.connect(network.folder / "var/digest.sqlite")) as connection:
        query = "SELECT address_key, campaign_id, subscriber_id FROM deliveries"
        return {
            address: (campaign, subscriber)
            for address, campaign, subscriber in connection.execute(query)
            if address in addresses
        }


def by_nobody(*words, command):
    """What a user of no account gets from a command, who may do what the mail server's aliases may."""
    wanted = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}
    return subprocess.run([*command.split(), *words], check=False, capture_output=True, **wanted)


def command_of_nobody():
    """The command as they can run it: by this Python, or, where that is out of their reach, by the system's."""
    path = ":".join(filter(None, sys.path))
    systems = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for command in (f"{sys.executable} -m digest", f"/usr/bin/env PYTHONPATH={path} {systems} -m digest"):
        with suppress(OSError):
            if by_nobody("--help", command=command).returncode == 0:
                return command
    pytest.skip("no Python that has what digest needs can be run by the user that Postfix runs an alias as")


@pytest.mark.sqlite
def test_an_alias_of_postfix_pipes_what_came_back_into_the_command_as_the_documentation_has_it(network, sink, mail):
    digest = command_of_nobody()
    network.write("secret", SECRET)
    network.change("config.toml", "[web]\n", '[web]\nsecret = { file = "secret" }\n')
    network.change("config.toml", "[sender]\n", '[sender]\nverp = true\nreturn_path = "returns@network.example"\n')
    network.write("members.csv", "email\ngone@orchard.example\nwell@orchard.example\n")
    sink.at_rcpt = lambda address: ANSWERS.get(address, "250 OK")
    theirs = Network(mail / "network", network.commands)
    digest += f" --config {theirs.folder}/config.toml"
    (mail / "aliases").write_text(f'returns: "|{digest} returns --from -"\n')
    to_us = {
        "mydestination": "network.example",
        "alias_maps": f"hash:{mail}/aliases",
        "virtual_mailbox_domains": "",
    }
    with postfix({}, **settings(mail, sink.port, nowhere=9) | to_us) as relay:
        network.change("config.toml", f"port = {sink.port}", f"port = {relay.port}")
        shutil.copytree(network.folder, theirs.folder)
        for path in (theirs.folder, *theirs.folder.rglob("*")):
            shutil.chown(path, NOBODY, NOBODY)
        subprocess.run(["postalias", "-c", relay.folder / "etc", f"hash:{mail}/aliases"], check=True)
        sent = by_nobody("send", "weekly", "--at", theirs.at, "--yes", command=digest)
        assert sent.returncode == 0, sent.stderr
        assert any(one.startswith("returns+") for one in relay.log(2 + 1).recipients)
    (kept,) = theirs.json("subscriber", "gone@orchard.example")["returns"]
    assert (kept["kind"], kept["status"], kept["campaign"]) == ("bounce", "5.1.1", "weekly-2026-W48")
    assert theirs.json("explain", "gone@orchard.example")["suppressed"]
    assert theirs.json("explain", "well@orchard.example")["suppressed"] is None
