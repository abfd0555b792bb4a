"""The letters of sign-up: what is in them, and what becomes of those that no server takes."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import util

import pytest
from conftest import ROOT
from sample_edition import edition, event, post, section, vacancy
from scripted_smtp import Fault, scripted_server
from sign_up_visit import ADA, DAY, LINK, SECOND, text_of, visiting

from digest.compose import edition_to_json
from digest.core import people as verbs
from digest.errors import DeliveryError
from digest.model import ITSELF, CampaignStatus
from digest.render import Compiled, compiled_to_json
from digest.store import campaigns
from digest.tokens import Scope

WEEKLY = {"digests": [{"name": "weekly", "title": "The weekly", "lists": ["members"], "on": "friday"}]}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now, **WEEKLY) as visit:
        yield visit


def sent_edition(visit, name, status=CampaignStatus.SENT, digest="weekly"):
    past = event("Long ago", "past", starts_at=visit.app.now - DAY)
    closing = vacancy(closes_at=datetime(2026, 11, 30, 17, tzinfo=UTC))
    shown = edition(section(event("Winter meeting"), past, closing, vacancy("Undated", "u"), post()))
    rendered = compiled_to_json(Compiled(subject="Hello", html=("<p>The whole edition</p>",), text=("Hello",)))
    with visit.app.store.write() as connection:
        return campaigns.create(
            connection,
            name=name,
            digest=digest,
            period=name,
            status=status,
            by=ITSELF,
            list_names=["members"],
            rendered=rendered,
            edition=edition_to_json(shown),
            now=visit.app.now,
        )


def welcome(visit):
    visit.ask(name="Ada")
    visit.web.post(visit.link())
    (letter,) = visit.letters()
    return letter


def test_the_confirmation_is_of_no_list_and_tells_how_long_the_link_works(visit):
    visit.ask()
    (letter,) = visit.letters()
    assert letter["Subject"] == "Confirm that Growers & <Friends> may write to you"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert [name for name in letter if name.startswith("List-") or name in ("Precedence", "Feedback-ID")] == []
    words = " ".join(text_of(letter).split())
    assert "through: All <b>members</b>." in words
    assert "The link works for 1 week." in words
    html = letter.get_body(("html",)).get_content()
    assert "All &lt;b&gt;members&lt;/b&gt;" in html
    assert LINK.search(html)[1] == LINK.search(text_of(letter))[1]


def test_the_welcome_leads_to_the_latest_edition_to_what_is_ahead_and_to_the_way_out(visit):
    sent_edition(visit, "weekly-1")
    latest = sent_edition(visit, "weekly-2")
    sent_edition(visit, "weekly-3", CampaignStatus.CANCELLED)
    sent_edition(visit, "other-1", digest="other")
    letter = welcome(visit)
    text = text_of(letter)
    assert letter["Subject"] == "Welcome to Growers & <Friends>"
    assert "Next comes The weekly, on 27 November." in " ".join(text.split())
    assert f"Read the latest:\n{visit.app.link(Scope.VIEW, latest.id)}\n" in text
    ahead = "- Winter meeting – Thu 26 November, 6:30 pm\n- Orchard coordinator – Closes Mon 30 Nov, 5 pm\n"
    assert f"Coming up:\n{ahead}\n" in text
    assert "Long ago" not in text
    assert "Leaf mould" not in text
    leave = letter["List-Unsubscribe"].strip("<>")
    assert f"Unsubscribe:\n{leave}\n" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = leave.removeprefix("https://digest.example.org")
    assert "All &lt;b&gt;members&lt;/b&gt;" in visit.web.get(path).text
    assert (
        "The whole edition" in visit.web.get(f"/view/{visit.app.link(Scope.VIEW, latest.id).rpartition('/')[2]}").text
    )


def test_before_the_first_edition_the_welcome_says_what_it_can(visit):
    text = text_of(welcome(visit))
    assert "From now on Growers & <Friends> writes to you through: All <b>members</b>." in " ".join(text.split())
    assert "Read the latest" not in text
    assert "Coming up" not in text


def test_who_left_before_the_welcome_went_gets_none(visit):
    visit.ask()
    visit.web.post(visit.link())
    verbs.leave(visit.app, ADA, visit.app.now, by=ITSELF)
    assert visit.letters() == []


def test_a_letter_goes_once(visit):
    visit.ask()
    assert len(visit.letters()) == 1
    visit.wait(6 * DAY)
    assert visit.letters() == []


async def test_the_job_sends_what_is_due(visit):
    visit.ask()
    spec = util.spec_from_file_location("letters_job", ROOT / "jobs/letters.py")
    job = util.module_from_spec(spec)
    spec.loader.exec_module(job)
    await job.run(visit.app, visit.app.now)
    assert len(list(visit.app.mailbox.glob("new/*"))) == 1


async def sent_over(server, tmp_path, now, *waits):
    """How many letters are accepted, after each of these waits."""
    with visiting(tmp_path, now, smtp={"host": server.host, "port": server.port}) as visit:
        visit.ask()
        accepted = []
        for wait in waits:
            visit.wait(wait)
            accepted.append(await verbs.send_letters(visit.app, visit.app.now))
        return accepted


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "dot"])
async def test_a_letter_that_is_put_off_is_tried_again_after_a_while(tmp_path, now, empty_store, stage):
    async with scripted_server([Fault(stage, "451 4.7.1 later")]) as server:
        waits = (0 * SECOND, 4 * MINUTE, 2 * MINUTE, 60 * MINUTE)
        assert await sent_over(server, tmp_path, now, *waits) == [0, 0, 1, 0]


@pytest.mark.parametrize(("stage", "words"), [("RCPT", "550 5.1.1 no such user"), ("dot", "drop")])
async def test_a_letter_that_is_refused_or_in_doubt_is_not_tried_again(tmp_path, now, empty_store, stage, words):
    async with scripted_server([Fault(stage, words)]) as server:
        assert await sent_over(server, tmp_path, now, 0 * SECOND, DAY) == [0, 0]


async def test_while_no_server_answers_the_letter_waits(tmp_path, now, empty_store):
    with visiting(tmp_path, now, smtp={"host": "127.0.0.1", "port": 9}) as visit:
        visit.ask()
        for _ in range(2):
            with pytest.raises(DeliveryError):
                await verbs.send_letters(visit.app, visit.app.now)
    async with scripted_server() as server:
        with visiting(tmp_path, now, smtp={"host": server.host, "port": server.port}) as visit:
            visit.wait(MINUTE)
            assert await verbs.send_letters(visit.app, visit.app.now) == 1


async def test_two_processes_do_not_send_it_twice(visit):
    visit.ask()
    with visit.app.store.exclusive("letters"), suppress(DeliveryError):
        assert await verbs.send_letters(visit.app, visit.app.now) == 0
    assert await verbs.send_letters(visit.app, visit.app.now) == 1
