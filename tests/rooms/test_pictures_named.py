"""Pictures that a text names by their addresses: fetched once when somebody means it, and shown as ours or as words."""

import asyncio
import re
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from console_visit import ADMIN, CONFIG, network, signed_in
from drawn import opened as decoded
from drawn import photo

from digest.app import open_app
from digest.compose import announcement_from_json, edition_from_json, edition_to_json
from digest.config import load_config
from digest.core import announcements, content, editions, health
from digest.core.campaigns.preflight import findings_in
from digest.core.content.pictures import picture_file, picture_files
from digest.core.people import apply_lists
from digest.errors import ConfigError
from digest.model import BY_SCHEDULE, ITSELF, CampaignStatus, Picture, PictureFile
from digest.store import campaigns
from digest.store.content import pictures
from digest.store.tables import campaigns as campaigns_table

OURS = r"https://digest\.example\.org/picture/([0-9a-f]{32}\.jpg)"
PAGE = b"<html>This is the router's page</html>"


class Place(ThreadingHTTPServer):
    """A site in a thread of its own; what it was asked for, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.moved: dict[str, str] = {}
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.host}"


class _Answer(BaseHTTPRequestHandler):
    server: Place

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path in self.server.moved:
            self.send_response(302)
            self.send_header("Location", self.server.moved[self.path])
            self.end_headers()
            return
        found = self.server.files.get(self.path)
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving():
    with Place() as place:
        thread = threading.Thread(target=place.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield place
        finally:
            place.shutdown()
            thread.join()


@pytest.fixture
def place():
    with serving() as one:
        one.files["/gate.jpg"] = photo(1000, 500)
        yield one


def allowing(place, config=CONFIG):
    return config.replace("[web]\n", f'[brand]\nprivate_picture_hosts = ["{place.host}"]\n[web]\narchive = true\n')


@pytest.fixture
def app(tmp_path, now, place, empty_store):
    with network(tmp_path, now, config=allowing(place)) as opened:
        yield opened


def text(place, path="/gate.jpg", words="A gate", front="subject: Hello"):
    return f"---\n{front}\n---\nSee:\n\n![{words}]({place.url}{path})\n"


def had(app, written: str, now=None):
    asyncio.run(announcements.have_pictures(app, written, now or app.now, name="notice.md"))


def drafted(app, written: str):
    return asyncio.run(announcements.draft(app, written, name="notice.md", list_names=["members"], now=app.now))


def found(app, notice) -> list[str]:
    told = findings_in(app, notice.rendered, notice.announcement, app.now, unshown=notice.unshown)
    return [one.detail for one in told if one.what == "image-unfetched"]


def files(app) -> set[str]:
    folder = app.mailbox.parent / "pictures"
    return {one.name for one in folder.iterdir()} if folder.is_dir() else set()


def test_it_is_fetched_once_and_shown_as_ours_with_its_size(app, place):
    written = text(place)
    before = drafted(app, written).announcement
    for _ in range(2):
        had(app, written)
    notice = drafted(app, written)
    html = notice.announcement.html
    assert place.asked == ["/gate.jpg"]
    assert re.search(rf'<img src="{OURS}" alt="A gate" width="552" height="276">', html)
    assert place.host not in html
    assert found(app, notice) == []
    assert before.identity == notice.announcement.identity
    served = picture_file(app, re.search(OURS, html)[1])
    assert decoded(served).size == (1000, 500)
    assert served != place.files["/gate.jpg"]


def test_another_announcement_has_it_without_asking(app, place):
    had(app, text(place))
    had(app, text(place, front="subject: Another"))
    assert place.asked == ["/gate.jpg"]
    assert re.search(OURS, drafted(app, text(place, front="subject: Another")).announcement.html)


def test_a_width_that_is_written_is_kept_and_its_height_follows(app, place):
    written = text(place).replace(".jpg)", '.jpg "=200x900")')
    had(app, written)
    assert re.search(
        rf'<img src="{OURS}" width="200" height="100" alt="A gate">', drafted(app, written).announcement.html
    )


def test_a_picture_as_html_and_one_within_a_link_are_taken_alike(app, place):
    place.files["/b.jpg"] = photo(400, 400, seed=7)
    written = (
        f'# Hello\n\n<img src="{place.url}/gate.jpg" width=100>\n\n[![B]({place.url}/b.jpg)](https://example.org/)'
    )
    had(app, written)
    html = drafted(app, written).announcement.html
    assert len(re.findall(OURS, html)) == 2
    assert place.host not in html
    assert re.search(rf'<a href="https://example.org/"><img src="{OURS}" alt="B"', html)


def test_our_own_address_in_full_is_no_other_site(app, place):
    had(app, text(place))
    whole = re.search(OURS, drafted(app, text(place)).announcement.html)[0]
    written = f"# Hello\n\n![A gate]({whole})"
    had(app, written)
    notice = drafted(app, written)
    assert f'<img src="{whole}" alt="A gate" width="552"' in notice.announcement.html
    assert notice.unshown == ()
    assert place.asked == ["/gate.jpg"]


FAILING = {
    "not there": "{place}/missing.jpg",
    "no picture": "{place}/page",
    "too small": "{place}/dot.png",
    "nobody listens": "http://127.0.0.1:9/x.jpg",
    "another port of a host that may be asked": "{inside}/secret.jpg",
    "private": "http://10.0.0.1/x.jpg",
    "a cloud's secrets": "http://169.254.169.254/latest/x.jpg",
    "redirected to this machine": "{place}/moved",
}


@pytest.mark.parametrize("why", FAILING)
def test_what_cannot_be_had_is_told_alike_whatever_is_there_and_goes_as_a_link(app, place, why):
    place.files |= {"/page": PAGE, "/dot.png": photo(20, 20, "PNG")}
    with serving() as inside:
        place.moved["/moved"] = f"http://localhost:{inside.server_address[1]}/secret.jpg"
        inside.files["/secret.jpg"] = photo()
        address = FAILING[why].format(place=place.url, inside=inside.url)
        written = f"# Hello\n\n![A gate]({address})"
        had(app, written)
        assert inside.asked == []
    notice = drafted(app, written)
    told = "could not be fetched, and its words stand there as a link; is it a JPEG, PNG, GIF or WebP from 120 pixels "
    way_out = "across and up to 20 MB that everybody can open? Else give it as a file"
    assert found(app, notice) == [f"notice.md, line 3 ({address}): {told}{way_out}"]
    assert f'<a href="{address}">A gate</a>' in notice.announcement.html
    assert "<img" not in notice.announcement.html
    assert address in notice.announcement.text
    assert files(app) == set()


def test_a_private_host_is_asked_only_where_it_is_named(tmp_path, now, place, empty_store):
    with network(tmp_path, now) as app:
        had(app, text(place))
        assert place.asked == []
        assert len(found(app, drafted(app, text(place)))) == 1


def test_what_a_source_gave_from_a_private_place_is_nobodys_to_name(tmp_path, now, place, empty_store):
    with network(tmp_path, now) as app:
        name = picture_files(app).keep(photo(), "jpg")
        picture = Picture(large=(file := PictureFile(name=name, width=640, height=480)), small=file)
        with app.store.write() as connection:
            pictures.keep(connection, picture, now)
            pictures.record_found(connection, f"{place.url}/gate.jpg", picture, version="", now=now)
        had(app, text(place))
        notice = drafted(app, text(place))
        assert len(found(app, notice)) == 1
        assert "<img" not in notice.announcement.html


def test_what_failed_is_not_asked_for_again_at_once(app, place, now):
    del place.files["/gate.jpg"]
    for seconds in (0, 1, 9):
        had(app, text(place), now + timedelta(seconds=seconds))
    assert place.asked == ["/gate.jpg"]
    place.files["/gate.jpg"] = photo()
    had(app, text(place), now + timedelta(seconds=10))
    assert place.asked == ["/gate.jpg"] * 2
    assert found(app, drafted(app, text(place))) == []


def test_what_differs_from_reader_to_reader_is_not_asked_for(app, place):
    written = f"# Hello\n\n![A gate]({place.url}/{{{{member.region}}}}.jpg)"
    had(app, written)
    notice = drafted(app, written)
    assert place.asked == []
    assert len(found(app, notice)) == 1
    assert "<img" not in notice.announcement.html


def test_one_text_has_no_more_than_some_fetched(app, place):
    for number in range(35):
        place.files[f"/{number}.jpg"] = photo(130, 130, seed=number)
    written = "# Hello\n\n" + "\n\n".join(f"![A]({place.url}/{number}.jpg)" for number in range(35))
    had(app, written)
    assert len(place.asked) == 30
    assert "is not fetched yet" in found(app, drafted(app, written))[0]


def test_where_readers_cannot_reach_us_it_is_a_mistake_with_its_line_and_nothing_is_asked(
    tmp_path, now, place, empty_store
):
    config = allowing(place).replace('host = "embedded"', 'host = "127.0.0.1"\nport = 25')
    with network(tmp_path, now, config=config.replace("https://digest.example.org", "http://10.0.0.1:8025")) as app:
        had(app, text(place))
        with pytest.raises(ConfigError, match=r"notice.md, line 6.*readers could not load"):
            drafted(app, text(place))
    assert place.asked == []


FIELDS = {"subject": "The gate", "to": "members"}
NEW = "/console/announcements/new"


def test_nobody_is_asked_while_somebody_types(app, place):
    client = signed_in(app, ADMIN)
    fields = FIELDS | {"body": f"![A gate]({place.url}/gate.jpg)"}
    preview = client.post("/console/announcements/preview", data=fields)
    facts = client.post("/console/announcements/facts", data=fields)
    saved = client.post(NEW, data=fields | {"do": "save", "by_itself": "yes"})
    again = {"version": "1", "do": "save", "by_itself": "yes"}
    client.post("/console/announcements/1", data=fields | again)
    assert (preview.status_code, facts.status_code, saved.status_code) == (200, 200, 200)
    assert place.asked == []
    assert "<img" not in preview.text
    assert "A gate</a>" in preview.text
    assert "is not fetched yet" in facts.text


@pytest.mark.parametrize("do", ["save", "test", "go", "picture"])
def test_who_presses_a_button_has_it_fetched_and_sees_it(app, place, do):
    client = signed_in(app, ADMIN)
    fields = FIELDS | {"body": f"![A gate]({place.url}/gate.jpg)", "do": do}
    picture = {"picture": ("b.jpg", photo(300, 300, seed=3), "image/jpeg")} if do == "picture" else None
    assert client.post(NEW, data=fields, files=picture).status_code == 303
    assert place.asked == ["/gate.jpg"]
    mail = client.get("/console/announcements/1/mail").text
    assert re.search(rf'<img[^>]*src="{OURS}"', mail)
    assert place.host not in mail


@pytest.mark.parametrize("verb", ["test", "schedule", "release", "due"])
def test_what_goes_has_its_pictures_however_it_was_kept(app, place, now, verb):
    kept = announcements.create_draft(app, text(place, front="subject: Hello\nto: members"), by=ITSELF, now=now)
    common = {"version": kept.version, "by": ITSELF, "now": now}
    match verb:
        case "test":
            asyncio.run(announcements.send_draft_test(app, kept.id, "ada@example.org", now))
        case "schedule":
            asyncio.run(announcements.schedule_draft(app, kept.id, now + timedelta(hours=1), **common))
        case "release":
            asyncio.run(announcements.release_draft(app, kept.id, **common))
        case "due":
            place.files.clear()
            asyncio.run(announcements.schedule_draft(app, kept.id, now + timedelta(hours=1), **common))
            place.files["/gate.jpg"] = photo()
            asyncio.run(announcements.release_due(app, now + timedelta(hours=1), by=BY_SCHEDULE))
    assert place.asked == ["/gate.jpg"] * (2 if verb == "due" else 1)
    assert re.search(OURS, drafted(app, kept.text).announcement.html)
    if verb in {"release", "due"}:
        with app.store.read() as connection:
            (sent,) = campaigns.sending(connection)
        assert re.search(OURS, announcement_from_json(sent.edition).html)
        assert place.host not in sent.rendered


def released(app, place, now, *, public: bool):
    front = f"subject: Hello\nto: members\npublic: {'yes' if public else 'no'}"
    kept = announcements.create_draft(app, text(place, front=front), by=ITSELF, now=now)
    going = announcements.release_draft(app, kept.id, version=kept.version, by=ITSELF, now=now)
    sent = asyncio.run(going)
    with app.store.write() as connection:
        changed = campaigns_table.update().where(campaigns_table.c.id == sent.id)
        connection.execute(changed.values(status=CampaignStatus.SENT, shown_since=now, last_sent_at=now))
    return sent


@pytest.mark.parametrize("public", [True, False])
def test_it_stays_as_long_as_the_page_of_the_archive(app, place, now, public):
    sent = released(app, place, now, public=public)
    client = signed_in(app, ADMIN)
    erased = health.erase_unused_pictures(app, now + timedelta(days=800), by=BY_SCHEDULE)
    page = client.get(f"/archive/{sent.name}")
    assert (erased, page.status_code) == ((0, 200) if public else (1, 404))
    if public:
        assert client.get(f"/picture/{re.search(OURS, page.text)[1]}").status_code == 200


POSTS = "".join(f"{title}\n\nAdded by Una\n\nWords about {title}.\n\n" for title in ("Nettles", "Hedges"))
WEEKLY = """\
lists = ["members"]
every = "week"
on = "monday"
at = "08:00"
note = "notes/note.md"
approval = "required"
[[digests.sections]]
kind = "post"
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
"""
NAME = "weekly-2026-W48"


@pytest.fixture
def weekly(tmp_path, now, place, empty_store):
    """A network whose edition has a note in a file, which shows a picture beside it and one of another site."""
    (tmp_path / "posts.txt").write_text(POSTS)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "pots.jpg").write_bytes(photo(600, 300, seed=5))
    note = f"Hello.\n\n![A gate]({place.url}/gate.jpg)\n\n![Pots](pots.jpg)"
    (tmp_path / "notes" / "note.md").write_text(note)
    config = allowing(place, CONFIG.replace('lists = ["members"]\n[[digests]]', f"{WEEKLY}[[digests]]", 1))
    (tmp_path / "config.toml").write_text(config)
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as opened:
        apply_lists(opened, now, by=ITSELF, confirmed=True)
        yield opened


def prepared(app, now):
    asyncio.run(editions.prepare(app, app.digest("weekly"), now, by=ITSELF))
    return editions.preview_campaign(app, NAME)


def test_a_note_in_a_file_shows_its_pictures_as_ours(weekly, place, now):
    shown = prepared(weekly, now)
    assert [one[0] for one in re.findall(rf'<img[^>]*src="{OURS}"[^>]*alt="(A gate|Pots)"', shown.html)]
    assert len(re.findall(OURS, shown.html)) == 2
    assert place.asked == ["/gate.jpg"]
    assert place.host not in shown.html
    assert [one for one in findings_in(weekly, shown.rendered, shown.edition, now) if "image" in one.what] == []


def test_what_a_note_shows_is_frozen_with_it(weekly, place, now):
    shown = prepared(weekly, now)
    again = edition_from_json(edition_to_json(shown.edition))
    assert again == shown.edition
    assert [one.file.width for one in again.note_pictures] == [600, 1000]
    for one in files(weekly):
        (weekly.mailbox.parent / "pictures" / one).unlink()
    lost = editions.preview_campaign(weekly, NAME).html
    assert f'<a href="{place.url}/gate.jpg"' in lost


def gone(app, now):
    editions.approve(app, NAME, by=ITSELF, now=now)
    with app.store.write() as connection:
        changed = campaigns_table.update().where(campaigns_table.c.name == NAME)
        connection.execute(changed.values(status=CampaignStatus.SENT, shown_since=now, last_sent_at=now))


def test_the_archive_shows_a_note_with_its_pictures_and_without_what_is_lost(weekly, place, now):
    prepared(weekly, now)
    gone(weekly, now)
    client = signed_in(weekly, ADMIN)
    assert len(re.findall(OURS, client.get(f"/archive/{NAME}").text)) == 2
    for one in files(weekly):
        (weekly.mailbox.parent / "pictures" / one).unlink()
    lost = editions.shelved(weekly, NAME, now).mail.content
    assert lost.note_pictures == ()


def test_the_same_note_is_not_said_twice_though_its_pictures_are_kept(weekly, now):
    prepared(weekly, now)
    gone(weekly, now)
    (weekly.config.base / "posts.txt").write_text(POSTS.replace("Nettles", "Moss"))
    asyncio.run(editions.prepare(weekly, weekly.digest("weekly"), now + timedelta(days=7), by=ITSELF))
    assert editions.preview_campaign(weekly, "weekly-2026-W49").edition.note == ""


def test_a_note_that_is_worded_in_the_console_has_its_picture_by_its_button_alone(weekly, place, now):
    prepared(weekly, now)
    place.files["/new.jpg"] = photo(800, 400, seed=9)
    client = signed_in(weekly, ADMIN)
    arrange, asked = f"/console/editions/{NAME}/arrange", len(place.asked)
    fields = {"do": "word", "note": f"![New]({place.url}/new.jpg)"}
    version = editions.current_named(weekly, NAME).version
    typed = client.post(arrange, data=fields | {"version": version, "by_itself": "yes"})
    assert (typed.status_code, len(place.asked)) == (200, asked)
    page = client.get(f"/console/editions/{NAME}").text
    assert "is not fetched yet" in page
    assert client.post(arrange, data=fields | {"version": typed.json()["version"]}).status_code == 303
    assert place.asked[asked:] == ["/new.jpg"]
    shown = editions.preview_campaign(weekly, NAME)
    assert re.search(rf'<img[^>]*src="{OURS}"[^>]*alt="New"', shown.html)


def test_a_picture_that_is_given_stands_below_the_note(weekly, now):
    prepared(weekly, now)
    fields = {
        "do": "picture",
        "note": "Hello.",
        "picture_alt": "A [shed]",
        "version": editions.current_named(weekly, NAME).version,
    }
    given = {"picture": ("a.jpg", photo(700, 350, seed=1), "image/jpeg")}
    answer = signed_in(weekly, ADMIN).post(f"/console/editions/{NAME}/arrange", data=fields, files=given)
    assert answer.status_code == 303
    shown = editions.preview_campaign(weekly, NAME)
    assert re.fullmatch(r"Hello\.\n\n!\[A \(shed\)\]\(/picture/[0-9a-f]{32}\.jpg\)", shown.edition.note)
    assert re.search(rf'<img[^>]*src="{OURS}"[^>]*alt="A \(shed\)"', shown.html)


def test_a_preview_of_a_note_fetches_nothing(weekly, place, now):
    shown = asyncio.run(editions.preview(weekly, weekly.digest("weekly"), now))
    assert place.asked == []
    assert "A gate</a>" in shown.html
    found = findings_in(weekly, shown.rendered, shown.edition, now)
    assert [one.phrase for one in found if one.what == "image-unfetched"] == ["finding_image_not_yet"]
    asyncio.run(content.collect(weekly, now, by=ITSELF))
    assert place.asked == ["/gate.jpg"]


def test_a_disk_that_takes_no_picture_costs_a_collection_nothing_else(weekly, now):
    (weekly.mailbox.parent / "pictures").write_text("in the way")
    (result,) = asyncio.run(content.collect(weekly, now, by=ITSELF))
    assert (result.error, result.new) == (None, 2)
    assert "<img" not in prepared(weekly, now).html
