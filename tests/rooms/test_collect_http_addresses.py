"""Where connections go: to checked addresses, whatever names and redirects say."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hostile_web import PUBLIC, Names, Waits, Wire, content, local, refusal, reply, serving

from digest.collect import Web


def public(url, **settings):
    return local(url, allow_private=False, **settings)


@pytest.fixture
def wire():
    return Wire()


async def test_a_public_name_is_fetched_from_its_checked_address_under_its_own_name(wire):
    async with serving(reply("200 OK", b"x")) as site:
        names = Names(feeds_example=[[PUBLIC]])
        web = Web(resolve=names, network=wire)
        assert await content(web, public(f"http://Feeds.EXAMPLE:{site.port}/")) == b"x"
        assert site.header("Host") == f"feeds.example:{site.port}"
    assert (names.asked, wire.dialled) == (["feeds.example"], [PUBLIC])


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("127.0.0.1", "this machine"),
        ("[::1]", "this machine"),
        ("[::ffff:10.0.0.1]", "a private address"),
        ("169.254.169.254", "a cloud machine's metadata service"),
        ("0.0.0.0", "the unspecified address"),
    ],
)
async def test_a_literal_address_that_is_not_public_is_not_contacted(wire, host, kind):
    message = await refusal(Web(network=wire), public(f"http://{host}/feed"))
    assert kind in message
    assert wire.dialled == []


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433"])
async def test_this_machine_is_known_however_it_is_written(wire, host):
    assert "is this machine" in await refusal(Web(network=wire), public(f"http://{host}/"))
    assert wire.dialled == []


async def test_the_refusal_tells_the_way_out(wire):
    web = Web(resolve=Names(intranet_test=[["10.1.2.3"]]), network=wire)
    assert await refusal(web, public("http://intranet.test/feed")) == (
        "source page: http://intranet.test/feed cannot be fetched: intranet.test, which is 10.1.2.3, is a private "
        "address; if that is meant, set allow_private = true on this source"
    )


async def test_one_address_that_is_not_public_refuses_the_name(wire):
    web = Web(resolve=Names(mixed_test=[[PUBLIC, "192.168.0.1"]]), network=wire)
    assert "192.168.0.1, is a private address" in await refusal(web, public("http://mixed.test/"))
    assert wire.dialled == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{0}/", "http://inside.test:{0}/", "//[::1]:{0}/", "http://[::1]/"]
)
async def test_a_redirect_from_a_public_name_to_this_machine_is_refused(wire, target):
    async with serving(reply("200 OK", b"secret")) as inside:
        moved = reply("302 Found", b"", f"Location: {target.format(inside.port)}")
        async with serving(moved) as site:
            web = Web(resolve=Names(feeds_test=[[PUBLIC]], inside_test=[["127.0.0.1"]]), network=wire)
            assert "is this machine" in await refusal(web, public(f"http://feeds.test:{site.port}/"))
        assert inside.connections == 0
    assert wire.dialled == [PUBLIC]


async def test_what_is_allowed_of_a_host_is_not_allowed_of_where_it_redirects(wire):
    async with serving(reply("200 OK", b"secret")) as inside:
        moved = reply("302 Found", b"", f"Location: http://printer.test:{inside.port}/")
        async with serving(moved) as site:
            names = Names(intranet_test=[["10.1.2.3"]], printer_test=[["10.1.2.4"]])
            message = await refusal(Web(resolve=names, network=wire), local(f"http://intranet.test:{site.port}/"))
        assert inside.connections == 0
    assert message.endswith(
        "printer.test, which is 10.1.2.4, is a private address; a redirect leads there; if that is meant, give its "
        "address itself, with allow_private = true"
    )
    assert wire.dialled == ["10.1.2.3"]


async def test_what_is_allowed_of_a_host_goes_on_where_it_redirects_to_itself(wire):
    async with serving(reply("302 Found", b"", "Location: /moved"), reply("200 OK", b"x")) as site:
        web = Web(resolve=Names(intranet_test=[["10.1.2.3"]]), network=wire)
        assert await content(web, local(f"http://intranet.test:{site.port}/")) == b"x"


async def test_a_name_that_changes_its_mind_is_judged_by_the_address_that_is_dialled(wire):
    async with serving(reply("302 Found", b"", "Location: /again"), reply("200 OK", b"secret")) as site:
        names = Names(rebinds_test=[[PUBLIC], ["127.0.0.1"]])
        message = await refusal(Web(resolve=names, network=wire), public(f"http://rebinds.test:{site.port}/"))
        assert "is this machine" in message
        assert site.connections == 1
    assert (len(names.asked), wire.dialled) == (2, [PUBLIC])


async def test_metadata_services_are_refused_whatever_is_allowed(wire):
    for host in ("169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"):
        message = await refusal(Web(network=wire), local(f"http://{host}/latest/meta-data/"))
        assert message.endswith("is a cloud machine's metadata service; give another address")
    assert wire.dialled == []


async def test_the_next_address_is_dialled_when_the_first_does_not_answer():
    async with serving(reply("200 OK", b"x")) as site:
        web = Web(resolve=Names(two_test=[["::1", "127.0.0.1"]]))
        assert await content(web, local(f"http://two.test:{site.port}/")) == b"x"


class Deaf(Wire):
    """Where nobody answers at these addresses."""

    def __init__(self, *deaf, failure=httpcore2.ConnectError):
        super().__init__()
        self.deaf, self.failure = deaf, failure

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        if host in self.deaf:
            self.dialled.append(host)
            raise self.failure("nobody answers")
        return await super().connect_tcp(host, port, timeout, local_address, socket_options)


SEVERAL = [PUBLIC, "8.8.8.8", "1.1.1.1", "9.9.9.9"]


@pytest.mark.parametrize("failure", [httpcore2.ConnectError, httpcore2.ConnectTimeout])
@pytest.mark.parametrize("deaf", [0, 1, 2])
async def test_a_hosts_addresses_are_dialled_in_turn_until_one_answers(deaf, failure):
    wire = Deaf(*SEVERAL[:deaf], failure=failure)
    async with serving(reply("200 OK", b"x")) as site:
        web = Web(resolve=Names(many_test=[SEVERAL]), network=wire)
        assert await content(web, public(f"http://many.test:{site.port}/")) == b"x"
    assert wire.dialled == SEVERAL[: deaf + 1]


async def test_of_two_addresses_the_second_answers_when_the_first_does_not():
    wire = Deaf(PUBLIC)
    async with serving(reply("200 OK", b"x")) as site:
        web = Web(resolve=Names(two_test=[SEVERAL[:2]]), network=wire)
        assert await content(web, public(f"http://two.test:{site.port}/")) == b"x"
    assert wire.dialled == SEVERAL[:2]


async def test_no_more_than_three_addresses_of_a_host_are_dialled():
    wire = Deaf(*SEVERAL)
    message = await refusal(
        Web(resolve=Names(many_test=[SEVERAL]), network=wire, sleep=Waits()), public("http://many.test/")
    )
    assert "nobody answers" in message
    assert set(wire.dialled) == set(SEVERAL[:3])


@pytest.mark.parametrize(
    ("error", "told", "again"),
    [
        (socket.EAI_AGAIN, "the name gone.test could not be looked up", True),
        (socket.EAI_NONAME, "there is no host gone.test; check the address", False),
        (socket.EAI_FAIL, "there is no host gone.test; check the address", False),
    ],
)
async def test_a_name_that_cannot_be_looked_up_for_now_is_tried_again_and_one_that_is_not_there_is_not(
    wire, error, told, again
):
    async def resolve(host, port):
        raise socket.gaierror(error, "said the resolver")

    waits = Waits()
    assert told in await refusal(Web(resolve=resolve, network=wire, sleep=waits), public("http://gone.test/"))
    assert bool(waits.seconds) is again
    assert wire.dialled == []


async def test_a_name_without_an_address_is_told_at_once(wire):
    waits = Waits()
    web = Web(resolve=Names(), network=wire, sleep=waits)
    assert "there is no host gone.test; check the address" in await refusal(web, public("http://gone.test/"))
    assert waits.seconds == []


@pytest.mark.parametrize("url", [f"http://{'a' * 70}.test/", "http://a..test/", "http://xn--a/", "http://a%20b/"])
async def test_a_name_that_cannot_be_one_is_refused(url):
    message = await refusal(Web(sleep=Waits()), public(url))
    assert "there is no host" in message or "is no address" in message or "looked up" in message


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for feeds.example that signs itself: the server's context, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "feeds.example")])
    start = datetime.now(UTC) - timedelta(days=1)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("feeds.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path_factory.mktemp("tls") / "pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return server, pem


async def test_the_certificate_is_verified_by_the_name_and_the_name_is_asked_for(wire, certificate):
    server, pem = certificate
    wanted = []
    server.sni_callback = lambda _socket, name, _context: wanted.append(name)
    async with serving(reply("200 OK", b"x"), ssl=server) as site:
        names = Names(feeds_example=[[PUBLIC]], other_example=[[PUBLIC]])
        waits = Waits()
        web = Web(
            resolve=names, network=wire, sleep=waits, certificates=lambda: ssl.create_default_context(cafile=str(pem))
        )
        assert await content(web, public(f"https://feeds.example:{site.port}/")) == b"x"
        assert wanted == ["feeds.example"]
        message = await refusal(web, public(f"https://other.example:{site.port}/"))
        assert "its certificate is not valid: Hostname mismatch" in message
        assert "its certificate is not valid" in await refusal(
            Web(resolve=names, network=wire, sleep=waits), public(f"https://feeds.example:{site.port}/")
        )
        assert len(site.requests) == 1
    assert waits.seconds == []


async def test_a_server_that_speaks_no_tls_is_told_apart(wire):
    async def greet(reader, writer):
        writer.write(b"220 mail.example ready\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        web = Web(resolve=Names(feeds_example=[[PUBLIC]]), network=wire, sleep=Waits())
        message = await refusal(web, public(f"https://feeds.example:{port}/"))
    assert "no secure connection: " in message
    assert message.endswith("does this port speak https?")


async def test_a_handshake_that_never_ends_is_left_at_the_deadline_and_closed(wire):
    left = asyncio.Event()

    async def listen(reader, writer):
        await reader.read()
        writer.close()
        left.set()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        web = Web(resolve=Names(feeds_example=[[PUBLIC]]), network=wire)
        message = await refusal(web, public(f"https://feeds.example:{port}/", timeout="0.2s"))
        assert "did not answer in full within 0.2 s" in message
        await left.wait()
