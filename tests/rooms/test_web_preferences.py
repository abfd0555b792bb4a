"""The page of preferences: what a link in any mail may do, what only a fresh one may, and how that is asked for."""

import mailbox
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from people_pages import (
    ACTIVE,
    CONFIG,
    PUBLIC,
    consents,
    everything_kept,
    fresh_path,
    opened,
    preferences,
    preferences_path,
    statuses,
    unsubscribe_path,
    visitor,
)

from digest.core import people
from digest.core.mail import Mail
from digest.model import ITSELF, CampaignStatus, Preferences, Slot
from digest.render import Compiled
from digest.store import campaigns
from digest.store import people as people_store
from digest.store.people import Status
from digest.tokens import Scope

LEFT_BOARD = ACTIVE | {"board": Status.UNSUBSCRIBED}
LISTS = {"shown": ["members", "board"], "list": ["members", "board"]}


@pytest.fixture
def app(tmp_path, now, empty_store):
    with opened(tmp_path, now) as app:
        yield app


@pytest.fixture
def client(app):
    return visitor(app)


def later(app, **time):
    return replace(app, clock=lambda: app.now + timedelta(**time))


def letters(app):
    return list(mailbox.Maildir(app.mailbox)) if app.mailbox.exists() else []


def link_in(letter):
    text = letter.get_payload()[0].get_payload(decode=True).decode()
    return re.search(r"https://digest\.example\.org(/preferences/\S+)", text)[1]


def suppressed(app):
    with app.store.read() as connection:
        return people_store.suppression(connection, "ada@example.org")


def test_the_page_shows_what_somebody_gets_and_no_address(client, app):
    page = client.get(preferences_path(app)).text
    for words in ("All &lt;b&gt;members", "The board", "Monthly digest", "Soil &amp; compost", "a***@e***.org"):
        assert words in page
    assert "ada@example.org" not in page
    assert "Staff only" not in page
    assert 'value="Events"' not in page  # goes with all events


def test_every_mail_of_a_campaign_leads_its_reader_to_their_own_page(client, app, now):
    with app.store.write() as connection:
        values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members"]}
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
    mail = Mail.prepare(app, Compiled(subject="x", html=(Slot.PREFERENCES_URL,), text=("x",)), campaign=made)
    for address in ("ada@example.org", "bo@example.org"):
        link = mail.html(mail.sample(address))
        assert link == PUBLIC + preferences_path(app, address)
        assert "All &lt;b&gt;members" in client.get(link.removeprefix(PUBLIC)).text


def test_a_link_of_any_mail_leaves_mutes_pauses_and_chooses(client, app):
    form = {
        "shown": ["members", "board"],
        "list": ["members"],
        "offered.": ["posts", "events", "soil"],
        "want.": ["posts"],
        "pause.": "date",
        "until.": "2027-01-10",
        "choose.weekly": "monthly",
        "pause.minutes": "1",
    }
    answer = client.post(preferences_path(app), data=form)
    assert (answer.status_code, "Saved." in answer.text) == (200, True)
    assert statuses(app) == LEFT_BOARD
    kept = preferences(app)
    assert kept[""].muted == ("events", "soil")
    assert f"{kept[''].paused_until:%Y-%m-%d %H:%M}" == "2027-01-10 00:00"
    assert kept["weekly"].chosen == "monthly"
    assert kept["minutes"].paused_until is not None


def test_what_was_chosen_is_taken_back_by_the_same_page(client, app):
    path = preferences_path(app)
    client.post(path, data={"offered.": ["posts"], "pause.": "1", "choose.weekly": "monthly"})
    client.post(path, data={"offered.": ["posts"], "want.": ["posts"], "pause.": "none", "choose.weekly": "weekly"})
    assert preferences(app) == {"": Preferences(), "weekly": Preferences()}


def test_a_pause_that_is_kept_and_an_empty_form_change_nothing(client, app):
    client.post(preferences_path(app), data={"pause.": "1"})
    assert preferences(app)[""].muted == ()
    before = everything_kept(app)
    assert "Paused until 23 December 2026" in client.get(preferences_path(app)).text
    for form in ({}, LISTS | {"pause.": "keep"}):
        assert client.post(preferences_path(app), data=form).status_code == 200
    assert everything_kept(app) == before


def test_a_pause_that_cannot_be_changes_nothing_of_all_that_was_asked(client, app):
    before = everything_kept(app)
    form = {"shown": "board", "offered.": "posts", "pause.": "date", "until.": "2020-01-01"}
    assert client.post(preferences_path(app), data=form).status_code == 422
    assert everything_kept(app) == before


def test_a_list_that_the_form_did_not_show_is_not_left(client, app):
    client.post(preferences_path(app), data={"shown": "board", "list": "board"})
    assert statuses(app) == ACTIVE


def test_a_list_left_by_mistake_on_this_page_comes_back_at_once(client, app):
    answer = client.post(preferences_path(app), data={"shown": ["members", "board"], "list": "members"}).text
    client.post(re.search(r'action="(/unsubscribe/[^"]+/back)"', answer)[1])
    assert statuses(app) == ACTIVE


def test_all_is_left_by_one_button(client, app):
    assert "You are unsubscribed" in client.post(preferences_path(app) + "/leave").text
    assert set(statuses(app).values()) == {Status.UNSUBSCRIBED}


def test_a_link_of_any_mail_puts_nobody_on_a_list(client, app):
    client.post(unsubscribe_path(app, "board"))
    client.post(preferences_path(app), data={"list": ["members", "board", "friends", "staff"]})
    assert statuses(app) == LEFT_BOARD


def test_a_fresh_link_puts_its_owner_on_lists_that_they_left_or_that_are_open(client, app):
    client.post(unsubscribe_path(app, "board"))
    answer = client.post(fresh_path(app), data={"list": ["members", "board", "friends", "staff"]})
    assert answer.status_code == 200
    assert statuses(app) == ACTIVE | {"friends": Status.ACTIVE}
    told = [(one.list_name, one.wording, one.network) for one in consents(app) if one.verb == "subscribe"]
    wording = "Lists through which Growers & <Friends> mails you:"
    assert told == [(name, wording, "198.51.100.0/24") for name in ("board", "friends")]


def test_nobody_is_put_on_a_list_that_is_neither_open_nor_was_left(app, now):
    asked = people.Agreement(wording="Lists")
    assert people.come_back(app, 1, ["staff", "members"], now, by=ITSELF, asked=asked) == ()
    assert statuses(app) == ACTIVE


def test_who_came_back_by_themselves_is_taken_off_by_no_file(client, app, now):
    client.post(unsubscribe_path(app, "members"))
    client.post(fresh_path(app), data={"list": ["members"]})
    with app.store.read() as connection:
        (member,) = [one for one in people_store.members(connection, "members") if one.recipient.name == "Ada"]
    assert member.origin is people_store.BroughtBy.SIGN_UP


def test_a_day_later_a_fresh_link_is_like_any_other(client, app):
    path = fresh_path(app)
    client.post(unsubscribe_path(app, "board"))
    visitor(later(app, hours=24, minutes=1)).post(path, data={"list": ["board"], "pause.": "1"})
    assert statuses(app) == LEFT_BOARD
    assert preferences(app)[""].paused_until


def test_whose_mail_came_back_learns_it_and_lifts_it_by_a_fresh_link_alone(client, app, now):
    people.suppress(app, "ada@example.org", now, by=ITSELF, reason="bounced")
    page = client.get(preferences_path(app)).text
    assert "stopped since 23 November 2026" in page
    assert client.post(preferences_path(app) + "/lift").status_code == 403
    assert suppressed(app) == "bounced"
    client.post(preferences_path(app) + "/link")
    (letter,) = letters(app)
    answer = client.post(link_in(letter) + "/lift")
    assert (answer.status_code, "You get mail again." in answer.text) == (200, True)
    assert suppressed(app) is None


def test_the_link_is_mailed_to_the_address_that_is_held_and_opens_a_page_that_does_more(client, app):
    client.post(unsubscribe_path(app, "board"))
    client.post("/preferences", data={"email": " ADA@Example.org "})
    (letter,) = letters(app)
    assert letter["To"] == '"Ada" <ada@example.org>'
    assert 'value="board"' in client.get(link_in(letter)).text
    assert 'value="board"' not in client.get(preferences_path(app)).text


ASKED = ["ada@example.org", "nobody@example.org", "<script>alert(1)</script>", "", "x" * 3000, "ä@ß.example"]


def test_every_address_gets_the_same_answer_and_only_who_is_known_a_letter(client, app):
    answers = {(one.status_code, one.text) for one in (client.post("/preferences", data={"email": e}) for e in ASKED)}
    assert len(answers) == 1
    assert [letter["To"] for letter in letters(app)] == ['"Ada" <ada@example.org>']


def test_the_answer_is_given_before_anybody_is_looked_up(app):
    answer = visitor(replace(app, store=None)).post("/preferences", data={})  # whoever asks the store fails
    assert answer.status_code == 200


def test_a_form_without_an_address_or_with_a_file_gets_the_same_answer(client, app):
    expected = client.post("/preferences", data={"email": "nobody@example.org"}).text
    assert client.post("/preferences").text == expected
    assert client.post("/preferences", files={"email": ("a.txt", b"ada@example.org")}).text == expected
    assert letters(app) == []


def test_one_address_gets_three_letters_a_day_whoever_asks(app):
    for number in range(5):
        visitor(app, f"203.0.{number}.1").post("/preferences", data={"email": "ada@example.org"})
    assert len(letters(app)) == 3
    visitor(later(app, hours=25)).post("/preferences", data={"email": "ada@example.org"})
    assert len(letters(app)) == 4


def test_one_network_asks_for_thirty_an_hour_and_is_told_nothing_of_it(tmp_path, now):
    many = [f"member{number}@example.org" for number in range(32)]
    with opened(tmp_path, now, ("ada@example.org", *many)) as app:
        client = visitor(app)
        answers = {client.post("/preferences", data={"email": address}).text for address in many}
        assert (len(answers), len(letters(app))) == (1, 30)


def test_a_long_form_is_taken(tmp_path, now):
    names = [f"category {number} of a network that has many of them" for number in range(100)]
    tables = "".join(f'[[categories]]\nname = "{name}"\n' for name in names)
    with opened(tmp_path, now, config=CONFIG.replace("[[lists]]", tables + "[[lists]]", 1)) as app:
        form = {"offered.": names, "want.": names[1:]}
        assert visitor(app).post(preferences_path(app), data=form).status_code == 200
        assert preferences(app) == {"": Preferences(muted=(names[0],))}


@pytest.mark.parametrize("below", ["", "/link", "/lift", "/leave"])
def test_a_link_for_something_else_opens_no_preferences(client, app, below):
    before = everything_kept(app)
    for token in (app.link(Scope.UNSUBSCRIBE, 1, 1), app.link(Scope.PREFERENCES), app.link(Scope.PREFERENCES, 1, 2, 3)):
        path = "/preferences/" + token.rpartition("/")[2]
        assert client.post(path + below).status_code == 404
    assert everything_kept(app) == before


@pytest.mark.parametrize("below", ["", "/link", "/lift", "/leave"])
def test_who_is_forgotten_has_no_page(client, app, now, below):
    path = fresh_path(app)
    people.forget(app, "ada@example.org", now, by=ITSELF)
    before = everything_kept(app)
    assert client.post(path + below, data=LISTS | {"list": ["friends"]}).status_code == 200
    assert "Nothing to do" in client.get(path).text
    assert everything_kept(app) == before
    assert letters(app) == []
