"""Pictures of items: fetched once at collection, kept under their hash, and what goes wrong with one costs only it."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from drawn import SVG, claimed, photo, polyglot, text_bomb
from hostile_web import reply, serving

from digest.app import open_app
from digest.config import Config
from digest.core.content import collect
from digest.core.content import pictures as gathering
from digest.core.content.pictures import picture_files
from digest.model import BY_SCHEDULE
from digest.store.content import pictures as picture_store
from digest.store.content.items import load

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ENTRY = "<item><guid>{n}</guid><title>Post {n}</title><link>https://example.org/{n}</link>{more}</item>"


def feed(*addresses: str) -> bytes:
    entries = (
        ENTRY.format(n=n, more=f'<enclosure type="image/jpeg" length="1" url="{one}"/>')
        for n, one in enumerate(addresses)
    )
    return f'<rss version="2.0"><channel><title>t</title>{"".join(entries)}</channel></rss>'.encode()


class Place:
    """A site with a feed and what it answers by path; what is not there is not found."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ")[1]
        self.asked.append(path)
        writer.write(self.answers.get(path, reply("404 Not Found")))
        await writer.drain()


@asynccontextmanager
async def site(*paths: str):
    place = Place()
    async with serving(place.answer) as served:
        place.url = served.url
        place.answers["/feed"] = reply("200 OK", feed(*(one if "//" in one else served.url + one for one in paths)))
        yield place


def config(base, **more) -> Config:
    told = {
        "network": {"name": "Growers", "timezone": "Europe/London"},
        "sender": {"email": "digest@example.org"},
        "smtp": {"host": "embedded"},
        **more,
    }
    return Config.model_validate(told).model_copy(update={"base": base})


def fed(base, place, **more) -> Config:
    source = {"name": "blog", "kind": "feed", "url": f"{place.url}/feed", "allow_private": True}
    return config(base, sources=[source], **more)


@pytest.fixture
def opened():
    with_app = []

    def open_(told: Config):
        manager = open_app(told)
        with_app.append(manager)
        return manager.__enter__()

    yield open_
    for manager in with_app:
        manager.__exit__(None, None, None)


async def collected(app, now=NOW):
    (result,) = await collect(app, now, by=BY_SCHEDULE)
    return result


def kept(app):
    with app.store.read() as connection:
        addresses = [stored.item.image_url for stored in load(connection) if stored.item.image_url]
        return picture_store.pictures_at(connection, addresses)


def files(app) -> set[str]:
    folder = app.mailbox.parent / "pictures"
    return {one.name for one in folder.iterdir()} if folder.is_dir() else set()


async def test_a_picture_is_fetched_once_and_kept_under_the_hash_of_what_was_made_of_it(tmp_path, opened):
    async with site("/a.jpg", "/same.jpg") as place:
        place.answers["/a.jpg"] = place.answers["/same.jpg"] = reply("200 OK", photo(2000, 1500))
        app = opened(fed(tmp_path, place))
        assert (await collected(app)).pictures == ()
        assert (await collected(app, NOW + timedelta(days=9))).pictures == ()
        assert place.asked.count("/a.jpg") == 1
        first, second = kept(app).values()
        assert first == second
        assert files(app) == {first.large.name, first.small.name}
        assert first.large.width == 1200
        assert picture_files(app).read(first.large.name).startswith(b"\xff\xd8\xff")


async def test_a_source_of_hostile_pictures_costs_its_items_their_pictures_alone(tmp_path, opened):
    hostile = {
        "/a.svg": SVG,
        "/b.png": text_bomb(3_000_000),
        "/c.png": claimed(20_000, 20_000),
        "/d.jpg": photo(800, 600)[:2000],
        "/e.jpg": b"<html>",
        "/f.gif": photo(1, 1, "GIF"),
    }
    async with site(*hostile, "/gone.jpg", "/poly.jpg", "/good.jpg") as place:
        for path, content in hostile.items():
            place.answers[path] = reply("200 OK", content, "Content-Type: image/jpeg")
        place.answers["/poly.jpg"] = reply("200 OK", polyglot(), "Content-Type: text/html")
        place.answers["/good.jpg"] = reply("200 OK", photo(500, 400, seed=7))
        app = opened(fed(tmp_path, place))
        result = await collected(app)
    assert (result.error, result.new, result.unreadable) == (None, 9, ())
    told = "\n".join(result.pictures)
    for path, why in {"/a.svg": "no picture", "/c.png": "20,000 x 20,000", "/gone.jpg": "404"}.items():
        assert any(f"{place.url}{path}" in line and why in line for line in result.pictures), told
    assert {one.rpartition("/")[2] for one in kept(app)} >= {"poly.jpg", "good.jpg"}
    assert all(b"script" not in picture_files(app).read(name) for name in files(app))


async def test_what_failed_is_asked_for_again_ever_more_seldom_and_then_no_more(tmp_path, opened):
    async with site("/later.jpg") as place:
        app = opened(fed(tmp_path, place))
        days = [0, 0.5, 1, 2, 3, 6, 7, 15, 30, 60, 89]
        asked = []
        for day in days:
            await collected(app, NOW + timedelta(days=day))
            asked.append(place.asked.count("/later.jpg"))
        assert asked == [1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 5]


async def test_a_picture_that_comes_back_is_shown(tmp_path, opened):
    async with site("/late.jpg") as place:
        app = opened(fed(tmp_path, place))
        assert len((await collected(app)).pictures) == 1
        place.answers["/late.jpg"] = reply("200 OK", photo())
        assert (await collected(app, NOW + timedelta(days=2))).pictures == ()
        assert len(kept(app)) == 1


async def test_a_file_that_was_lost_is_fetched_anew(tmp_path, opened):
    async with site("/a.jpg") as place:
        place.answers["/a.jpg"] = reply("200 OK", photo(2000, 1500))
        app = opened(fed(tmp_path, place))
        await collected(app)
        before = files(app)
        for name in before:
            (app.mailbox.parent / "pictures" / name).unlink()
        await collected(app)
        assert files(app) == before


async def test_no_item_leads_the_fetcher_into_the_private_network(tmp_path, opened):
    async with site("http://127.0.0.2:1/x.jpg", "http://localhost:1/x.jpg", "/moved.jpg", "/meta.jpg") as place:
        place.answers["/moved.jpg"] = reply("302 Found", b"", "Location: http://127.0.0.3:1/x.jpg")
        place.answers["/meta.jpg"] = reply("302 Found", b"", "Location: http://169.254.169.254/latest/x.jpg")
        app = opened(fed(tmp_path, place))
        result = await collected(app)
    assert len(result.pictures) == 4
    assert sum("this machine" in one for one in result.pictures) == 3
    assert sum("metadata" in one for one in result.pictures) == 1
    assert files(app) == set()


async def test_a_picture_that_drips_is_given_up(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(gathering, "_TIMEOUT", timedelta(seconds=0.3))
    forever = asyncio.Event()

    async def drip(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\xff\xd8")
        await writer.drain()
        await forever.wait()

    async with site("/slow.jpg", "/good.jpg") as place:
        answer = place.answer

        async def dripping(head: str, writer: asyncio.StreamWriter) -> None:
            await (drip if "/slow.jpg" in head.split("\r\n", maxsplit=1)[0] else answer)(head, writer)

        place.answers["/good.jpg"] = reply("200 OK", photo())
        async with serving(dripping) as slow:
            place.url = slow.url
            place.answers["/feed"] = reply("200 OK", feed(f"{slow.url}/slow.jpg", f"{slow.url}/good.jpg"))
            app = opened(fed(tmp_path, place))
            result = await collected(app)
    assert len(result.pictures) == 1
    assert "did not answer in full" in result.pictures[0]
    assert len(kept(app)) == 1


async def test_a_picture_without_end_is_cut_off(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(gathering, "_LARGEST", 50_000)
    async with site("/large.jpg") as place:
        place.answers["/large.jpg"] = reply("200 OK", photo() + bytes(60_000))
        result = await collected(opened(fed(tmp_path, place)))
    assert "is larger than 50 kB" in result.pictures[0]


async def test_a_source_that_fails_again_and_again_is_asked_no_more_in_this_collection(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(gathering, "_MOST_FAILURES", 3)
    monkeypatch.setattr(gathering, "_AT_ONCE", 1)
    async with site(*(f"/{n}.jpg" for n in range(30))) as place:
        result = await collected(opened(fed(tmp_path, place)))
        assert len(result.pictures) == 3
        assert sum(one.endswith(".jpg") for one in place.asked) == 3


async def test_a_collection_takes_so_many_and_leaves_the_rest_to_the_next(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(gathering, "MOST", 2)
    async with site(*(f"/{n}.jpg" for n in range(3))) as place:
        for n in range(3):
            place.answers[f"/{n}.jpg"] = reply("200 OK", photo(200, 150, seed=60 * n))
        app = opened(fed(tmp_path, place))
        await collected(app)
        assert len(kept(app)) == 2
        await collected(app)
        assert len(kept(app)) == 3


@pytest.mark.parametrize(("name", "value"), [("SECONDS", -1.0), ("MOST_BYTES", 0)])
async def test_neither_time_nor_bytes_are_without_end(tmp_path, opened, monkeypatch, name, value):
    monkeypatch.setattr(gathering, name, value)
    async with site("/a.jpg") as place:
        place.answers["/a.jpg"] = reply("200 OK", photo())
        result = await collected(opened(fed(tmp_path, place)))
        assert (result.pictures, place.asked) == ((), ["/feed"])


async def test_where_no_picture_is_wanted_none_is_fetched(tmp_path, opened):
    async with site("/a.jpg") as place:
        place.answers["/a.jpg"] = reply("200 OK", photo())
        app = opened(fed(tmp_path, place, brand={"pictures": "none"}))
        await collected(app)
        assert place.asked == ["/feed"]


def written(folder, **files: bytes) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)


async def test_a_file_beside_a_text_is_its_picture_and_another_one_is_seen(tmp_path, opened):
    folder = tmp_path / "diary"
    text = b"---\ntitle: Walk\nstarts: 2026-12-05 10:00\npicture: walk.jpg\npicture_alt: A gate\n---\nCome."
    written(folder, walk__md=text, walk__jpg=photo(600, 400))
    app = opened(config(tmp_path, sources=[{"name": "diary", "kind": "folder", "path": "diary"}]))
    assert (await collected(app)).pictures == ()
    (before,) = kept(app).values()
    written(folder, walk__jpg=photo(500, 400, seed=9))
    await collected(app)
    (after,) = kept(app).values()
    assert (before.large.width, after.large.width) == (600, 500)
    with app.store.read() as connection:
        (stored,) = load(connection)
    assert (stored.item.image_url, stored.item.image_alt) == ("file:diary/walk.jpg", "A gate")


async def test_a_link_out_of_the_folder_is_no_picture(tmp_path, opened):
    written(tmp_path / "diary", walk__md=b"---\ntitle: Walk\npicture: walk.jpg\n---\nCome.")
    (tmp_path / "secret.jpg").write_bytes(photo())
    (tmp_path / "diary" / "walk.jpg").symlink_to(tmp_path / "secret.jpg")
    app = opened(config(tmp_path, sources=[{"name": "diary", "kind": "folder", "path": "diary"}]))
    result = await collected(app)
    assert result.pictures == ("walk.jpg is no file of the folder",)
    assert files(app) == set()


@pytest.mark.parametrize(
    "picture", ["../secret.jpg", "/etc/passwd", "file:///etc/passwd", "a/../../b.jpg", "ftp://x/y"]
)
async def test_a_path_out_of_the_folder_is_a_mistake_with_its_line(tmp_path, opened, picture):
    written(tmp_path / "diary", ok__md=b"# Fine", walk__md=f"---\ntitle: Walk\npicture: {picture}\n---\n.".encode())
    app = opened(config(tmp_path, sources=[{"name": "diary", "kind": "folder", "path": "diary"}]))
    result = await collected(app)
    assert "walk.md, line 3" in result.unreadable[0]


async def test_no_feed_names_a_file(tmp_path, opened):
    (tmp_path / "diary").mkdir()
    (tmp_path / "feed.xml").write_bytes(feed("file:diary/secret.jpg", "file:///etc/passwd"))
    told = config(
        tmp_path,
        sources=[
            {"name": "blog", "kind": "feed", "path": "feed.xml"},
        ],
    )
    app = opened(told)
    await collected(app)
    with app.store.read() as connection:
        assert {stored.item.image_url for stored in load(connection)} == {None}
