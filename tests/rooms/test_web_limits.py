"""What a client may take of the server: connections, time and bytes; and what it is told when it takes more."""

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest
from rooms.test_web import ACTIVE, LEFT_MEMBERS, app, statuses, unsubscribe_path
from structlog.testing import capture_logs

from digest.web import Limits, serving

pytestmark = pytest.mark.sqlite  # of which store it is says nothing here

__all__ = ["app"]

HEALTH = b"GET /health HTTP/1.1\r\nHost: digest.example.org\r\n\r\n"
SOON = 0.2  # seconds


class Client:
    """A connection whose every byte is the test's own."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def say(self, *lines, body=b""):
        self.writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1") + body)

    async def heard(self):
        """Everything until the server closes; a closed connection is all that may end it."""
        return (await asyncio.wait_for(self.reader.read(-1), 20)).decode()


@asynccontextmanager
async def open_to(app, **limits):
    """The server with these limits, and a way to connect to it; whoever is still there at the end leaves."""
    clients = []

    async def connect():
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", port)))
        return clients[-1]

    async with serving(app, Limits(**{"connections": 50, "head": 60, "body": 60, "answer": 60} | limits)) as address:
        port = int(address.rpartition(":")[2])
        yield connect
        for client in clients:
            client.writer.transport.abort()


async def answered(connect, request):
    client = await connect()
    client.writer.write(request)
    return await client.heard()


def fields(answer):
    return dict(line.lower().split(": ", 1) for line in answer.partition("\r\n\r\n")[0].split("\r\n")[1:])


def has_security_headers(answer):
    found = fields(answer)
    return "frame-ancestors 'none'" in found["content-security-policy"] and found["cache-control"] == "no-store"


@pytest.mark.parametrize("sent", [b"", b"GET /hea", HEALTH[:-2]], ids=["nothing", "a line", "all but the end"])
async def test_a_head_that_does_not_come_is_waited_for_so_long_and_no_longer(app, sent):
    async with open_to(app, head=SOON) as connect:
        answer = await answered(connect, sent)
    assert answer.startswith("HTTP/1.1 408 Request Timeout\r\n")
    assert has_security_headers(answer)


async def test_a_byte_now_and_then_wins_no_time(app):
    async with open_to(app, head=SOON) as connect:
        client = await connect()
        # The first line alone: a byte that crosses the server's farewell is answered with a reset after it.
        heard = asyncio.create_task(client.reader.readline())
        client.writer.write(HEALTH[:-2])
        while not heard.done():
            client.writer.write(b"x")
            await asyncio.wait([heard], timeout=SOON / 10)
        assert heard.result().startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_does_not_come_changes_nothing(app):
    path = unsubscribe_path(app, "members")
    async with open_to(app, body=SOON) as connect:
        client = await connect()
        client.say(f"POST {path} HTTP/1.1", "Host: x", "Content-Length: 26", body=b"List-Unsubscribe=One-Clic")
        assert (await client.heard()).startswith("HTTP/1.1 408 ")
    assert statuses(app) == ACTIVE


async def test_a_request_that_is_cut_off_changes_nothing_and_is_no_error_of_ours(app, caplog):
    path = unsubscribe_path(app, "members")
    async with open_to(app) as connect:
        client = await connect()
        client.say(f"POST {path} HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 26")
        assert (await client.reader.readline()).startswith(b"HTTP/1.1 100 ")  # it is waiting for the body now
        client.writer.close()
        await client.writer.wait_closed()
        assert (await answered(connect, HEALTH)).endswith("ok\n")
    assert statuses(app) == ACTIVE
    assert caplog.records == []


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Content-Length: 5000"], b""),
        (["Transfer-Encoding: chunked"], b"1400\r\n" + b"x" * 0x1400),
    ],
    ids=["announced", "in chunks"],
)
async def test_more_body_than_a_form_needs_is_refused_and_changes_nothing(app, lines, body):
    path = unsubscribe_path(app, "members")
    async with open_to(app) as connect:
        client = await connect()
        client.say(f"POST {path} HTTP/1.1", "Host: x", *lines, body=body)
        answer = await client.heard()
    assert answer.startswith("HTTP/1.1 413 ")
    assert has_security_headers(answer)
    assert statuses(app) == ACTIVE


async def test_an_answer_waits_for_the_rest_of_its_request(app):
    async with open_to(app) as connect:
        client = await connect()
        client.say("POST /nowhere HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 4")
        assert (await client.reader.readline()).startswith(b"HTTP/1.1 100 ")
        await client.reader.readline()
        client.writer.write(b"four")
        assert (await client.heard()).startswith("HTTP/1.1 404 ")


async def test_a_client_that_does_not_take_its_answer_is_left(app, monkeypatch):
    big = "x" * 20_000_000  # more than the system keeps for it
    monkeypatch.setattr(type(app.renderer), "page", lambda *_, **__: big)
    async with open_to(app, answer=SOON, head=5 * SOON) as connect:
        client = await connect()
        client.say("GET /sample HTTP/1.1", "Host: x")
        assert (await client.reader.readline()).startswith(b"HTTP/1.1 200 ")
        client.writer.transport.pause_reading()
        assert (await answered(connect, b"")).startswith("HTTP/1.1 408 ")  # so that its time is up
        client.writer.transport.resume_reading()
        assert 0 < len(await client.heard()) < len(big)
        monkeypatch.undo()
        assert (await answered(connect, HEALTH)).endswith("ok\n")


async def test_where_all_places_are_taken_the_one_waited_for_longest_goes_and_who_asks_is_served(app):
    async with open_to(app, connections=4) as connect:
        with capture_logs() as logs:
            first, *others = [await connect() for _ in range(4)]
            for client in (first, *others):
                client.writer.write(HEALTH[:-2])
            for _ in range(3):  # a place that is freed is free
                assert (await answered(connect, HEALTH)).endswith("ok\n")
            assert await first.heard() == ""
        for client in others:
            client.writer.write(b"\r\n")
            assert (await client.heard()).endswith("ok\n")
    assert [(entry["log_level"], entry["limit"], entry["closed"]) for entry in logs] == [("warning", 4, 1)]


async def test_whoever_is_being_answered_keeps_the_place_and_the_next_is_told_to_come_again(app, monkeypatch):
    at_work, go_on = threading.Semaphore(0), threading.Event()
    page = type(app.renderer).page

    def slow(*arguments, **values):
        at_work.release()
        assert go_on.wait(60)
        return page(*arguments, **values)

    monkeypatch.setattr(type(app.renderer), "page", slow)
    async with open_to(app, connections=2) as connect:
        clients = [await connect() for _ in range(2)]
        try:
            for client in clients:
                client.writer.write(b"GET /sample HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in clients:
                assert await asyncio.to_thread(at_work.acquire, timeout=60)
            refused = await (await connect()).heard()
        finally:
            go_on.set()
        assert refused.startswith("HTTP/1.1 503 Service Unavailable\r\n")
        assert has_security_headers(refused)
        for client in clients:
            assert (await client.heard()).startswith("HTTP/1.1 200 ")


async def test_stopping_waits_for_no_client(app):
    async with asyncio.timeout(20):
        async with serving(app, Limits(connections=50, head=60, body=60, answer=60)) as address:
            port = int(address.rpartition(":")[2])
            nothing, half = [Client(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(2)]
            half.say("POST /unsubscribe/x HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 9")
            assert (await half.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        assert (await nothing.heard(), await half.heard()) == ("", "")
    for client in (nothing, half):
        client.writer.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\0\xff garbage\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",  # without Host
        b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"GET /" + b"a" * 20_000,
        b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000,
    ],
    ids=[
        "garbage",
        "no host",
        "nul",
        "two lengths",
        "signed",
        "space",
        "no coding",
        "long path",
        "long field",
    ],
)
async def test_what_is_no_request_is_told_so_once(app, request_bytes):
    async with open_to(app) as connect:
        answer = await answered(connect, request_bytes)
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith("\r\n\r\nBad Request\n")
    assert answer.count("HTTP/1.1") == 1
    assert has_security_headers(answer)


@pytest.mark.parametrize(
    "more",
    [HEALTH * 20, b"\0\xff garbage" * 1000, b"0\r\n\r\n" + HEALTH],
    ids=["requests", "garbage", "the end of a body that was none"],
)
async def test_a_connection_has_one_request_whatever_follows_it(app, more):
    async with open_to(app) as connect:
        answer = await answered(connect, HEALTH + more)
    assert (answer.count("HTTP/1.1"), answer.endswith("ok\n")) == (1, True)
    assert fields(answer)["connection"] == "close"


async def test_a_request_hidden_in_a_body_of_two_lengths_is_not_read(app):
    path = unsubscribe_path(app, "members")
    hidden = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()
    async with open_to(app) as connect:
        client = await connect()
        client.say(
            "POST /sample HTTP/1.1",
            "Host: x",
            f"Content-Length: {5 + len(hidden)}",
            "Transfer-Encoding: chunked",
            body=b"0\r\n\r\n" + hidden,
        )
        assert (await client.heard()).count("HTTP/1.1") == 1
    assert statuses(app) == ACTIVE


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("GET /health HTTP/1.0", 200),
        ("GET /health/ HTTP/1.1", 404),
        ("GET /sample/ HTTP/1.1", 404),
        ("GET //evil.example/%2e%2e HTTP/1.1", 404),
        ("GET http://evil.example/health HTTP/1.1", 404),
        ("GET /view/%00 HTTP/1.1", 404),
        ("GET /view/..%2f..%2fconfig.toml HTTP/1.1", 404),
        ("GET /item/%0d%0aSet-Cookie:%20a=b.ics HTTP/1.1", 404),
        (f"GET /view/{'A' * 15_000} HTTP/1.1", 404),
        ("OPTIONS * HTTP/1.1", 404),
    ],
)
async def test_no_path_leads_anywhere_else(app, line, code):
    async with open_to(app) as connect:
        answer = await answered(connect, f"{line}\r\nHost: evil.example\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {code} ")
    assert "evil" not in answer
    assert not {"location", "server", "set-cookie"} & set(fields(answer))
    assert has_security_headers(answer)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"])
async def test_a_method_that_is_not_known_is_told_those_that_are(app, method):
    path = unsubscribe_path(app, "members")
    async with open_to(app) as connect:
        override = "X-HTTP-Method-Override: POST"
        answer = await answered(connect, f"{method} {path} HTTP/1.1\r\nHost: x\r\n{override}\r\n\r\n".encode())
        health = await answered(connect, f"{method} /health HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith("HTTP/1.1 405 ")
    assert has_security_headers(answer)
    assert (fields(answer)["allow"], fields(health)["allow"]) == ("get, head, post", "get, head")
    assert statuses(app) == ACTIVE


@pytest.mark.parametrize("path", ["/health", "/sample", "/nowhere", "/view/x"])
async def test_head_is_answered_as_get_without_the_body(app, path):
    async with open_to(app) as connect:
        got, headed = [
            await answered(connect, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            for method in ("GET", "HEAD")
        ]
    assert headed.endswith("\r\n\r\n")
    assert fields(headed) | {"date": ""} == fields(got) | {"date": ""}
    assert int(fields(headed)["content-length"]) == len(got.partition("\r\n\r\n")[2].encode())


async def test_an_upgrade_is_not_made(app):
    async with open_to(app) as connect:
        fields_ = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13"
        answer = await answered(connect, f"GET /health HTTP/1.1\r\nHost: x\r\n{fields_}\r\n\r\n".encode())
    assert answer.startswith("HTTP/1.1 200 ")


async def test_a_form_in_pieces_is_taken(app):
    path = unsubscribe_path(app, "members")
    async with open_to(app) as connect:
        client = await connect()
        client.say(f"POST {path} HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 26")
        assert (await client.reader.readline()).startswith(b"HTTP/1.1 100 ")
        await client.reader.readline()
        client.writer.write(b"List-Unsubscribe=One-Click")
        assert (await client.heard()).startswith("HTTP/1.1 200 ")
    assert statuses(app) == LEFT_MEMBERS


@pytest.mark.parametrize(("files", "most"), [(128, 16), (256, 64), (512, 256), (1024, 512), (20_000, 512)])
def test_the_descriptors_that_a_process_may_have_tell_how_many_connections_it_takes(monkeypatch, files, most):
    monkeypatch.setattr("resource.getrlimit", lambda _: (files, 20_000))
    assert Limits.for_this_process().connections == most
