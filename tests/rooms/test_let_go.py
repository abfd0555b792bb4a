"""What is drafted ahead and let go later: to whom it is for by then, and whatever fails beside it."""

from datetime import timedelta

import pytest
from rooms import test_drafted_ahead
from rooms.test_drafted_ahead import ADA, HOUR, ORGANISERS, add
from sqlalchemy import select

from digest.core import content, editions
from digest.core.editions.audience import plan_again
from digest.core.editions.reviewers import read_answer_link, standing
from digest.core.people import apply_lists
from digest.errors import DigestError, TokenError
from digest.model import CampaignStatus, Edit
from digest.store import outbox, people
from digest.store.tables import deliveries
from digest.tokens import Scope

make = test_drafted_ahead.make
SOON, LATER = timedelta(seconds=5), timedelta(minutes=15)
OTHER = """
[[digests]]
name = "other"
lists = ["members"]
on = "monday"
at = "08:00"
prepare_before = "24h"
"""


def members(network, *names):
    path = network.app.config.resolve(network.app.config.lists[0].file)
    path.write_text("email\n" + "".join(f"{name}@example.org\n" for name in names))


def planned(network):
    """State by the name before the @."""
    with network.app.store.read() as connection:
        query = select(deliveries.c.address_key, deliveries.c.state)
        rows = connection.execute(query.where(deliveries.c.campaign_id == network.campaign.id))
        return {row.address_key.partition("@")[0]: row.state for row in rows}


def pause(network, name, until):
    with network.app.store.write() as connection:
        who, _ = people.find(connection, f"{name}@example.org")
        people.pause(connection, who, until)


def missed(network, name):
    with network.app.store.read() as connection:
        since = network.due - 48 * HOUR
        return [one.name for one in outbox.missed_by_pausing(connection, f"{name}@example.org", since=since, limit=5)]


def edit_and_break(network, tmp_path):
    """Something edited must be rendered anew, and cannot be."""
    (post,) = content.stored_items(network.app, network.due)
    gloves = Edit(source=post.source, key=post.key, note="Bring gloves.")
    content.edit_item(network.app, gloves, network.due - HOUR, by=ADA)
    break_subject(tmp_path)


def break_subject(tmp_path):
    path = tmp_path / "own" / "email" / "edition" / "subject.txt.j2"
    path.parent.mkdir(parents=True)
    path.write_text("{{ nothing }}")


@pytest.mark.parametrize("approval", ["none", "review", "required"])
async def test_a_draft_goes_to_whom_it_is_for_when_it_goes(make, approval):
    network = make(f'approval = "{approval}"')
    await network.tick(network.due - 20 * HOUR)
    if approval == "required":
        editions.approve(network.app, "weekly-2026-W48", by=ADA, now=network.due - 10 * HOUR)
    members(network, "bo", "cy")
    await network.tick(network.due)
    (sent,) = await network.send(network.due)
    assert (sent.accepted_now, planned(network)) == (2, {"bo": "accepted", "cy": "accepted"})


async def test_whose_pause_is_over_by_then_gets_the_edition_that_was_drafted_within_it(make):
    network = make('approval = "none"')
    apply_lists(network.app, network.due - 30 * HOUR, by=ADA)
    pause(network, "ada", network.due - HOUR)
    await network.tick(network.due - 20 * HOUR)
    assert planned(network) == {"ada": "skipped", "bo": "queued"}
    await network.tick(network.due)
    assert planned(network) == {"ada": "queued", "bo": "queued"}


async def test_a_draft_that_is_for_nobody_any_more_is_skipped(make):
    network = make('approval = "none"')
    await network.tick(network.due - 20 * HOUR)
    for name in ("ada", "bo"):
        pause(network, name, network.due + HOUR)
    skipped = await network.tick(network.due)
    assert (skipped.status, skipped.reason) == (CampaignStatus.SKIPPED, "nobody on members to send it to")


async def test_what_was_begun_is_never_planned_anew(make):
    network = make('approval = "none"')
    await network.tick(network.due)
    await network.send(network.due)
    members(network, "bo", "cy")
    apply_lists(network.app, network.due, by=ADA)
    with network.app.store.write() as connection:
        plan_again(connection, network.campaign, network.due)
    assert planned(network) == {"ada": "accepted", "bo": "accepted"}


async def test_nobody_missed_what_has_not_gone(make):
    network = make('approval = "review"')
    apply_lists(network.app, network.due - 30 * HOUR, by=ADA)
    pause(network, "ada", network.due + HOUR)
    await network.tick(network.due - 20 * HOUR)
    assert missed(network, "ada") == []
    await network.tick(network.due)
    assert missed(network, "ada") == ["weekly-2026-W48"]


async def test_a_draft_that_cannot_be_rendered_when_it_is_due_is_held_with_the_reason(make, tmp_path):
    (tmp_path / "own").mkdir()
    network = make('approval = "review"\n[paths]\ntemplates = "own"')
    await network.tick(network.due - 20 * HOUR)
    edit_and_break(network, tmp_path)
    held = await network.tick(network.due)
    assert held.status is CampaignStatus.HELD
    assert "subject.txt.j2, line 1" in held.reason
    assert (await network.tick(network.due + 13 * HOUR)).status is CampaignStatus.HELD  # and not "nothing ran"


async def test_a_period_that_was_skipped_and_cannot_be_rendered_is_held_with_the_reason(make, tmp_path):
    (tmp_path / "own").mkdir()
    network = make('approval = "none"\n[paths]\ntemplates = "own"')
    (tmp_path / "posts.txt").write_text("")
    assert (await network.tick(network.due - 2 * HOUR)).status is CampaignStatus.SKIPPED
    add(network, "News")
    break_subject(tmp_path)
    held = await network.tick(network.due)
    assert held.status is CampaignStatus.HELD
    assert "subject.txt.j2, line 1" in held.reason


async def test_what_fails_to_be_drafted_ahead_does_not_keep_what_is_due_and_is_tried_again_after_a_while(
    make, tmp_path
):
    network = make('approval = "none"')
    text = (tmp_path / "posts.txt").read_text()
    (tmp_path / "posts.txt").unlink()
    begun = network.due - 20 * HOUR
    for moment in (begun, begun + SOON):
        with pytest.raises(DigestError, match="Nothing new was found"):
            await network.tick(moment)
        (tmp_path / "posts.txt").write_text(text)
    assert network.campaign is None
    assert (await network.tick(begun + LATER)).status is CampaignStatus.PREPARED


async def test_a_draft_whose_reviewers_cannot_be_reached_keeps_no_other_and_is_shown_after_a_while(make):
    network = make(f'approval = "review"\n{OTHER}approval = "review"')
    mailbox, begun = network.app.mailbox, network.due - 20 * HOUR
    mailbox.parent.mkdir(parents=True, exist_ok=True)
    mailbox.write_text("no folder")
    with pytest.raises(DigestError, match=r"(?s)weekly-2026-W48: .*other-2026-W48: "):
        await network.tick(begun)
    mailbox.unlink()
    with pytest.raises(DigestError, match="not accepted"):
        await network.tick(begun + SOON)
    assert network.mails("Una@example.org") == []
    await network.tick(begun + LATER)
    assert len(network.mails("Una@example.org")) == 2


@pytest.mark.parametrize("scope", [Scope.APPROVE, Scope.HOLD])
async def test_a_link_is_worth_nothing_once_its_organiser_has_nothing_to_do_with_the_list(make, scope):
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    token = network.link(scope, "vi@example.org").rpartition("/")[2]
    assert read_answer_link(network.app, scope, token).organiser.email == "vi@example.org"
    moved = make('approval = "required"', organisers=ORGANISERS.replace('["members"]', '["board"]'))
    with pytest.raises(TokenError):
        read_answer_link(moved.app, scope, token)


async def test_of_those_who_approved_the_word_of_who_may_no_more_does_not_count(make):
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    agreed = ("una@example.org", "away@example.org", "ed@example.org", "gone@example.org", "command ada@host")
    assert standing(network.app, network.campaign, agreed) == ("una@example.org", "command ada@host")
