"""One click on the real server: read by itself, answered alike; and a crowd, noted first and carried out then."""

import asyncio
import re
import socket
import threading
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import pytest
from people_pages import everything_kept, opened, statuses, unsubscribe_path
from structlog.testing import capture_logs

from digest.core import people as verbs
from digest.errors import StoreError
from digest.model import BY_LINK, ITSELF, CampaignStatus
from digest.store import campaigns, outbox, people
from digest.store.outbox import Leaving
from digest.store.people import Status
from digest.web import serving
from digest.web.together import Later, Together

MANY = [f"p{number}@example.org" for number in range(45)]
BODY = b"List-Unsubscribe=One-Click"


@pytest.fixture
def app(tmp_path, now, empty_store):
    with opened(tmp_path, now, MANY) as app:
        yield app


def request(path):
    head = f"POST {path} HTTP/1.1\r\nHost: digest.example.org\r\nContent-Length: {len(BODY)}\r\n\r\n"
    return head.encode() + BODY


async def connected(address):
    return await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))


async def posted(address, data):
    reader, writer = await connected(address)
    writer.write(data)
    return await heard(reader, writer)


async def heard(reader, writer):
    answer = await asyncio.wait_for(reader.read(-1), 30)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return answer.decode()


class Held:
    """Writing that waits until it is let."""

    def __init__(self, monkeypatch):
        self.begun, self.let = threading.Event(), threading.Event()
        self._write = verbs.unsubscribe_all
        monkeypatch.setattr("digest.core.people.unsubscribe_all", self)

    def __call__(self, *arguments, **named):
        self.begun.set()
        assert self.let.wait(30)
        return self._write(*arguments, **named)


def left(app):
    return [address for address in MANY if statuses(app, address)["members"] is Status.UNSUBSCRIBED]


def leavings(app, *addresses):
    with app.store.read() as connection:
        members = people.known_lists(connection)["members"]
        return [
            Leaving(subscriber_id=people.find(connection, address)[0], list_ids=(members,)) for address in addresses
        ]


def planned(app):
    """A campaign to all of them."""
    with app.store.write() as connection:
        values = {"name": "notice", "digest": "announcement", "period": "1", "list_names": ["members"]}
        status = CampaignStatus.SENDING
        campaign = campaigns.create(connection, by=ITSELF, status=status, now=app.now, rendered="", **values)
        outbox.plan_deliveries(connection, campaign, app.now)
    return campaign


def due(app, campaign):
    return {one.recipient.address for one in outbox.due(app.store, campaign, app.now)}


async def test_it_is_answered_as_one_that_goes_the_way_of_every_request(app):
    paths = [unsubscribe_path(app, "members", address=address) for address in MANY[:2]]
    async with serving(app) as address:
        by_itself, by_h11 = [await posted(address, request(path)) for path in (paths[0], f"{paths[1]}?as=others")]
    assert by_itself.startswith("HTTP/1.1 200 OK\r\n")
    assert re.sub(r"date: .+?\r\n", "", by_itself) == re.sub(r"date: .+?\r\n", "", by_h11)
    assert left(app) == MANY[:2]


@pytest.mark.sqlite
async def test_it_is_answered_once_whatever_is_said_meanwhile(app, monkeypatch):
    held = Held(monkeypatch)
    async with serving(app) as address:
        reader, writer = await connected(address)
        writer.write(request(unsubscribe_path(app, "members", address=MANY[0])))
        await asyncio.to_thread(held.begun.wait, 30)
        writer.write(b"\0 garbage \r\n\r\n")
        await posted(address, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")  # by when the server has heard it
        held.let.set()
        answer = await heard(reader, writer)
    assert (answer.count("HTTP/1.1"), answer[:12]) == (1, "HTTP/1.1 200")


@pytest.mark.sqlite
async def test_a_server_that_ends_answers_first(app, monkeypatch):
    held = Held(monkeypatch)
    async with AsyncExitStack() as server:
        address = await server.enter_async_context(serving(app))
        reader, writer = await connected(address)
        writer.write(request(unsubscribe_path(app, "members", address=MANY[0])))
        await asyncio.to_thread(held.begun.wait, 30)
        ended = asyncio.create_task(server.aclose())
        await refused(address)
        held.let.set()
        answer = await heard(reader, writer)
        await ended
    assert answer.startswith("HTTP/1.1 200 ")


async def refused(address):
    """Once nobody can connect any more: whoever connected in that moment would be dropped by asyncio with a warning."""
    async with asyncio.timeout(30):
        while True:
            with socket.socket() as other:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with suppress(OSError):  # which it is while somebody listens there
                    other.bind(("127.0.0.1", int(address.rpartition(":")[2])))
                    return
            await asyncio.sleep(0)


@pytest.mark.sqlite
async def test_who_goes_before_the_answer_has_left_and_is_no_trouble(app, monkeypatch, caplog):
    held = Held(monkeypatch)
    async with serving(app) as address:
        for one in MANY[:8]:
            held.begun.clear()
            _, writer = await connected(address)
            writer.write(request(unsubscribe_path(app, "members", address=one)))
            await writer.drain()
            if one == MANY[0]:
                await asyncio.to_thread(held.begun.wait, 30)
            await posted(address, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")  # by when the server has heard it
            writer.transport.abort()
        await posted(address, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        held.let.set()
    assert left(app) == MANY[:8]
    assert caplog.records == []


@pytest.mark.sqlite
async def test_one_that_is_hidden_in_the_body_of_another_request_is_not_read(app):
    hidden = request(unsubscribe_path(app, "members", address=MANY[0]))
    async with serving(app) as address:
        reader, writer = await connected(address)
        head = f"POST /sample HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {len(hidden)}\r\n\r\n"
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(hidden)
        answer = await heard(reader, writer)
    assert (answer.count("HTTP/1.1"), left(app)) == (1, [])


async def test_one_that_is_forged_is_told_so_by_the_page_and_changes_nothing(app):
    path = unsubscribe_path(app, "members", address=MANY[0])
    before = everything_kept(app)
    async with serving(app) as address:
        answer = await posted(address, request(path[:-4] + "AAAA"))
    assert answer.startswith("HTTP/1.1 404 ")
    assert everything_kept(app) == before


@pytest.mark.parametrize("error", [StoreError("full"), ValueError("a mistake")], ids=["the store", "ours"])
async def test_one_that_cannot_be_carried_out_is_told_so_and_written_to_the_log(app, monkeypatch, error):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr("digest.core.people.unsubscribe_all", refuse)
    async with serving(app) as address:
        with capture_logs() as logs:
            answer = await posted(address, request(unsubscribe_path(app, "members", address=MANY[0])))
    assert answer.startswith("HTTP/1.1 500 ")
    assert "cache-control: no-store" in answer
    assert answer.endswith("please try again later.\n")
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert left(app) == []


@pytest.mark.parametrize("crowd", [0, 1000], ids=["noted", "at once"])
async def test_a_crowd_has_left_once_the_server_ends_and_is_put_down_as_each_would_be_alone(app, monkeypatch, crowd):
    monkeypatch.setattr("digest.web.together._CROWD", crowd)
    monkeypatch.setattr("digest.store.outbox.leaving._IN_A_NOTE", 1)  # which takes a while
    campaign = planned(app)
    async with serving(app) as address:
        paths = [unsubscribe_path(app, "members", address=one) for one in MANY]
        answers = await asyncio.gather(*(posted(address, request(path)) for path in paths))
    assert {answer[:12] for answer in answers} == {"HTTP/1.1 200"}
    assert left(app) == MANY
    assert due(app, campaign) == set()
    kept = everything_kept(app)
    assert len(kept["journal"]) == len(MANY)
    assert not [row for row in kept["settings"] if "leaving" in row]
    assert len([row for row in kept["activity"] if "'unsubscribe'" in row]) == len(MANY)


async def test_who_waits_for_the_end_as_a_part_is_just_carried_out_waits_for_the_rest_too(monkeypatch):
    monkeypatch.setattr("digest.web.together._CROWD", 0)
    parts = [1, 2, 3]
    together = Together(list, Later(note=list, carry_out=lambda: bool(parts and parts.pop())))
    await together.ask("one")
    while together._is_writing():  # noqa: ASYNC110  (looked at in each turn of the loop)
        await asyncio.sleep(0)
    await together.finish()  # before what follows that part was called
    assert parts == []


@pytest.mark.parametrize("noted", [False, True], ids=["at once", "noted"])
def test_what_is_noted_is_carried_out_as_what_is_not(app, now, noted):
    campaign = planned(app)
    two = leavings(app, *MANY[:2])
    if noted:
        verbs.note_leavings(app, two, now)
        assert left(app) == []
        assert [verbs.carry_out_leavings(app) for _ in range(2)] == [True, False]
    else:
        verbs.unsubscribe_all(app, two, now, by=BY_LINK)
    assert left(app) == MANY[:2]
    with app.store.read() as connection:
        journal = [people.journal_of(connection, address)[-1] for address in MANY[:2]]
    assert {(one.at, one.verb, one.list_name, one.how) for one in journal} == {(now, "unsubscribe", "members", "link")}
    assert due(app, campaign) == set(MANY[2:])


def test_nobody_who_is_noted_is_mailed_though_the_server_that_noted_it_is_gone(app, now):
    campaign = planned(app)
    verbs.note_leavings(app, leavings(app, *MANY[:40]), now)
    assert due(app, campaign) == set(MANY[40:])
    assert left(app) == MANY[:40]


async def test_a_server_begins_with_what_another_has_noted(app, now):
    verbs.note_leavings(app, leavings(app, MANY[0]), now)
    async with serving(app):
        assert left(app) == MANY[:1]


def test_who_came_back_after_what_is_noted_stays(app, now):
    one, other = leavings(app, *MANY[:2])
    verbs.unsubscribe_all(app, [one], now, by=BY_LINK)
    verbs.note_leavings(app, [one, other], now)
    with app.store.write() as connection:
        people.come_back(connection, one.subscriber_id, one.list_ids[0], now + timedelta(seconds=1))
    verbs.carry_out_leavings(app)
    assert left(app) == MANY[1:2]
