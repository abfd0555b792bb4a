"""Signing up: asked by a form, and nothing until who has the mailbox confirms it."""

import pytest
from sign_up_visit import ADA, DAY, SECOND, heading, visiting

from digest.core import people as verbs
from digest.model import BY_LINK, ITSELF
from digest.store import people
from digest.store.organisers import activity
from digest.store.people import BroughtBy, Status
from digest.tokens import Scope


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        yield visit


def test_from_the_form_to_the_list_by_way_of_the_mailbox(visit):
    assert heading(visit.ask(name="Ada Thorn", list=["members", "jobs"])) == "Look into your mailbox"
    assert visit.standing() == {}
    link = visit.link()
    question = visit.web.get(link)
    assert (question.status_code, heading(question)) == (200, "Shall we write to you?")
    assert "All &lt;b&gt;members&lt;/b&gt; and Jobs" in question.text
    assert visit.standing() == {}
    answer = visit.web.post(link, follow_redirects=False)
    assert (answer.status_code, heading(answer)) == (200, "Welcome!")
    assert visit.standing() == {"members": Status.ACTIVE, "jobs": Status.ACTIVE}


def test_the_form_names_the_open_lists_and_no_other(visit):
    page = visit.web.get("/subscribe").text
    assert "All &lt;b&gt;members&lt;/b&gt;" in page
    assert "Every Friday: what is new." in page
    assert "The board" not in page
    assert "<script" not in page


def test_without_an_open_list_there_is_no_form(tmp_path, now, empty_store):
    with visiting(tmp_path, now, lists=[{"name": "board"}]) as visit:
        assert visit.web.get("/subscribe").status_code == 404
        assert visit.web.post("/subscribe", data={"email": ADA, "list": "board"}).status_code == 404


def test_a_closed_list_takes_nobody_however_the_form_is_made(visit):
    assert visit.ask(list=["board", "nowhere"]).status_code == 422
    visit.ask(list=["board", "jobs"])
    visit.web.post(visit.link())
    assert visit.standing() == {"jobs": Status.ACTIVE}


def test_a_list_that_is_closed_meanwhile_takes_nobody_by_a_link_in_the_mail(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        visit.ask()
        link = visit.link()
    with visiting(tmp_path, now, lists=[{"name": "members"}]) as visit:
        assert visit.web.get(link).status_code == visit.web.post(link).status_code == 410
        assert visit.standing() == {}


def test_consent_is_written_down_with_when_how_from_where_and_the_words_that_were_shown(visit):
    visit.ask(name="Ada")
    link = visit.link()
    visit.wait(60 * SECOND)
    shown = visit.web.get(link).text
    visit.web.post(link)
    with visit.app.store.read() as connection:
        (line,) = people.journal_of(connection, "ADA@example.org")
        (done,) = activity.latest(connection, limit=9)
        (member,) = people.members(connection, "members")
    assert (line.verb, line.list_name, line.at, line.network) == (
        "subscribe",
        "members",
        visit.app.now,
        "203.0.113.0/24",
    )
    assert (
        line.how == "asked by the form 2026-11-23T08:00:10+00:00 from 203.0.113.0/24; confirmed by the link in the mail"
    )
    assert line.wording == "Press the button, and Growers & <Friends> writes to you through: All <b>members</b>."
    assert line.wording.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in shown
    assert (done.by, done.verb, done.subject, done.detail) == (BY_LINK, "subscribe", ADA, "members")
    assert (member.origin, member.recipient.name) == (BroughtBy.SIGN_UP, "Ada")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_nothing_but_a_post_confirms(visit, method):
    visit.ask()
    link = visit.link()
    for _ in range(20):
        visit.web.request(method, link)
    assert visit.standing() == {}


def test_nothing_but_a_post_asks(visit):
    seal = visit.form()
    visit.wait(10 * SECOND)
    for method in ("GET", "HEAD"):
        visit.web.request(method, "/subscribe", params={"form": seal, "email": ADA, "list": "members"})
    assert visit.held() == []


def test_confirming_twice_is_harmless(visit):
    visit.ask()
    link = visit.link()
    assert [heading(visit.web.post(link)) for _ in range(3)] == ["Welcome!"] * 3
    with visit.app.store.read() as connection:
        assert len(people.journal_of(connection, ADA)) == 1
    assert len(visit.letters()) == 1


def test_an_old_link_does_not_bring_back_who_has_left_since(visit):
    visit.ask()
    link = visit.link()
    visit.web.post(link)
    verbs.leave(visit.app, ADA, visit.app.now, by=ITSELF)
    assert heading(visit.web.post(link)) == "This link was used"
    assert visit.standing() == {"members": Status.UNSUBSCRIBED}


def test_after_seven_days_a_link_confirms_nothing_and_what_was_asked_is_erased(visit):
    visit.ask()
    link = visit.link()
    visit.wait(7 * DAY - 20 * SECOND)
    assert visit.web.get(link).status_code == 200
    visit.wait(21 * SECOND)
    assert (visit.web.get(link).status_code, visit.web.post(link).status_code) == (410, 410)
    assert visit.standing() == {}
    assert verbs.erase_expired(visit.app, visit.app.now, by=ITSELF).sign_ups == 1
    assert visit.web.post(link).status_code == 410
    assert visit.held() == []


@pytest.mark.sqlite
def test_who_asks_after_another_is_erased_is_not_confirmed_by_the_others_link(visit):
    visit.ask("old@example.org")
    link = visit.link()
    visit.wait(8 * DAY)
    verbs.erase_expired(visit.app, visit.app.now, by=ITSELF)
    visit.ask("new@example.org")
    assert [one.id for one in visit.held("new@example.org")] == [1]  # the same id again
    assert visit.web.post(link).status_code == 410
    assert visit.standing("new@example.org") == {}


def changed(token):
    """Another in one letter, whatever that was."""
    return f"{token[:-5]}{'B' if token[-5] == 'A' else 'A'}{token[-4:]}"


@pytest.mark.parametrize("break_it", [lambda t: t[:-1], changed, lambda t: t + "A", lambda t: "x"])
def test_a_forged_or_truncated_link_confirms_nothing(visit, break_it):
    visit.ask()
    link = visit.link()
    token = link.rpartition("/")[2]
    assert visit.web.post(f"/confirm/{break_it(token)}").status_code == 404
    assert visit.standing() == {}


@pytest.mark.parametrize("scope", [one for one in Scope if one is not Scope.CONFIRM])
def test_a_link_made_for_something_else_confirms_nothing(visit, scope):
    visit.ask()
    visit.letters()
    (asked,) = visit.held()
    token = visit.app.link(scope, asked.id, int(asked.asked_at.timestamp())).rpartition("/")[2]
    assert visit.web.post(f"/confirm/{token}").status_code == 404
    assert visit.standing() == {}


def test_sqlite_and_postgresql_take_a_sign_up_alike(tmp_path, now, empty_store, store_url):
    with visiting(tmp_path, now, store={"url": store_url}) as visit:
        visit.ask(name="Ada")
        link = visit.link()
        visit.web.post(link)
        assert visit.standing() == {"members": Status.ACTIVE}
        assert len(visit.letters()) == 1
        assert heading(visit.web.post(link)) == "Welcome!"
        visit.wait(8 * DAY)
        assert verbs.erase_expired(visit.app, visit.app.now, by=ITSELF).sign_ups == 1
