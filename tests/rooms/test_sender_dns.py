"""The sender's records are asked of a real DNS server on this machine."""

import asyncio
from contextlib import asynccontextmanager

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from digest.config import Dkim, Sender
from digest.deliver import public_record
from digest.deliver.sender_dns import look_up

RSA, SHORT = generate_private_key(65_537, 2048), generate_private_key(65_537, 1024)
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "autumn._domainkey.example.org"
PLAIN = {"example.org": ["v=spf1 -all"], "_dmarc.example.org": ["v=DMARC1; p=reject"], "_domainkey.example.org": []}


class Zone(asyncio.DatagramProtocol):
    """Answers for TXT what it is told to; None is a server that fails."""

    def __init__(self, records):
        self.records = records

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query, recursion_available=True)
        name = query.question[0].name.to_text(omit_final_dot=True)
        texts = self.records.get(name, NotImplemented)
        if texts is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif texts is NotImplemented:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif texts:
            quoted = (" ".join(f'"{text[n : n + 200]}"' for n in range(0, len(text), 200)) for text in texts)
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *quoted))
        self.transport.sendto(answer.to_wire(), address)


@asynccontextmanager
async def zone(records):
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Zone(records), local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield resolver
    finally:
        transport.close()


async def looked_up(records, sender):
    async with zone(records) as resolver:
        return {one.what: (one.level, one.detail) for one in await look_up(sender, resolver)}


async def dkim_of(records, key=RSA, **more):
    sender = Sender(email="post@example.org", dkim=Dkim(selector="autumn", key=key, **more))
    return (await looked_up(PLAIN | records, sender))["DKIM"]


async def test_a_sender_whose_records_are_right_is_told_so():
    told = await looked_up(PLAIN, Sender(email="post@example.org"))
    assert {what: level for what, (level, _) in told.items()} == dict.fromkeys(("SPF", "DMARC", "DKIM"), "ok")


async def test_missing_records_are_told_each():
    told = await looked_up({}, Sender(email="post@example.org"))
    assert {what: level for what, (level, _) in told.items()} == dict.fromkeys(("SPF", "DMARC", "DKIM"), "warn")
    assert "[sender.dkim]" in told["DKIM"][1]


async def test_spf_is_asked_of_the_domain_that_mail_returns_to():
    sender = Sender(email="post@example.org", return_path="returns@bounces.example.org")
    assert (await looked_up(PLAIN, sender))["SPF"] == (
        "warn",
        "no SPF record at bounces.example.org; large providers refuse or hide such mail",
    )


async def test_the_record_of_our_key_is_right():
    assert await dkim_of({NAME: [public_record(RSA)]}) == ("ok", f"{NAME} publishes our key")


@pytest.mark.parametrize("records", [{}, {NAME: []}], ids=["no such name", "no such record"])
async def test_a_missing_record_warns_with_what_to_publish(records):
    level, detail = await dkim_of(records)
    assert level == "warn"
    assert detail.endswith(f"nothing is published at {NAME}; publish this TXT record: {public_record(RSA)}")


async def test_a_record_of_another_key_fails_with_what_to_publish():
    level, detail = await dkim_of({NAME: [public_record(SHORT)]})
    assert level == "fail"
    assert "another key" in detail
    assert detail.endswith(public_record(RSA))


async def test_two_records_fail():
    level, detail = await dkim_of({NAME: [public_record(RSA), public_record(SHORT)]})
    assert (level, detail[:13]) == ("fail", "2 TXT records")


@pytest.mark.parametrize(("key", "why"), [(SHORT, "1024 bits"), (ED25519, "do not verify Ed25519")])
async def test_a_key_that_not_everybody_believes_warns(key, why):
    level, detail = await dkim_of({NAME: [public_record(key)]}, key)
    assert (level, why in detail) == ("warn", True)


async def test_a_domain_that_dmarc_does_not_count_warns():
    name = "autumn._domainkey.elsewhere.test"
    level, detail = await dkim_of({name: [public_record(RSA)]}, domain="elsewhere.test")
    assert (level, "DMARC does not count" in detail) == ("warn", True)


async def test_a_server_that_fails_is_told_and_is_no_verdict():
    level, detail = await dkim_of({NAME: None})
    assert (level, detail) == ("warn", f"{NAME} could not be looked up: NoNameservers")
