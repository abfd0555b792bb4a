"""Leaving by a link: one click whatever comes with it, what would be less, a mistake, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from people_pages import (
    ACTIVE,
    consents,
    everything_kept,
    fresh_path,
    opened,
    preferences,
    preferences_path,
    statuses,
    subscriber_id,
    unsubscribe_path,
    visitor,
)

from digest.core import people
from digest.model import BY_LINK, ITSELF, Preferences
from digest.store.organisers import activity
from digest.store.people import Status, known_lists
from digest.tokens import Scope

LEFT_MEMBERS = ACTIVE | {"members": Status.UNSUBSCRIBED}


@pytest.fixture
def app(tmp_path, now, empty_store):
    with opened(tmp_path, now) as app:
        yield app


@pytest.fixture
def client(app):
    return visitor(app)


def later(app, **time):
    return replace(app, clock=lambda: app.now + timedelta(**time))


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"mute": "posts"}},
        {"content": b"mute=posts", "headers": {"content-type": "text/plain"}},
        {"data": {"choose": "monthly", "pause": "1"}},
        {"files": {"mute": ("x.txt", b"posts")}},
    ],
    ids=["json", "text", "a gentler form", "a file"],
)
def test_whatever_is_posted_to_the_address_itself_unsubscribes_and_does_nothing_else(app, client, body):
    for _ in range(2):
        answer = client.post(unsubscribe_path(app, "members"), **body)
        assert (answer.status_code, "location" in answer.headers, "set-cookie" in answer.headers) == (200, False, False)
        assert statuses(app) == LEFT_MEMBERS
    assert preferences(app) == {}


def test_a_body_that_is_too_long_unsubscribes_nobody_and_is_told_so(app, client):
    assert client.post(unsubscribe_path(app, "members"), content=b"x" * 5000).status_code == 413
    assert statuses(app) == ACTIVE


@pytest.mark.parametrize("below", ["", "/instead", "/back", "/why"])
def test_what_is_forged_cut_short_or_for_something_else_is_refused(app, client, below):
    path = unsubscribe_path(app, "members")
    other = app.link(Scope.VIEW, 1, 1).rpartition("/")[2]
    before = everything_kept(app)
    for wrong in (path[:-1], path[:-4] + "AAAA", f"/unsubscribe/{other}", "/unsubscribe/" + "A" * 3000):
        assert client.post(wrong + below, data={"mute": "posts", "why": "x"}).status_code == 404, wrong
    assert everything_kept(app) == before


@pytest.mark.parametrize("below", ["", "/instead", "/back", "/why"])
def test_who_is_forgotten_has_nothing_to_do_and_nothing_is_kept_of_what_they_post(app, client, now, below):
    path = unsubscribe_path(app, "members")
    people.forget(app, "ada@example.org", now, by=ITSELF)
    before = everything_kept(app)
    answer = client.post(path + below, data={"mute": "posts", "why": "x"})
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    assert everything_kept(app) == before


def test_a_hundred_gets_and_heads_of_every_address_change_nothing(app, client):
    paths = [unsubscribe_path(app, "members"), preferences_path(app), fresh_path(app), "/preferences"]
    before = everything_kept(app)
    for path in paths:
        for _ in range(100 // len(paths)):
            assert client.get(path, params={"List-Unsubscribe": "One-Click", "list": "x"}).status_code == 200
            assert client.head(path).status_code == 200
    for below in ("/instead", "/back", "/why"):
        assert client.get(paths[0] + below).status_code == 405
    for below in ("/link", "/lift", "/leave"):
        assert client.get(paths[1] + below).status_code == 405
    assert everything_kept(app) == before


def test_beside_the_button_there_is_what_would_be_less(app, client):
    page = client.get(unsubscribe_path(app, "members")).text
    assert page.index("Yes, unsubscribe me") < page.index("Or would less be enough?") < page.index("Pause for a month")
    for words in ("Monthly digest instead", "Soil &amp; compost", "Vacancies"):
        assert words in page


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"mute": ["vacancies", "soil", "nonsense"]}, {"": Preferences(muted=("soil", "vacancies"))}),
        ({"choose": "monthly"}, {"weekly": Preferences(chosen="monthly")}),
        ({"pause": "1"}, "2026-12-23"),
        ({"pause": "3"}, "2027-02-23"),
        ({"pause": "date", "until": "2027-01-10"}, "2027-01-10"),
        ({"pause": "1", "until": "2027-01-10"}, "2027-01-10"),
    ],
)
def test_a_gentler_choice_is_kept_in_the_place_of_leaving(app, client, form, expected):
    answer = client.post(unsubscribe_path(app, "members") + "/instead", data=form)
    assert (answer.status_code, "Saved." in answer.text) == (200, True)
    kept = preferences(app)
    if isinstance(expected, str):
        kept = kept[""].paused_until.astimezone(app.config.network.zone).isoformat()[:16]
        expected += "T00:00"
    assert kept == expected
    assert statuses(app) == ACTIVE


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"mute": "nonsense"},
        {"choose": "weekly"},
        {"choose": "board"},
        {"pause": "2"},
        {"pause": "date"},
        {"pause": "date", "until": "yesterday"},
        {"pause": "date", "until": "2026-11-23"},
        {"pause": "date", "until": "2029-01-01"},
    ],
)
def test_a_choice_that_there_is_not_changes_nothing_and_is_told_so(app, client, form):
    before = everything_kept(app)
    answer = client.post(unsubscribe_path(app, "members") + "/instead", data=form)
    assert (answer.status_code, "Nothing has changed" in answer.text) == (422, True)
    assert everything_kept(app) == before


def test_a_mistake_puts_back_exactly_what_was_just_left_as_it_was(app, client, now):
    people.leave(app, "ada@example.org", now - timedelta(days=30), by=ITSELF, name="board")
    path = unsubscribe_path(app, "members", "board")
    assert "That was a mistake" in client.post(path).text
    answer = client.post(path + "/back")
    assert (answer.status_code, "You are back" in answer.text) == (200, True)
    assert statuses(app) == ACTIVE | {"board": Status.UNSUBSCRIBED}
    assert [(one.verb, one.list_name) for one in consents(app)][-1] == ("subscribe", "members")


def test_who_a_file_had_taken_off_a_list_is_not_put_on_it_by_a_mistake(tmp_path, now):
    with opened(tmp_path, now) as app:
        path = unsubscribe_path(app, "members")
    with opened(tmp_path, now, ("bo@example.org", "cy@example.org")) as app:
        assert statuses(app)["members"] is Status.DELISTED
        client = visitor(app)
        client.post(path)
        assert statuses(app)["members"] is Status.UNSUBSCRIBED
        client.post(path + "/back")
        assert statuses(app)["members"] is Status.DELISTED


def test_a_mistake_is_taken_back_by_the_link_that_made_it_alone(app, client):
    client.post(unsubscribe_path(app, "members"))
    client.post(unsubscribe_path(app, "board") + "/back")
    assert statuses(app) == LEFT_MEMBERS


def test_twice_a_mistake_is_once(app, client):
    path = unsubscribe_path(app, "members")
    client.post(path)
    assert [client.post(path + "/back").status_code for _ in range(2)] == [200, 200]
    assert [one.verb for one in consents(app)] == ["unsubscribe", "subscribe"]


def test_after_an_hour_leaving_is_no_mistake_any_more(app, client):
    path = unsubscribe_path(app, "members")
    client.post(path)
    after = visitor(later(app, minutes=61))
    assert "That was a mistake" not in after.get(path).text
    assert "You are back" not in after.post(path + "/back").text
    assert statuses(app) == LEFT_MEMBERS


def test_a_reason_is_kept_for_the_organisers_in_one_line_and_shown_on_no_page(app, client):
    path = unsubscribe_path(app, "members")
    client.post(path)
    answer = client.post(path + "/why", data={"why": "Too\r\nmany\x1b[31m mails <b> " + "x" * 1000})
    assert "Thank you." in answer.text
    assert "xxx" not in answer.text
    (reason,) = [one.how for one in consents(app) if one.verb == "reason"]
    assert reason.startswith("Too many [31m mails <b> xxx")
    assert len(reason) == 500
    with app.store.read() as connection:
        (told, *_) = activity.latest(connection, limit=1)
    assert (told.verb, told.by, told.detail) == ("tell why", BY_LINK, reason)


@pytest.mark.parametrize("when", ["never left", "told already", "too late"])
def test_a_reason_is_told_once_right_after_leaving(app, client, when):
    path = unsubscribe_path(app, "members")
    if when != "never left":
        client.post(path)
    if when == "told already":
        client.post(path + "/why", data={"why": "first"})
    visiting = visitor(later(app, minutes=61)) if when == "too late" else client
    assert visiting.post(path + "/why", data={"why": "second"}).status_code == 200
    assert [one.how for one in consents(app) if one.verb == "reason"] == ["first"] * (when == "told already")


def test_a_crowd_that_leaves_together_leaves_as_each_would_alone(tmp_path, now):
    people_ = [f"p{number}@example.org" for number in range(6)]
    leaving = [(0, "members"), (1, "members"), (2, "members board"), (0, "members"), (5, "staff")]
    kept = []
    for folder, at_once in (("alone", False), ("together", True)):
        (tmp_path / folder).mkdir()
        with opened(tmp_path / folder, now, people_) as app:
            with app.store.read() as connection:
                ids = known_lists(connection)
            all_of_them = [
                people.Leaving(
                    subscriber_id=subscriber_id(app, people_[who]), list_ids=tuple(ids[name] for name in names.split())
                )
                for who, names in leaving
            ]
            for some in [all_of_them] if at_once else [[one] for one in all_of_them]:
                people.unsubscribe_all(app, some, now, by=BY_LINK)
            kept.append(
                {
                    name: sorted(row.partition(", ")[2] for row in rows)
                    for name, rows in everything_kept(app).items()
                    if name in {"subscriptions", "journal", "activity", "deliveries"}
                }
            )
            left = {one: statuses(app, one)["members"] for one in people_}
    assert kept[0] == kept[1]
    assert [left[one] for one in people_] == [Status.UNSUBSCRIBED] * 3 + [Status.ACTIVE] * 3
