"""Every page in Welsh, with as much to tell as there can be: no sentence of ours is left in English."""

import re
from datetime import UTC, datetime

import pytest
from console_visit import ADMIN, browser, signed_in
from welsh_visit import english_on, is_english, troubled

from digest.core import people
from digest.tokens import Scope

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with troubled(tmp_path_factory.mktemp("cymru"), NOW) as app:
        yield app


def walked(client, *begin):
    """Every page that a link leads to from these: its address without its query, and itself."""
    to_come, seen = [*begin], set()
    while to_come:
        address = to_come.pop(0)
        path = re.sub(r"[?#].*", "", address)
        if path in seen or "/static/" in path:
            continue
        seen.add(path)
        answer = client.get(address)
        if answer.status_code == 303:
            to_come.append(answer.headers["location"])
        elif answer.headers.get("content-type", "").startswith("text/html"):
            yield path, answer
            to_come += [found.replace("&amp;", "&") for found in re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)]


def test_no_page_of_the_console_says_anything_of_ours_in_english(app):
    pages = dict(walked(signed_in(app, ADMIN), "/console", "/console/announcements/new?correcting=weekly-2026-W48"))
    assert {path: found for path, answer in pages.items() if (found := english_on(answer.text))} == {}
    kinds = {path.split("/")[2] for path in pages if path.count("/") > 2}
    assert kinds >= {"announcements", "campaigns", "editions", "items", "mailbox", "people"}
    assert len(pages) > 30


EDITION, SENT = "/console/editions/weekly-2026-W48", "/console/campaigns/allwedd-b88877"


def test_no_refusal_says_anything_of_ours_in_english(app):
    client = signed_in(app, ADMIN)
    refused = [
        ("/console/people/invite", {"email": "neb", "list": "aelodau"}),
        ("/console/people/3/invite", {"list": "aelodau"}),
        ("/console/people/lists", {"seal": "x"}),
        ("/console/people/1/forget", {"typed": "x"}),
        ("/console/people/6/lift", {}),
        ("/console/announcements/new", {"do": "picture"}),
        ("/console/announcements/new", {"do": "save", "body": "x" * 200_000}),
        ("/console/announcements/1/schedule", {"version": "1", "at": ""}),
        ("/console/announcements/1/send", {"version": "9"}),
        ("/console/announcements/1/unschedule", {"version": "1"}),
        (f"{EDITION}/arrange", {"do": "drop", "item": "a/b", "version": "x"}),
        (f"{EDITION}/approve", {"version": "x"}),
        (f"{EDITION}/hold", {}),
        ("/console/item", {"do": "edit", "item": "neb"}),
        (f"{SENT}/resume", {}),
        (f"{SENT}/cancel", {}),
    ]
    answers = {f"{path} {list(form)}": client.post(path, data=form) for path, form in refused}
    assert {one: found for one, answer in answers.items() if (found := english_on(answer.text))} == {}
    assert {answer.status_code for answer in answers.values()} == {409, 422}


def test_no_page_for_everybody_says_anything_of_ours_in_english(app):
    number = people.number_of(app, "bo@example.org")
    lists = people.list_ids_of(app, number)
    begin = ["/subscribe", "/preferences", "/archive", "/nowhere", "/sample", "/console/sign-in"]
    begin += [
        app.link(Scope.UNSUBSCRIBE, number, *lists),
        app.link(Scope.PREFERENCES, number),
        app.link(Scope.PREFERENCES, number, int(NOW.timestamp()) // 60),
    ]
    begin = [one.removeprefix("https://digest.example.org") for one in begin]
    pages = dict(walked(browser(app), *begin))
    assert {path: found for path, answer in pages.items() if (found := english_on(answer.text))} == {}
    assert len(pages) > 7


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("no such table: nowhere", True),
        ("the front matter is opened with --- but never closed", True),
        ("Sign out", True),
        ("Allgofnodi", False),
        ("Does dim yn cael ei ysgrifennu.", False),
        ("rhowch [web] url; gosodwch ef \u00e2 `digest items edit`", False),
    ],
)
def test_what_is_english_is_told_from_welsh_and_code(said, english):
    assert is_english(said) is english


def test_what_is_marked_as_english_is_no_mistake_and_what_is_not_is():
    page = '<html lang="cy"><p>Mae\u2019n dweud: <span lang="en">no such table</span></p>{}</html>'
    assert english_on(page.format("")) == []
    assert english_on(page.format('<p title="who is it?">no such table</p>')) == ["no such table", "who is it?"]


def test_what_another_program_said_is_marked_as_english_and_stays_inert(app):
    page = signed_in(app, ADMIN).get("/console/sources").text
    assert 'dweud: <span lang="en" dir="ltr">no such table: &lt;b&gt;nowhere</span>' in page
    assert "<b>nowhere" not in page
