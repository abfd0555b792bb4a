"""What a mail server and a mailbox provider see of a mailing: where it returns to, and who answers for it."""

import re

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from digest.deliver import public_record
from digest.returns.address import read_bounce_address

SECRET = "a secret of the tests, and a long one"
LONG_PAST = "2024-11-25T08:00"  # a verifier refuses signatures of the future


@pytest.fixture
def secret(network, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_SECRET", SECRET)
    network.change("config.toml", "[web]\n", '[web]\nsecret = { env = "DIGEST_TEST_SECRET" }\n')


def test_every_copy_returns_to_an_address_of_its_own_and_a_test_to_everybodys(network, sink, secret):
    network.change("config.toml", "[sender]\n", '[sender]\nverp = true\nreturn_path = "returns@example.org"\n')
    network.send()
    returned = {address: read_bounce_address(SECRET, sender) for address, sender in sink.returns.items()}
    assert len({copy.subscriber_id for copy in returned.values()}) == len(sink.recipients) == 3
    assert len({copy.campaign_id for copy in returned.values()}) == 1
    assert all(sender.startswith("returns+") for sender in sink.returns.values())
    network.run("send", "weekly", "--test", "me@example.org", "--at", network.at)
    assert sink.returns["me@example.org"] == "returns@example.org"


def test_every_copy_is_signed_and_the_signature_survives_the_wire(network, sink):
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    network.write("dkim.pem", pem)
    network.change(
        "config.toml", "[smtp]\n", '[sender.dkim]\nselector = "autumn"\nkey = { file = "dkim.pem" }\n[smtp]\n'
    )
    network.send(LONG_PAST)
    assert len(sink.taken) == 3
    for _, raw in sink.taken:
        assert dkim.verify(raw, dnsfunc=lambda _name, timeout=5: public_record(key).encode())
    secret_part = re.sub(r"-----.*-----|\n", "", pem)
    assert secret_part not in network.run("check", "--json").out


def test_providers_can_tell_campaign_digest_and_list(network, sink):
    network.send()
    mail = sink.message("di@example.org")
    assert re.fullmatch(r"2026-W48:weekly:members:[0-9a-f]{10}", mail["Feedback-ID"])
    assert mail["List-Help"] == "<mailto:digest@example.org>"
