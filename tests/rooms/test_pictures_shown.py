"""Pictures in mails and on pages: whose are shown, what leads, what they cost, and how long they are kept."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import lxml.html
import pytest
from drawn import photo
from sample_edition import PICTURE, config, edition, event, post, rich_edition, section, vacancy, with_pictures
from sqlalchemy import insert
from starlette.testclient import TestClient

from digest.app import open_app
from digest.collect.pictures import LARGE_BYTES, SMALL_BYTES
from digest.compose import pictured, pictures_wanted
from digest.core.announcements import create_draft
from digest.core.content.pictures import collect_pictures, picture_file, picture_files
from digest.core.health import checks, erase_unused_pictures
from digest.model import BY_SCHEDULE, Entry, Newness, Picture, PictureFile, Slot
from digest.render import Renderer, compiled_from_json, compiled_to_json
from digest.render.preflight import preflight
from digest.store.content import pictures as store
from digest.store.content.items import save
from digest.store.tables import campaigns
from digest.web.site import create_web

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
AT = "https://pictures.example.org/a.jpg"


def told(**tables):
    return config(web={"url": "https://mail.example.org"}, smtp={"host": "smtp.example.org"}, **tables)


def compiled(of, **tables):
    return Renderer(told(**tables)).edition(of, item_url=lambda _: None, event_ics=lambda _: "https://x.example.org/i")


def html_of(of, muted=(), **tables) -> str:
    pieces = compiled(of, **tables).for_readers(muted).html
    return "".join("" if isinstance(one, Slot) else str(one) for one in pieces)


def pictures(html: str) -> list:
    return list(lxml.html.fromstring(html).iter("img"))


def with_url(item, **fields):
    return replace(item, image_url=AT, **fields)


def shown(of, wanted=None, **brand) -> list[str]:
    tables = {"brand": brand} if brand else {}
    made = told(
        digests=[{"name": "weekly", "lists": ["members"], "sections": wanted}] if wanted else [WEEKLY], **tables
    )
    with_them = pictured(of, {AT: PICTURE}, made, made.digests[0])
    return [entry.item.key for entry in with_them.entries if entry.picture]


WEEKLY = {"name": "weekly", "title": "Weekly digest", "lists": ["members"]}
ALL = edition(
    section(with_url(vacancy(key="v"))),
    section(with_url(event(key="e", pinned=True)), with_url(event(key="e2"))),
    section(with_url(post(key="p")), with_url(post(key="p2", pinned=True)), post(key="plain", pinned=True)),
)


def test_unless_told_otherwise_only_what_an_editor_pinned_first_has_its_picture():
    assert shown(ALL) == ["e"]


@pytest.mark.parametrize(("wanted", "keys"), [("none", []), ("lead", ["e"]), ("all", ["v", "e", "e2", "p", "p2"])])
def test_the_brand_says_which_have_theirs(wanted, keys):
    assert shown(ALL, pictures=wanted) == keys


def test_a_section_may_say_otherwise():
    sections = [{"kind": "vacancy", "pictures": "all"}, {"kind": "event", "pictures": "none"}, {"kind": "post"}]
    assert shown(ALL, sections) == ["v", "p2"]


@pytest.mark.parametrize("newness", [Newness.CANCELLED, Newness.WITHDRAWN])
def test_what_does_not_take_place_leads_nothing(newness):
    assert shown(edition(section(Entry(item=with_url(event(pinned=True)), newness=newness)))) == []


def test_where_readers_cannot_reach_us_the_mail_goes_without():
    made = config(web={"url": "http://192.168.1.20:8025"}, smtp={"host": "smtp.example.org"}, brand={"pictures": "all"})
    assert not pictures_wanted(ALL, made, made.digests[0])


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://mail.example.org", True),
        ("http://127.0.0.1:8025", False),
        ("http://[::1]:8025", False),
        ("http://10.0.0.1", False),
        ("http://localhost:8025", False),
        ("https://digest.local", False),
        ("https://intranet", False),
    ],
)
def test_what_is_public_is_told_by_its_name(url, public):
    assert config(web={"url": url}, smtp={"host": "smtp.example.org"}).shows_pictures is public


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({}, 1),
        ({"web": {"url": "https://mail.example.org"}}, 0),
        ({"brand": {"pictures": "none"}}, 0),
        ({"smtp": {"host": "embedded"}}, 0),
    ],
)
def test_check_says_that_mails_go_without(tmp_path, tables, told):
    made = config(**{"smtp": {"host": "smtp.example.org"}, **tables}).model_copy(update={"base": tmp_path})
    with open_app(made) as app:
        assert [one.what for one in checks._mail(app)].count("pictures") == told


def test_mail_that_stays_on_this_machine_shows_them_from_anywhere():
    assert config(web={"url": "http://127.0.0.1:8025"}, smtp={"host": "embedded"}).shows_pictures


def test_a_mail_without_pictures_is_the_very_same_as_before_there_were_any():
    of = rich_edition()
    assert html_of(of) == html_of(pictured(of, {}, told(), told().digests[0]))
    assert "<img" not in html_of(of)


def test_each_picture_has_its_size_and_words():
    found = pictures(html_of(with_pictures(rich_edition())))
    assert len(found) == len(rich_edition().entries)
    for one in found:
        assert one.get("src") == f"https://mail.example.org/picture/{PICTURE.small.name}"
        assert (one.get("width"), one.get("height"), one.get("alt")) == ("132", "88", "What is to be seen")


def test_a_picture_nobody_described_is_decoration():
    (one,) = pictures(html_of(edition(section(Entry(item=post(), picture=PICTURE)))))
    assert (one.get("alt"), one.get("role")) == ("", "presentation")


def test_what_is_pinned_stands_first_with_its_picture_over_the_whole_width_and_only_there():
    html = html_of(with_pictures(rich_edition(), pinned="e"))
    first, *others = pictures(html)
    assert first.get("src").endswith(PICTURE.large.name)
    assert (first.get("width"), first.get("height")) == ("552", "368")
    assert {one.get("width") for one in others} == {"132"}
    assert html.count("Winter meeting</a>") == 1
    assert html.index("Winter meeting</a>") < html.index('id="vacancies"')
    assert "3 events<" in html  # beside the one that leads


def test_a_lead_goes_with_its_category_and_its_kind():
    assert "Winter meeting</a>" not in html_of(with_pictures(rich_edition(), pinned="e"), ["events"])


def test_an_edition_of_its_lead_alone_is_whole():
    html = html_of(edition(section(Entry(item=post(pinned=True, url="https://example.org/p"), picture=PICTURE))))
    assert "Leaf mould in two years" in html
    assert "<h2" in html


def test_the_text_begins_with_the_lead_too():
    made = compiled(with_pictures(rich_edition(), pinned="e")).for_readers()
    text = "".join("" if isinstance(one, Slot) else str(one) for one in made.text)
    assert text.index("Winter meeting") < text.index("VACANCIES" if "VACANCIES" in text else "Vacancies")
    assert text.count("Winter meeting") == 1


def test_a_frozen_mail_keeps_its_pictures():
    made = compiled(with_pictures(rich_edition(), pinned="e"))
    assert compiled_from_json(compiled_to_json(made)).for_readers() == made.for_readers()


def test_two_hundred_items_with_pictures_stay_within_the_budget_and_lose_these_first():
    long = "A sentence of quite ordinary length, of which there are several in most posts. " * 4
    posts = [post(f"Post {n}", f"p{n}", url=f"https://example.org/{n}", summary=long) for n in range(200)]
    html = html_of(with_pictures(edition(section(*posts))))
    assert len(html.encode()) < 100_000
    assert html.count("https://example.org/") == 200
    fifteen = html_of(with_pictures(edition(section(*posts[:15]))))
    assert fifteen.count("<img") == 15


def test_a_mail_of_a_lead_and_thirty_pictures_costs_its_reader_less_than_a_megabyte():
    posts = [post(f"Post {n}", f"p{n}", url=f"https://example.org/{n}", pinned=n == 0) for n in range(31)]
    found = pictures(html_of(with_pictures(edition(section(*posts)), pinned="p0")))
    assert len(found) == 31
    most = sum(LARGE_BYTES if one.get("src").endswith(PICTURE.large.name) else SMALL_BYTES for one in found)
    assert most < 1_000_000


def test_preflight_finds_nothing_wrong_with_them():

    of = with_pictures(rich_edition(), pinned="e")
    with_, without = (
        {
            one.what
            for one in preflight(compiled(one).for_readers(), content=one, config=told(), past=(), contradicting=())
        }
        for one in (of, rich_edition())
    )
    assert with_ == without


def test_what_is_served_has_a_hashed_name_and_stays_for_good(page_client):
    client, app = page_client

    name = picture_files(app).keep(photo(), "jpg")
    answer = client.get(f"/picture/{name}")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, photo(), "image/jpeg")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/picture/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.head(f"/picture/{name}").status_code == 200
    assert client.post(f"/picture/{name}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/picture/..%2Fdigest.sqlite",
        "/picture/%2e%2e%2fdigest.sqlite",
        "/picture/../digest.sqlite",
        "/picture/digest.sqlite",
        f"/picture/{'0' * 32}.jpg",
        f"/picture/{'0' * 32}.jpg%00",
        f"/picture/{'0' * 32}.jpg%0a",
        "/picture/",
        "/picture/..",
        "/picture/.part",
    ],
)
def test_nothing_else_is_served(page_client, path):
    client, app = page_client
    assert (app.mailbox.parent / "digest.sqlite").is_file()
    assert client.get(path).status_code == 404


@pytest.fixture
def page_client(tmp_path):

    made = config().model_copy(update={"base": tmp_path})
    with open_app(made) as app:
        yield TestClient(create_web(app)), app


@pytest.fixture
def kept(tmp_path):
    """An application, and a picture that nothing uses."""

    with open_app(config().model_copy(update={"base": tmp_path})) as app:
        name = picture_files(app).keep(photo(), "jpg")
        file = PictureFile(name=name, width=640, height=480)
        with app.store.write() as connection:
            store.keep(connection, Picture(large=file, small=file), NOW)
            store.record_found(connection, AT, Picture(large=file, small=file), version="", now=NOW)
        yield app, name


def erase(app, now) -> int:

    return erase_unused_pictures(app, now, by=BY_SCHEDULE)


def is_there(app, name) -> bool:

    return picture_file(app, name) is not None


LATER = NOW + timedelta(days=731)


def test_what_nothing_uses_is_erased_after_its_time_and_not_before(kept):
    app, name = kept
    assert erase(app, NOW + timedelta(days=729)) == 0
    assert is_there(app, name)
    assert erase(app, LATER) == 1
    assert not is_there(app, name)


@pytest.mark.parametrize("status", ["prepared", "held", "paused", "sending"])
def test_a_frozen_mail_that_waits_keeps_its_picture_however_long(kept, status):
    app, name = kept
    frozen(app, name, status, created_at=NOW - timedelta(days=400))
    assert erase(app, LATER) == 0
    assert is_there(app, name)


def test_a_mail_that_went_keeps_its_picture_for_as_long_as_is_said(kept):
    app, name = kept
    frozen(app, name, "sent", created_at=NOW + timedelta(days=100))
    assert erase(app, LATER) == 0
    assert erase(app, LATER + timedelta(days=731)) == 1


def test_a_mail_that_went_long_ago_keeps_none(kept):
    app, name = kept
    frozen(app, name, "sent", created_at=NOW - timedelta(days=400))
    assert erase(app, LATER) == 1
    assert not is_there(app, name)


def test_a_draft_keeps_its_picture(kept):

    app, name = kept
    create_draft(app, f"# Hello\n\n![A gate](/picture/{name})", by=BY_SCHEDULE, now=NOW)
    assert erase(app, LATER) == 0


async def test_an_item_that_may_still_come_keeps_its_picture(kept):

    app, name = kept
    with app.store.write() as connection:
        save(connection, [with_url(event(starts_at=LATER + timedelta(days=9)))], LATER - timedelta(days=20))
    await collect_pictures(app, LATER - timedelta(days=1), app.config.sources)
    assert erase(app, LATER) == 0
    assert is_there(app, name)


def test_a_file_that_belongs_to_nothing_goes_and_one_that_is_new_does_not(kept):

    app, name = kept
    folder = app.mailbox.parent / "pictures"
    for other, age in ((f"{'1' * 32}.png", 2), (f"{'2' * 32}.png", 0), (".half.part", 2), ("notes.txt", 9)):
        (folder / other).write_bytes(b"x")
        moment = (NOW - timedelta(days=age)).timestamp()
        os.utime(folder / other, (moment, moment))
    erase(app, NOW)
    assert {one.name for one in folder.iterdir()} == {name, f"{'2' * 32}.png", "notes.txt"}


_MAIL = '{"subject": "s", "html": ["<img src=https://m.example.org/picture/%s>"], "text": []}'


def frozen(app, name: str, status: str, *, created_at: datetime) -> None:

    with app.store.write() as connection:
        connection.execute(
            insert(campaigns).values(
                name="weekly-x",
                digest="weekly",
                period="x",
                status=status,
                created_at=created_at,
                rendered=_MAIL % name,
            )
        )
