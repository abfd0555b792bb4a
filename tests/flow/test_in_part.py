"""A file, row or event that cannot be read costs nothing else, is told, and takes nothing back."""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

LISTS = '[[lists]]\nname = "members"'
NEXT_WEEK = "2026-11-30T08:00"

FOLDER = {
    "extra/fair.md": "---\ntitle: Apple fair\nstarts: 2027-01-09 10:00\n---\nPress your own.\n",
    "extra/pots.md": "# Pots to give away\n\nThirty of them.\n",
    "extra/walk.md": "---\ntitle: Winter walk\nstarts: 2027-01-16 10:00\n---\nBoots.\n",
}
TABLE = {
    "extra.csv": "title,starts,body\n"
    "Apple fair,2027-01-09 10:00,Press your own.\n"
    "Pots to give away,,Thirty of them.\n"
    "Winter walk,2027-01-16 10:00,Boots.\n"
}
EVENT = "BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:{1}\r\nDTSTART:{2}\r\nEND:VEVENT\r\n"
CALENDAR = {
    "extra.ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    + EVENT.format("fair", "Apple fair", "20270109T100000Z")
    + EVENT.format("pots", "Pots to give away", "20270112T100000Z")
    + EVENT.format("walk", "Winter walk", "20270116T100000Z")
    + "END:VCALENDAR\r\n"
}


@dataclass(frozen=True)
class Case:
    """A source of one kind, a change that breaks one part of it, and the place that must be told."""

    kind: str
    path: str
    files: Mapping[str, str]
    damage: tuple[str, str, str]  # file, before, after
    place: str


CASES = [
    Case("folder", "extra", FOLDER, ("extra/walk.md", "2027-01-16", "one day"), "walk.md, line 3"),
    Case("table", "extra.csv", TABLE, ("extra.csv", "2027-01-16 10:00", "one day"), "line 4"),
    Case("calendar", "extra.ics", CALENDAR, ("extra.ics", "20270116T", "one day"), '"Winter walk"'),
]


def configure(network, kind, path, files, more=""):
    source = f'[[sources]]\nname = "extra"\nkind = "{kind}"\npath = "{path}"\n{more}'
    network.change("config.toml", LISTS, source + LISTS)
    for name, text in files.items():
        network.write(name, text)


def breaks(network, case):
    network.change(*case.damage)


def mends(network, case):
    name, before, after = case.damage
    network.change(name, after, before)


def collected(network, at=NEXT_WEEK):
    return next(one for one in network.json("collect", "--at", at)["sources"] if one["source"] == "extra")


def state(network):
    return next(one for one in network.json("status")["sources"] if one["source"] == "extra")


def checked(network):
    (one,) = [one for one in network.json("check")["checks"] if one["what"] == "source extra"]
    return one["level"], one["detail"]


def items(network):
    return {one["title"]: one["withdrawn"] for one in network.json("items") if one["source"] == "extra"}


def previewed(network, at=NEXT_WEEK):
    """What of the source a preview shows, and what it complains of."""
    shown = network.json("preview", "weekly", "--at", at, "--out", "out")
    entries = [entry for part in shown["sections"] for group in part["groups"] for entry in group["items"]]
    (told,) = [one["unreadable"] for one in shown["sources"] if one["source"] == "extra"]
    return {entry["title"] for entry in entries if entry["source"] == "extra"}, told


ALL = {"Apple fair", "Pots to give away", "Winter walk"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_what_can_be_read_is_collected_and_what_cannot_is_told_until_it_is_mended(network, case):
    configure(network, case.kind, case.path, case.files)
    breaks(network, case)
    first = collected(network)
    assert (first["new"], first["failed"], first["error"]) == (2, False, None)
    (told,) = first["unreadable"]
    assert case.place in told
    assert items(network) == {"Apple fair": False, "Pots to give away": False}
    assert (state(network)["unreadable"], state(network)["last_error"]) == ([told], None)
    assert checked(network) == ("warn", f"2 items\n{told}")
    for words in (("collect", "--at", NEXT_WEEK), ("status",)):
        done = network.run(*words)
        assert (done.code, f"warning: source extra was read only in part: {told}" in done.err) == (0, True)
    mends(network, case)
    second = collected(network)
    assert (second["new"], second["unchanged"], second["unreadable"]) == (1, 2, [])
    assert state(network)["unreadable"] == []
    assert checked(network) == ("ok", "3 items")
    assert network.run("status").err == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_what_was_collected_before_it_broke_is_not_withdrawn(network, case):
    configure(network, case.kind, case.path, case.files)
    collected(network)
    breaks(network, case)
    titles, (told,) = previewed(network)
    assert (titles, case.place in told) == (ALL, True)
    collected(network)
    assert items(network) == dict.fromkeys(ALL, False)
    assert previewed(network) == (ALL, [told])


def test_nothing_is_withdrawn_until_all_can_be_read_again(network):
    configure(network, "folder", "extra", FOLDER)
    collected(network)
    network.change("extra/walk.md", "2027-01-16", "one day")
    (network.folder / "extra/fair.md").unlink()
    collected(network)
    assert items(network) == dict.fromkeys(ALL, False)
    assert previewed(network)[0] == ALL
    network.change("extra/walk.md", "one day", "2027-01-16")
    collected(network)
    assert items(network) == dict.fromkeys(ALL, False) | {"Apple fair": True}


def test_what_is_listed_again_is_back_though_another_file_is_broken(network):
    configure(network, "folder", "extra", FOLDER)
    collected(network)
    for name in ("extra/fair.md", "extra/pots.md"):
        (network.folder / name).unlink()
    collected(network)
    network.write("extra/fair.md", FOLDER["extra/fair.md"])
    network.change("extra/walk.md", "2027-01-16", "one day")
    assert previewed(network)[0] == {"Apple fair", "Winter walk"}
    collected(network)
    assert items(network) == {"Apple fair": False, "Pots to give away": True, "Winter walk": False}


def test_an_edition_waits_where_the_admin_wants_to_see_what_cannot_be_read(network, sink):
    configure(network, "folder", "extra", FOLDER, 'on_failure = "hold"\n')
    network.change("extra/walk.md", "2027-01-16", "one day")
    done = network.run("send", "weekly", "--at", network.at, "--json")
    assert (done.code, done.json["status"], sink.taken) == (1, "held", [])
    assert done.json["reason"].startswith("source extra was read only in part: walk.md, line 3: ")
    network.change("extra/walk.md", "one day", "2027-01-16")
    assert network.send()["accepted"] == 3


def test_an_edition_goes_out_with_what_can_be_read(network, sink):
    configure(network, "folder", "extra", FOLDER)
    network.change("extra/walk.md", "2027-01-16", "one day")
    told = network.send()
    assert (told["accepted"], [len(one["unreadable"]) for one in told["sources"]]) == (3, [0, 1])
    text = sink.message("ada@example.org").get_body(("plain",)).get_content()
    assert "Apple fair" in text
    assert "Winter walk" not in text


def test_nothing_new_is_recorded_with_what_could_not_be_read(network):
    configure(network, "folder", "extra", FOLDER)
    network.send()
    network.write("extra/late.md", "---\nstarts: 2027-02-01\n---\n")
    told = network.send("2026-12-14T08:00")
    assert told["status"] == "skipped"
    assert told["reason"].startswith("nothing new; source extra was read only in part: late.md: there is no title")


def test_a_source_of_which_nothing_can_be_read_fails(network):
    configure(network, "folder", "extra", {"extra/walk.md": "---\ntitle: [\n---\n", "extra/fair.md": "---\n---\n"})
    done = network.run("collect", "--json")
    failed = done.json["sources"][1]
    assert (done.code, failed["failed"], failed["unreadable"]) == (1, True, [])
    assert [line.partition(".md")[0] for line in failed["error"].splitlines()] == ["source extra: fair", "walk"]


@contextmanager
def serving(body):
    """A real HTTP server that gives a page once and then says that nothing has changed; yields its address."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    addresses = []

    async def answer(reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 304 Not Modified" if b"If-None-Match" in asked else b"HTTP/1.1 200 OK"
        content = b"" if b"304" in head else body
        length = b"Content-Length: %d" % len(content)
        writer.write(b"\r\n".join([head, b'ETag: "1"', b"Content-Type: text/html", length, b"", content]))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def serve():
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", 0))
        addresses.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jobs")
        started.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    started.wait()
    try:
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def test_what_cannot_be_read_is_still_told_when_nothing_has_changed(network):
    script = '<script type="application/ld+json">{}</script>'
    page = script.format('{"@type": "JobPosting", "title": "Ranger"}') + script.format('{"@type": "JobPosting"')
    with serving(page.encode()) as url:
        source = f'[[sources]]\nname = "extra"\nkind = "vacancies"\nurl = "{url}"\nallow_private = true\n'
        network.change("config.toml", LISTS, source + LISTS)
        first, second = collected(network), collected(network)
        done = network.run("collect")
    assert (first["new"], len(first["unreadable"])) == (1, 1)
    assert (second["new"], second["unchanged"], second["unreadable"]) == (0, 1, first["unreadable"])
    assert "not modified, read only in part" in done.out
    assert state(network)["unreadable"] == first["unreadable"]
