"""Writing an announcement in the console: kept, looked at, changed by two, tested, scheduled and sent; and by whom."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from console_visit import ADMIN, CONFIG, EDITOR, ORGANISER, browser, network, off_the_loop, signed_in, text_of
from sqlalchemy import update

from digest.compose import Written, as_text
from digest.core import announcements, campaigns, content
from digest.model import ITSELF, DraftState
from digest.store.tables import drafts

SOURCE = """\
[limits]
ask_above = 1
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
"""
POSTS = (
    "A bench <b>made</b> of pallets\n\nAdded by Zed under Tools\n\nThree pallets, twelve screws and one afternoon.\n"
)
NEW = "/console/announcements/new"
BODY = "They come back on **Friday**.\r\n\r\n<script>alert(1)</script>"
TAPS = {"subject": "The taps <i>are</i> off", "to": "members", "body": BODY}


@pytest.fixture
def app(tmp_path, now, empty_store):
    (tmp_path / "posts.txt").write_text(POSTS, encoding="utf-8")
    with network(tmp_path, now, config=CONFIG + SOURCE) as opened:
        yield opened


@pytest.fixture
def ada(app):
    return signed_in(app, ADMIN)


def kept(app, draft_id=1):
    return announcements.kept_draft(app, draft_id)


def make(client, **fields):
    answer = client.post(NEW, data=TAPS | fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def letters(app):
    paths = (app.mailbox / "new").glob("*") if app.mailbox.exists() else []
    return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]


def test_what_is_written_is_kept_and_shown_as_it_was_written(app, ada):
    assert "Nothing is being written" in text_of(ada.get("/console/announcements"))
    where = make(ada, preheader='"Now"', reply_to="hi@example.org", urgent="yes", where='region = "Fife"')
    assert where == "/console/announcements/1?done=draft_kept"
    written = announcements.written_of(kept(app))
    assert (written.subject, written.to, written.body) == (
        TAPS["subject"],
        ("members",),
        TAPS["body"].replace("\r", ""),
    )
    answer = ada.get(where)
    page = answer.text
    assert "Saved." in page
    assert 'value="&#34;Now&#34;"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in page
    assert "Reaches 0 people" in text_of(answer)  # of whom one is of "Fife & Angus"
    assert "The taps &lt;i&gt;are&lt;/i&gt; off" in ada.get("/console/announcements").text
    assert "urgent: yes" in ada.get("/console/announcements/1/file").text


def test_the_preview_is_the_mail_itself_in_a_frame_that_runs_nothing(ada):
    shown = ada.post("/console/announcements/preview", data=TAPS)
    assert "<strong" in shown.text
    assert "<script>alert" not in shown.text
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "They come back on" in ada.post("/console/announcements/preview", data=TAPS | {"part": "text"}).text
    assert "no subject" in ada.post("/console/announcements/preview", data={"body": "x"}).text


def test_who_gets_it_and_what_is_wrong_follow_what_is_in_the_form(ada):
    facts = text_of(ada.post("/console/announcements/facts", data=TAPS | {"body": "[x](page.html)"}))
    assert "Reaches 2 people" in facts
    assert "leads nowhere" in facts
    assert "bo@example.org" in facts
    fewer = text_of(ada.post("/console/announcements/facts", data=TAPS | {"except": "board"}))
    assert "Reaches 1 person" in fewer
    unread = text_of(ada.post("/console/announcements/facts", data=TAPS | {"where": "region ="}))
    assert "There is no mail yet" in unread


async def test_something_is_found_attached_and_taken_off_without_a_script(app, ada, now):
    make(ada)
    await content.collect(app, now, by=ITSELF)
    form = TAPS | {"version": "1", "do": "search", "q": "pallets BENCH"}
    page = ada.get(ada.post("/console/announcements/1", data=form).headers["location"]).text
    key = re.search(r'name="add" value="([^"]+)"', page)[1]
    ada.post("/console/announcements/1", data=TAPS | {"version": "1", "add": key})
    assert announcements.written_of(kept(app)).attach == (key,)
    assert "twelve screws" in ada.get("/console/announcements/1/mail").text
    ada.post("/console/announcements/1", data=TAPS | {"version": "2", "attach": key, "drop": key})
    assert announcements.written_of(kept(app)).attach == ()
    assert "No item has" in ada.get("/console/announcements/items?q=xyzzy").text


def test_of_two_who_write_at_once_the_later_sees_both_texts_and_chooses(app, ada):
    make(ada)
    max_ = signed_in(app, ORGANISER)
    assert max_.post("/console/announcements/1", data=TAPS | {"body": "By Max.", "version": "1"}).status_code == 303
    refused = ada.post("/console/announcements/1", data=TAPS | {"body": "By Ada.", "version": "1"})
    assert refused.status_code == 409
    told = text_of(refused)
    assert "max@example.org changed this" in told
    assert "By Max." in told
    assert "By Ada.</textarea>" in refused.text
    assert "By Max." in kept(app).text
    version = re.search(r'id="writing".*?name="version" value="(\d+)"', refused.text, re.DOTALL)[1]
    assert ada.post("/console/announcements/1", data=TAPS | {"body": "By Ada.", "version": version}).status_code == 303
    assert "By Ada." in kept(app).text


def test_a_test_goes_to_who_is_signed_in_with_what_was_just_written(app, ada):
    make(ada)
    answer = ada.post("/console/announcements/1", data=TAPS | {"body": "Later.", "version": "1", "do": "test"})
    assert answer.headers["location"] == "/console/announcements/1?done=draft_tested"
    (mail,) = letters(app)
    assert (mail["To"], mail["Subject"]) == (ADMIN, "[Test] The taps <i>are</i> off")
    assert "Later." in mail.get_body(("plain",)).get_content()


def test_it_is_sent_once_the_number_of_people_is_typed(app, ada):
    where = make(ada, do="go")
    assert where == "/console/announcements/1/send"
    page = text_of(ada.get(where))
    assert "Type the number of people: 2" in page
    for typed in ("", "3"):
        refused = ada.post(where, data={"version": "1", "typed": typed})
        assert (refused.status_code, "type that number" in text_of(refused)) == (422, True)
    assert kept(app).state is DraftState.WRITTEN
    sent = ada.post(where, data={"version": "1", "typed": "2"})
    assert sent.headers["location"] == f"/console/campaigns/{kept(app).campaign}?done=draft_sent"
    assert ada.post(where, data={"version": "1", "typed": "2"}).status_code == 409
    assert campaigns.report(app, kept(app).campaign).report.recipients == 2
    assert ada.get("/console/announcements/1").headers["location"].startswith("/console/campaigns/")


def test_it_is_scheduled_rescheduled_and_kept_back(app, ada):
    make(ada)
    place = "/console/announcements/1"
    for version, at in (("1", "2026-12-01T08:00"), ("2", "2026-12-02T09:30")):
        answer = ada.post(f"{place}/schedule", data={"version": version, "typed": "2", "at": at})
        assert answer.headers["location"] == f"{place}?done=draft_scheduled"
    assert f"{kept(app).send_at:%Y-%m-%dT%H:%M}" == "2026-12-02T09:30"
    assert "Goes Wed 2 Dec 2026, 09:30" in text_of(ada.get("/console/announcements"))
    assert 'value="2026-12-02T09:30"' in ada.get(f"{place}/send").text
    for at, told in (("", "Say when"), ("2020-01-01T08:00", "is past")):
        refused = ada.post(f"{place}/schedule", data={"version": "3", "typed": "2", "at": at})
        assert told in text_of(refused)
    ada.post(f"{place}/unschedule", data={"version": "3"})
    assert kept(app).state is DraftState.WRITTEN
    ada.post(f"{place}/discard", data={"version": "4"})
    assert announcements.kept_drafts(app) == ()


def test_a_list_that_is_none_of_theirs_is_neither_seen_counted_nor_mailed(app, ada):
    make(ada, to="board", subject="Board only")
    max_ = signed_in(app, ORGANISER)
    before = kept(app)
    assert "Board only" not in max_.get("/console/announcements").text
    form = TAPS | {"version": "1", "typed": "2", "at": "2026-12-01T08:00"}
    for path in ("", "/mail", "/file", "/send"):
        assert max_.get(f"/console/announcements/1{path}").status_code == 404
    for path in ("", "/send", "/schedule", "/unschedule", "/discard"):
        assert max_.post(f"/console/announcements/1{path}", data=form).status_code == 404
    for page in (NEW, "/console/announcements/preview", "/console/announcements/facts"):
        for lists in ({"to": "board"}, {"except": "board"}, {"to": ["members", "board"]}):
            assert max_.post(page, data=TAPS | lists).status_code == 404, (page, lists)
    assert "The board" not in max_.get(NEW).text
    other, missing = (text_of(max_.get(f"/console/announcements/{number}")) for number in (1, 99))
    assert re.sub(r"<style.*?</style>", "", other) == re.sub(r"<style.*?</style>", "", missing)
    assert kept(app) == before
    assert announcements.kept_drafts(app) == (before,)


def test_an_editor_writes_no_announcements(app, ada):
    make(ada)
    eve = signed_in(app, EDITOR)
    for path in ("", "/new", "/1", "/1/mail", "/1/send", "/items?q=x"):
        assert eve.get(f"/console/announcements{path}").status_code == 404
    assert eve.post(NEW, data=TAPS).status_code == 404


@pytest.mark.parametrize("path", ["/console/announcements/1/send", "/console/announcements/1", NEW])
def test_another_sites_form_changes_nothing(app, ada, path):
    make(ada)
    answer = ada.post(path, data=TAPS | {"version": "1", "typed": "2"}, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, kept(app).version) == (403, 1)
    assert len(announcements.kept_drafts(app)) == 1


def test_an_organisers_condition_asks_for_what_their_own_lists_keep_and_nothing_else(tmp_path, now):
    config = CONFIG.replace('title = "The board"', 'title = "The board"\nfields = ["salary"]')
    with network(tmp_path, now, config=config) as own:
        for who, asks in ((ADMIN, True), (ORGANISER, False)):
            client, written = signed_in(own, who), TAPS | {"where": 'salary = "9"'}
            assert client.post(NEW, data=written).status_code == (303 if asks else 422)
            assert ("salary" in client.get(NEW).text) is asks
            facts = text_of(client.post("/console/announcements/facts", data=written))
            assert ("salary&#34;; known: region (" in facts) is not asks


class _ReadOnly:
    """A store that has no write lock to give."""

    def __init__(self, store):
        self.read = store.read

    @contextmanager
    def write(self):
        raise AssertionError("the store is written")
        yield


def test_looking_at_what_is_written_reads_no_list_file_and_takes_no_write_lock(tmp_path, now):
    config = CONFIG.replace('title = "The board"', 'title = "The board"\nfile = "board.csv"')
    (tmp_path / "board.csv").write_text("email\ndee@example.org\n", encoding="utf-8")
    with network(tmp_path, now, config=config) as app:
        client = signed_in(app, ORGANISER)
        make(client)
        (tmp_path / "board.csv").write_text("email\nnobody at all\n", encoding="utf-8")
        bare = replace(app, store=_ReadOnly(app.store))
        looking = browser(bare)
        looking.cookies = client.cookies
        for path in ("preview", "facts"):
            assert looking.post(f"/console/announcements/{path}", data=TAPS).status_code == 200
        assert "Reaches 2 people" in text_of(looking.post("/console/announcements/facts", data=TAPS))
        for path in ("1", "1/mail"):
            assert looking.get(f"/console/announcements/{path}").status_code == 200


def with_board(folder, now, *lines):
    """The network whose board stands in a file, which says these lines by now."""
    file = folder / "board.csv"
    file.write_text("email\n" + "".join(f"p{n}@example.org\n" for n in range(20)), encoding="utf-8")
    config = CONFIG.replace('subscribers = ["dee@example.org", "bo@example.org"]', 'file = "board.csv"')

    @contextmanager
    def opened():
        with network(folder, now, config=config) as app:
            file.write_text("\n".join(["email", *lines, ""]), encoding="utf-8")
            yield app

    return opened()


@pytest.mark.parametrize(("line", "told"), [("secret cell", "secret cell"), ("p1@example.org", "would lose 19")])
@pytest.mark.parametrize("how", ["send", "schedule"])
def test_what_is_wrong_with_a_list_is_told_to_admins_alone(tmp_path, now, line, told, how):
    with with_board(tmp_path, now, line) as app:
        for who in (ADMIN, ORGANISER):
            client = signed_in(app, who)
            place = make(client, id=who).partition("?")[0]
            answer = client.post(f"{place}/{how}", data={"version": 1, "at": "2026-11-24T08:00"})
            if how == "schedule" and told != line:  # the guard asks only when it goes
                assert answer.status_code == 303
                continue
            assert answer.status_code == 422
            assert (told in text_of(answer)) is (who == ADMIN)
            assert ("A list’s file needs mending; tell an admin." in text_of(answer)) is (who == ORGANISER)


async def test_a_draft_goes_past_a_mistyped_line_of_a_list_and_quotes_nothing_of_it(tmp_path, now):
    with with_board(tmp_path, now, "secret cell") as app:
        text = as_text(Written(subject="Taps", to=("members",), body="Off."))
        draft = announcements.create_draft(app, text, by=ITSELF, now=now)
        with app.store.write() as connection:
            connection.execute(update(drafts).values(send_at=now))
        (gone,) = await announcements.release_due(app, now, by=ITSELF)
        assert (gone.campaign, gone.trouble) == (kept(app, draft.id).campaign, "")
        assert (kept(app, draft.id).state, kept(app, draft.id).trouble) == (DraftState.SENT, "")


@pytest.mark.parametrize("how", ["send", "schedule"])
def test_what_goes_is_planned_beside_the_loop_that_answers_others(app, ada, how):
    make(ada)
    client = browser(off_the_loop(app))
    client.cookies = ada.cookies
    form = {"version": 1, "typed": 2, "at": "2026-11-24T08:00"}
    assert client.post(f"/console/announcements/1/{how}", data=form).status_code == 303


def test_what_saves_itself_is_kept_of_the_version_it_says_and_replaces_nobodys(app, ada):
    first = ada.post(NEW, data=TAPS | {"do": "save", "by_itself": "yes"}).json()
    assert first == {"version": 1, "place": "/console/announcements/1"}
    second = ada.post(first["place"], data=TAPS | {"subject": "Later", "version": "1", "by_itself": "yes"})
    assert second.json()["version"] == 2
    late = ada.post(first["place"], data=TAPS | {"subject": "Too late", "version": "1", "by_itself": "yes"})
    assert (late.status_code, announcements.written_of(kept(app)).subject) == (409, "Later")
    nobody = browser(app, headers={"sec-fetch-site": "same-origin", "sec-fetch-dest": "empty"})
    assert nobody.post(first["place"], data=TAPS | {"version": "2", "by_itself": "yes"}).status_code == 401


def test_what_is_scheduled_is_changed_by_hand_alone(app, ada, now):
    place = make(ada).partition("?")[0]
    assert 'data-autosave="save"' in ada.get(place).text
    with app.store.write() as connection:
        connection.execute(update(drafts).values(send_at=now + timedelta(days=1)))
    assert "data-autosave" not in ada.get(place).text


def test_what_is_missing_is_said_to_who_writes_in_a_form_without_a_files_lines(ada):
    page = text_of(ada.get(make(ada, subject="", body="")))
    assert "There is no mail yet" in page
    assert "The announcement has no subject. " in page
    assert "line 1" not in page
    page = text_of(ada.get(make(ada, body="Look: ![A door](door.jpg)")))
    assert "There is no picture door.jpg here (JPEG, PNG" in page
    assert ".md" not in page
