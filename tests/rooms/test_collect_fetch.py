import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.collect import NotModified, Validators, Web, parse
from digest.collect.fetch import fetch
from digest.collect.resolve import resolve
from digest.config import Config, SourceConfig
from digest.errors import SourceError

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NETWORK = {"network": {"name": "Growers"}, "sender": {"email": "digest@example.org"}}


@pytest.fixture
def config(tmp_path):
    return Config.model_validate(NETWORK).model_copy(update={"base": tmp_path})


@asynccontextmanager
async def serving(*answers):
    """A real HTTP server on the loopback that gives these answers in turn; yields its address and the requests."""
    requests, waiting = [], list(answers)

    async def answer(reader, writer):
        requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(waiting.pop(0))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


def reply(status, body=b"", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_a_file_beside_config_toml_is_read(config, tmp_path):
    (tmp_path / "posts.txt").write_text("Taps\n\nAdded by Joan\n\nSix.\n")
    source = SourceConfig(name="network", kind="export", path=Path("posts.txt"))
    fetched = await fetch(source, config)
    assert not isinstance(fetched, NotModified)
    assert [found.title for found in parse(source, fetched, around=NOW).found] == ["Taps"]


async def test_a_folder_is_read_in_the_order_of_its_names_and_nothing_but_markdown(config, tmp_path):
    for name in ("events/b.md", "events/a/z.md", "events/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    source = SourceConfig(name="events", kind="folder", path=Path("events"))
    fetched = await fetch(source, config)
    assert not isinstance(fetched, NotModified)
    assert [found.key for found in parse(source, fetched, around=NOW).found] == ["a/z", "b"]


@pytest.mark.parametrize(
    ("kind", "path", "message"),
    [
        ("export", "missing.txt", "source network: .*missing.txt does not exist; paths are relative to config.toml"),
        ("export", "here", "source network: .*here is a folder; name the file in it"),
        ("folder", "missing", "source network: the folder .*missing does not exist"),
        ("folder", "here/file.txt", "source network: .*file.txt is a file; name the folder"),
    ],
)
async def test_a_place_that_cannot_be_read_is_named(config, tmp_path, kind, path, message):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "file.txt").write_text("x")
    with pytest.raises(SourceError, match=message):
        await fetch(SourceConfig(name="network", kind=kind, path=Path(path)), config)


async def test_a_folder_has_no_address(config):
    with pytest.raises(SourceError, match="give it a path instead of a url"):
        await fetch(SourceConfig(name="events", kind="folder", url="https://example.org/"), config)


async def test_an_address_is_fetched_and_then_asked_only_for_changes(config):
    first = reply(
        "200 OK", b"hello", 'ETag: "7"', "Last-Modified: Fri, 20 Nov 2026 09:00:00 GMT", "Content-Type: text/x"
    )
    async with serving(first, reply("304 Not Modified")) as (url, requests):
        source = SourceConfig(name="page", kind="export", allow_private=True, url=f"{url}/posts.txt")
        fetched = await fetch(source, config)
        assert not isinstance(fetched, NotModified)
        (page,) = fetched.documents
        assert (page.name, page.content, page.content_type) == ("posts.txt", b"hello", "text/x")
        assert fetched.validators == Validators(etag='"7"', last_modified="Fri, 20 Nov 2026 09:00:00 GMT")
        assert isinstance(await fetch(source, config, fetched.validators), NotModified)
        assert "if-none-match" not in requests[0].lower()
        assert 'If-None-Match: "7"' in requests[1]
        assert "If-Modified-Since: Fri, 20 Nov 2026 09:00:00 GMT" in requests[1]


async def test_a_redirect_is_followed_and_the_final_address_kept(config):
    async with serving(reply("302 Found", b"", "Location: /new.txt"), reply("200 OK", b"x")) as (url, _):
        fetched = await fetch(
            SourceConfig(name="page", kind="export", allow_private=True, url=f"{url}/old.txt"), config
        )
        assert not isinstance(fetched, NotModified)
        assert fetched.documents[0].url == f"{url}/new.txt"


PAGE = b"""<script type="application/ld+json">
{"@type": "JobPosting", "title": "Ranger", "description": "<a href='#a'>x</a>"}
</script>"""
FEED = b"<rss version='2.0'><channel><item><title>A</title><link>#a</link></item></channel></rss>"


@pytest.mark.parametrize(("kind", "content"), [("vacancies", PAGE), ("feed", FEED), ("vacancies", FEED)])
async def test_no_link_leads_to_an_address_with_a_key_in_its_query(config, kind, content):
    async with serving(reply("200 OK", content)) as (url, _):
        source = SourceConfig(name="page", kind=kind, allow_private=True, url=f"{url}/jobs?key=hush")
        fetched = await fetch(source, config)
        (found,) = parse(source, fetched, around=NOW).found
        item = resolve(found, source=source, first_seen_at=NOW, zone=NOW.tzinfo)
    assert "hush" not in repr((fetched.documents[0].url, found, item))
    assert item.url is None or item.url == f"{url}/jobs#a"


@pytest.mark.parametrize("kind", ["vacancies", "feed", "calendar", "export"])
async def test_what_cannot_be_read_is_told_without_the_query_of_its_address(config, kind):
    async with serving(reply("200 OK", b"<html><body>nothing</body></html>")) as (url, _):
        source = SourceConfig(name="page", kind=kind, allow_private=True, url=f"{url}/jobs?key=hush")
        fetched = await fetch(source, config)
        with pytest.raises(SourceError, match=r"source page: .*jobs") as caught:
            parse(source, fetched, around=NOW)
    assert "hush" not in str(caught.value)


async def at_once(_seconds):
    """A wait that takes no time."""


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (reply("404 Not Found"), "source page: .*answered 404 Not Found"),
        (b"garbage\r\n\r\n", "cannot be fetched"),
        (b"", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive", "cannot be fetched"),
        (reply("302 Found", b"", "Location: ftp://example.org/"), "cannot be fetched"),
    ],
)
async def test_an_unusable_answer_is_told_with_its_source_and_address(config, answer, message):
    async with serving(answer) as (url, _):
        source = SourceConfig(name="page", kind="export", allow_private=True, url=url)
        with pytest.raises(SourceError, match=message) as caught:
            await fetch(source, config, web=Web(sleep=at_once))
        assert url in str(caught.value)


async def test_nobody_listening_is_told(config):
    async with serving() as (url, _):
        pass
    with pytest.raises(SourceError, match=r"source page: .* cannot be fetched: nobody answers at that"):
        await fetch(
            SourceConfig(name="page", kind="export", allow_private=True, url=url), config, web=Web(sleep=at_once)
        )


async def test_a_file_that_is_too_large_is_not_read(config, tmp_path):
    (tmp_path / "posts.txt").write_bytes(b"x" * 1001)
    source = SourceConfig(name="network", kind="export", path=Path("posts.txt"), max_bytes=1000)
    with pytest.raises(SourceError, match="is larger than 1 kB; raise max_bytes"):
        await fetch(source, config)


async def test_a_file_of_a_folder_that_is_too_large_costs_no_other(config, tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events/large.md").write_bytes(b"x" * 1001)
    (tmp_path / "events/small.md").write_text("# Taps\n")
    source = SourceConfig(name="events", kind="folder", path=Path("events"), max_bytes=1000)
    fetched = await fetch(source, config)
    assert not isinstance(fetched, NotModified)
    parsed = parse(source, fetched, around=NOW)
    assert [found.key for found in parsed.found] == ["small"]
    assert parsed.unreadable == ("large.md: it is larger than 1 kB; raise max_bytes",)


async def test_hidden_files_of_a_folder_are_nobodys_items(config, tmp_path):
    for name in ("walk.md", ".walk.md", "._walk.md", ".git/readme.md", "spring/.talk.md"):
        (tmp_path / "events" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "events" / name).write_text("# Walk\n")
    fetched = await fetch(SourceConfig(name="events", kind="folder", path=Path("events")), config)
    assert not isinstance(fetched, NotModified)
    assert ([one.name for one in fetched.documents], fetched.unreadable) == (["walk.md"], ())


async def test_a_link_in_a_folder_leads_to_a_file_of_it_or_is_told(config, tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("# Secret\n")
    (folder / "walk.md").write_text("# Walk\n")
    (folder / "again.md").symlink_to("walk.md")
    (folder / "nowhere.md").symlink_to("missing.md")
    (folder / "out.md").symlink_to(tmp_path / "secret.txt")
    (folder / "round.md").symlink_to("round.md")
    fetched = await fetch(SourceConfig(name="events", kind="folder", path=Path("events")), config)
    assert not isinstance(fetched, NotModified)
    assert [one.name for one in fetched.documents] == ["again.md", "walk.md"]
    assert [str(one) for one in fetched.unreadable] == [
        "nowhere.md: it is a link that leads nowhere (put the file itself there)",
        "out.md: it is a link that leads out of the folder (put the file itself there)",
        "round.md: it is a link that leads nowhere (put the file itself there)",
    ]


async def test_a_folder_of_which_no_file_can_be_read_is_refused(config, tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events/large.md").write_bytes(b"x" * 1001)
    source = SourceConfig(name="events", kind="folder", path=Path("events"), max_bytes=1000)
    fetched = await fetch(source, config)
    assert not isinstance(fetched, NotModified)
    with pytest.raises(SourceError, match=r"source events: large\.md: it is larger than 1 kB; raise max_bytes"):
        parse(source, fetched, around=NOW)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("closed", ["b.md", "b"])
async def test_what_may_not_be_read_in_a_folder_is_told(config, tmp_path, closed):
    for name in ("events/a.md", f"events/{closed}/c.md" if closed == "b" else f"events/{closed}"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Taps\n")
    (tmp_path / "events" / closed).chmod(0)
    source = SourceConfig(name="events", kind="folder", path=Path("events"))
    fetched = await fetch(source, config)
    (tmp_path / "events" / closed).chmod(0o700)
    assert not isinstance(fetched, NotModified)
    assert [document.name for document in fetched.documents] == ["a.md"]
    (problem,) = fetched.unreadable
    assert problem.where.endswith(closed)
    assert "it cannot be read: Permission denied" in problem.what
