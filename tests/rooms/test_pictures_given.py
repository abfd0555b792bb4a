"""Pictures that an organiser gives: beside the file of an announcement, or in the console; served only as made anew."""

import asyncio
import re

import pytest
from console_visit import ADMIN, EDITOR, ORGANISER, network, signed_in
from drawn import SVG, claimed, photo, polyglot
from PIL import Image

from digest.core import announcements
from digest.errors import ConfigError

NEW = "/console/announcements/new"
FIELDS = {
    "subject": "The gate",
    "to": "members",
    "body": "It is painted.",
    "do": "picture",
    "picture_alt": "A [blue] gate",
}


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now) as opened:
        yield opened


def gave(app, content: bytes, client=None, name="gate.jpg", **fields):
    client = client or signed_in(app, ADMIN)
    return client.post(NEW, data=FIELDS | fields, files={"picture": (name, content, "image/jpeg")})


def files(app) -> set[str]:
    folder = app.mailbox.parent / "pictures"
    return {one.name for one in folder.iterdir()} if folder.is_dir() else set()


def kept(app):
    return announcements.kept_draft(app, 1).text


def test_a_picture_that_is_added_stands_below_the_text_and_is_shown_as_it_was_made(app):
    client = signed_in(app, ADMIN)
    answer = gave(app, polyglot(), client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/announcements/1?done=draft_picture")
    found = re.search(r"It is painted\.\n\n!\[A \(blue\) gate\]\(/picture/([0-9a-f]{32}\.jpg)\)", kept(app))
    assert found
    served = client.get(f"/picture/{found[1]}")
    assert served.status_code == 200
    assert b"script" not in served.content
    mail = client.get("/console/announcements/1/mail").text
    assert f'src="https://digest.example.org/picture/{found[1]}"' in mail
    assert (
        "img-src https: http: data:" in client.get("/console/announcements/1/mail").headers["content-security-policy"]
    )


def test_a_second_picture_is_added_to_what_is_kept(app):
    client = signed_in(app, ADMIN)
    gave(app, photo(), client)
    again = FIELDS | {"version": "1", "body": kept(app).rpartition("---\n")[2], "picture_alt": ""}
    picture = {"picture": ("b.png", photo(300, 300, "PNG"), "image/png")}
    assert client.post("/console/announcements/1", data=again, files=picture).status_code == 303
    assert len(re.findall(r"!\[.*?\]\(/picture/", kept(app))) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SVG, "no picture"),
        (claimed(20_000, 20_000), "20,000 x 20,000"),
        (b"", "Choose a picture"),
        (photo()[:900], "decoded"),
    ],
)
def test_what_is_no_picture_is_told_and_nothing_is_kept(app, content, why):
    answer = gave(app, content)
    assert answer.status_code == 422
    assert why in answer.text
    assert files(app) == set()
    assert announcements.kept_drafts(app) == ()


@pytest.mark.parametrize("who", [EDITOR, None])
def test_nobody_else_has_a_picture_taken_from_them(app, who):
    client = signed_in(app, who) if who else signed_in(app, ADMIN)
    if who is None:
        client.cookies.clear()
    assert gave(app, photo(), client).status_code in {400, 401, 404}
    assert files(app) == set()


def test_an_organiser_may(app):
    assert gave(app, photo(), signed_in(app, ORGANISER)).status_code == 303


def test_the_name_of_what_is_given_is_nobodys_concern(app):
    assert gave(app, photo(), name="../../../etc/passwd").status_code == 303
    assert all(re.fullmatch(r"[0-9a-f]{32}\.jpg", one) for one in files(app))


def test_a_form_for_other_things_takes_no_file(app):
    client = signed_in(app, ADMIN)
    picture = {"picture": ("b.png", photo(), "image/png")}
    assert client.post("/console/announcements/preview", data=FIELDS, files=picture).status_code == 400


def with_beside(app, tmp_path, text: str) -> str:
    file = tmp_path / "notice.md"
    file.write_text(text, encoding="utf-8")
    return asyncio.run(announcements.with_own_pictures(app, text, file, app.now))


def drafted(app, text: str):
    return asyncio.run(announcements.draft(app, text, name="notice.md", list_names=["members"], now=app.now))


def test_a_picture_beside_a_file_is_made_anew_and_sized(app, tmp_path):
    (tmp_path / "the gate.jpg").write_bytes(photo(2000, 1000))
    (tmp_path / "pots").mkdir()
    (tmp_path / "pots" / "a.png").write_bytes(photo(400, 400, "PNG"))
    text = '# Hello\n\n![A gate](<the gate.jpg>)\n\n![Pots](pots/a.png "=200")\n\n![Far](https://10.0.0.1/x.png)'
    made = with_beside(app, tmp_path, text)
    html = drafted(app, made).announcement.html
    ours = r'src="https://digest\.example\.org/picture/[0-9a-f]{32}\.(?:jpg|png)"'
    assert re.search(rf'<img {ours} alt="A gate" width="552" height="276"', html)
    assert re.search(rf'<img {ours}[^>]* width="200" height="200"|<img {ours} alt="Pots" title="" width="200"', html)
    assert '<a href="https://10.0.0.1/x.png">Far</a>' in html


def test_the_same_file_is_the_same_announcement_whenever_it_is_read(app, tmp_path):
    (tmp_path / "a.jpg").write_bytes(photo(900, 600))
    text = "# Hello\n\n![A gate](a.jpg)"
    first, second = (drafted(app, with_beside(app, tmp_path, text)).announcement for _ in range(2))
    assert first.identity == second.identity
    (tmp_path / "a.jpg").write_bytes(photo(900, 600, seed=200))
    assert drafted(app, with_beside(app, tmp_path, text)).announcement.identity != first.identity


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "/etc/passwd", "link.jpg", "missing.jpg", "notes.txt", "%2e%2e/secret.jpg"]
)
def test_what_is_not_beside_the_file_or_no_picture_is_a_mistake_with_its_line(app, tmp_path, name):
    (tmp_path / "secret.jpg").write_bytes(photo())
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "notes.txt").write_text("no picture")
    with pytest.raises(ConfigError, match="line 3"):
        with_beside(app, folder, f"# Hello\n\n![A gate]({name})")
    assert files(app) == set()


def test_a_picture_that_is_not_kept_is_a_mistake(app):
    with pytest.raises(ConfigError, match="there is no picture"):
        drafted(app, f"# Hello\n\n![A gate](/picture/{'0' * 32}.jpg)")


def test_nothing_that_is_given_is_written_as_it_came(app, tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    given = photo(600, 400, exif=exif)
    (tmp_path / "a.jpg").write_bytes(given)
    with_beside(app, tmp_path, "# Hello\n\n![A gate](a.jpg)")
    contents = [(app.mailbox.parent / "pictures" / one).read_bytes() for one in files(app)]
    assert contents
    assert all(b"somebody" not in one and one != given for one in contents)
