"""What crosses the line to a process that reads: no secrets one way, nothing that is believed unseen the other way."""

import json
import socket
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_processes import NOW, export, task

from digest.collect.evidence import answered, learned
from digest.collect.found import Wording
from digest.collect.reading.checked import GarbledError, unpack_end, unpack_items
from digest.collect.reading.line import GivenUpError, GoneError, Line, TooLargeError, TooLateError
from digest.collect.reading.task import Read, read
from digest.collect.reading.wire import HEAD, Frame, pack, pack_read, pack_task
from digest.model import Kind, Post

TASK = task(export(1))
ITEM = Post(source="posts", key="1", title="Hedges", first_seen_at=NOW)
PLAIN = {"source": "posts", "key": "1", "title": "Hedges", "kind": "post", "first_seen_at": NOW.isoformat()}
EVENT = {"kind": "event", "starts_at": "2026-12-01T19:00:00Z"}


def unpacked(*items, first_seen=None):
    return unpack_items(json.dumps(items).encode(), TASK, first_seen or {})


def frames(found, grown=0):
    """Each frame's kind and payload."""
    return [(Frame(HEAD.unpack(frame[: HEAD.size])[0]), frame[HEAD.size :]) for frame in pack_read(found, grown)]


@pytest.mark.parametrize("kind", ["table", "feed"])
def test_no_address_is_handed_on(kind):
    asked = task(
        "{}", kind=kind, url="postgresql://digest:hunter2@db/site" if kind == "table" else "https://x.test/hunter2"
    )
    assert asked.source.url is not None
    assert b"hunter2" not in pack_task(asked)


def test_items_arrive_as_they_were_sent():
    found = read(task(export(30)))
    (kind, payload), (end, last) = frames(found, grown=5)
    assert (kind, unpack_items(payload, TASK, {})) == (Frame.ITEMS, found.items)
    assert (end, unpack_end(last)) == (Frame.END, ((), 5))


def test_answers_are_learned_from_only_where_words_are_weighed():
    wording = Wording(
        source="posts", key="9", title="Rota", text="", author=None, categories=(), seen=NOW.date(), language="en-GB"
    )
    answers = (answered(post=wording, kind=Kind.VACANCY),)
    calendar = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T190000Z\r\n"
    calendar += b"SUMMARY:Hedges\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    learned.cache_clear()
    assert read(replace(task(calendar, kind="calendar"), answers=answers)).items
    assert learned.cache_info().misses == 0
    read(replace(TASK, answers=answers))
    assert learned.cache_info().misses == 1


def test_many_items_come_in_several_frames():
    found = Read(items=tuple(replace(ITEM, key=str(n), text="Hedges. " * 50_000) for n in range(6)))
    kinds = [kind for kind, _ in frames(found)]
    assert kinds == [Frame.ITEMS] * 2 + [Frame.END]


def test_half_a_character_costs_a_question_mark_and_no_more():
    ((_, payload), _) = frames(Read(items=(replace(ITEM, title="Hed\ud83cges"),)))
    assert unpack_items(payload, TASK, {})[0].title == "Hed?ges"


def test_whose_item_it_is_and_what_an_editor_says_of_it_is_not_the_readings_to_say():
    taken_over = {"source": "minutes", "first_seen_at": "1999-01-01T00:00:00Z", "pinned": True, "note": "Buy!"}
    taken_over |= {"hidden": True, "withdrawn": True, "replaces": ["2"]}
    taken_over |= {"origins": [{"field": "title", "source": "minutes", "key": "2"}]}
    assert unpacked(PLAIN | taken_over) == (replace(ITEM, first_seen_at=NOW),)
    earlier = NOW.replace(month=3)
    assert unpacked(PLAIN, first_seen={"1": earlier})[0].first_seen_at == earlier


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x80\x04N.",
        b"[1]",
        b'{"items": []}',
        json.dumps([PLAIN | {"published_at": "2026-11-23T08:00:00"}]).encode(),
        json.dumps([PLAIN | EVENT | {"dates": ["2026-12-01T19:00:00"]}]).encode(),
        json.dumps([PLAIN | {"kind": "edition"}]).encode(),
        json.dumps([PLAIN | {"title": ["Hedges"]}]).encode(),
    ],
)
def test_what_is_no_item_is_not_taken_for_one(payload):
    with pytest.raises(GarbledError):
        unpack_items(payload, TASK, {})


@pytest.mark.parametrize("payload", [b"", b"[]", b'[["x"], "much"]', b"[[1], 2]"])
def test_what_is_no_end_is_not_taken_for_one(payload):
    with pytest.raises(GarbledError):
        unpack_end(payload)


def test_of_many_complaints_the_first_are_kept():
    lines, _ = unpack_end(json.dumps([["x" * 1_000_000] * 50, 0]).encode())
    assert (len(lines), len(lines[0])) == (30, 10_000)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def line(end, *, seconds=60.0, stopping=lambda: False):
    return Line(end, seconds=seconds, stopping=stopping)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (struct.pack(">BI", 99, 0), GarbledError),
        (struct.pack(">BI", Frame.ITEMS, 1 << 31), TooLargeError),
        (pack(Frame.ITEMS, b"x" * 101), TooLargeError),
        (pack(Frame.ITEMS, b"x" * 50)[:-1], GoneError),
        (b"", GoneError),
    ],
)
def test_an_answer_of_the_wrong_kind_or_size_or_half_an_answer_is_none(ends, sent, error):
    ours, theirs = ends
    theirs.sendall(sent)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(error):
        line(ours).receive(100)


def test_who_says_little_by_little_is_not_waited_for_longer(ends):
    ours, theirs = ends
    theirs.sendall(pack(Frame.ITEMS, b"x" * 50)[:-1])
    with pytest.raises(TooLateError):
        line(ours, seconds=0.05).receive(100)


def test_who_does_not_listen_is_given_up_when_that_is_wanted(ends):
    ours, _ = ends
    looks = iter([False] * 20)
    with pytest.raises(GivenUpError):
        line(ours, stopping=lambda: next(looks, True)).send(b"x" * 50_000_000)


ENTRIES = [
    ("Museum Technician", "The Salt Museum is looking for a technician, £13.10 an hour. Apply by 18 December 2026."),
    ("Winter lecture", "Join us at the Grain Hall on Thursday 10 December 2026 from 7pm. All welcome."),
    ("A steward for the summer", "The committee is looking for a steward. Talk to Ada by 15 January."),
    ("What we did with the pumps", "Last month forty of us met at the museum. Thank you to everyone who came."),
    ("Winter lecture", "The lecture was full. Thank you for the cake."),
]


@given(st.permutations(range(len(ENTRIES))))
@settings(deadline=None)
def test_the_order_of_entries_changes_no_item(order):
    def items(numbers):
        entries = "".join(
            f"<item><guid>{n}</guid><title>{ENTRIES[n][0]}</title><description>{ENTRIES[n][1]}</description></item>"
            for n in numbers
        )
        answer = answered(
            post=Wording(
                source="posts",
                key="2",
                title=ENTRIES[2][0],
                text=ENTRIES[2][1],
                author=None,
                categories=(),
                seen=NOW.date(),
                language="en-GB",
            ),
            kind=Kind.VACANCY,
        )
        feed = task(f"<rss version='2.0'><channel>{entries}</channel></rss>", kind="feed")
        return {item.key: item for item in read(replace(feed, answers=(answer,))).items}

    assert items(order) == items(range(len(ENTRIES)))
    assert len(items(order)) == len(ENTRIES)
