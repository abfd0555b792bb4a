"""Editions that wait, once nothing goes as it was meant: held, prepared again or by hand, composed anew, and late."""

from datetime import timedelta

import pytest
from rooms.test_drafted_ahead import ADA, HOUR, add, make  # noqa: F401  (the fixture)
from rooms.test_scheduler import POST
from sqlalchemy import event

from digest.core import content, editions
from digest.core.campaigns import moves
from digest.core.people.lists import apply_lists
from digest.model import By, CampaignStatus, Edit, Via

NAME = "weekly-2026-W48"
UNA, VI = (By(via=Via.LINK, name=f"{name}@example.org") for name in ("una", "vi"))
DOUBTFUL = "Seed swap\n\nAdded by Una under Events\n\nOn Friday 5th December 2026 at 2pm in the hall.\n\n"
TWO = 'approval = "required"\napproval_from = 2'
LATE = timedelta(hours=12, seconds=1)


@pytest.fixture
def doubtful(make, tmp_path):  # noqa: F811
    """Makes a network of which an edition is held for what it says."""

    def doubtful(keys):
        network = make(keys)
        (tmp_path / "posts.txt").write_text(DOUBTFUL + POST)
        return network

    return doubtful


def mend(network):
    (swap,) = (one for one in content.stored_items(network.app, network.due) if one.title == "Seed swap")
    starts = network.due.replace(month=12, day=5, hour=14)
    content.edit_item(network.app, Edit(source=swap.source, key=swap.key, starts_at=starts), network.due, by=ADA)


async def prepare(network, moment):
    apply_lists(network.app, moment, by=ADA)
    return (await editions.prepare(network.app, network.app.digest("weekly"), moment, by=ADA)).campaign


def approve(network, by, moment):
    return editions.approve(network.app, NAME, by=by, now=moment)


@pytest.mark.parametrize("keys", ['approval = "review"', 'approval = "required"'])
async def test_a_held_draft_composed_anew_waits_for_its_moment_and_its_approval(make, keys):  # noqa: F811
    network = make(keys)
    await network.tick(network.due - 3 * HOUR)
    moves.hold(network.app, NAME, by=ADA, now=network.due - 3 * HOUR)
    add(network, "News")
    await editions.recompose(network.app, NAME, network.due - 2 * HOUR, by=ADA)
    waiting = network.campaign
    assert (waiting.status, waiting.moved_by, "News" in waiting.rendered) == (CampaignStatus.PREPARED, ADA, True)
    assert await network.send(network.due - HOUR) == []
    settled = (await network.tick(network.due)).status
    assert settled is (CampaignStatus.PREPARED if "required" in keys else CampaignStatus.SENDING)


async def test_a_draft_composed_anew_too_late_is_held_until_it_is_approved(make):  # noqa: F811
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    moves.hold(network.app, NAME, by=ADA, now=network.due - HOUR)
    over = network.due + LATE
    await editions.recompose(network.app, NAME, over, by=ADA)
    held = await network.tick(over)
    assert (held.status, held.reason) == (CampaignStatus.HELD, "1 more must approve it")
    assert approve(network, UNA, over).status is CampaignStatus.SENDING


async def test_what_is_prepared_again_too_late_is_not_skipped_for_that(doubtful):
    network = doubtful('approval = "review"')
    assert (await network.tick(network.due - HOUR)).status is CampaignStatus.HELD
    mend(network)
    over = network.due + LATE
    assert (await prepare(network, over)).status is CampaignStatus.PREPARED
    assert (await network.tick(over)).status is CampaignStatus.PREPARED


async def test_what_is_held_too_late_can_be_approved_by_two_one_after_the_other(doubtful):
    network = doubtful(TWO)
    await network.tick(network.due - HOUR)
    over = network.due + LATE
    assert approve(network, UNA, over).status is CampaignStatus.HELD
    assert (await network.tick(over)).status is CampaignStatus.HELD
    assert approve(network, VI, over).status is CampaignStatus.SENDING


async def test_what_is_prepared_by_hand_is_shown_and_goes_at_its_periods_moment(make):  # noqa: F811
    network = make('approval = "review"')
    assert (await prepare(network, network.due - 2 * HOUR)).send_at == network.due
    await network.tick(network.due - HOUR)
    assert len(network.mails("vi@example.org")) == 1
    assert (await network.tick(network.due)).status is CampaignStatus.SENDING


@pytest.mark.parametrize(("late", "waits"), [(HOUR, True), (LATE, False)])
async def test_what_is_prepared_by_hand_after_its_moment_has_it_while_it_is_not_missed(make, late, waits):  # noqa: F811
    network = make('approval = "required"')
    assert (await prepare(network, network.due + late)).send_at == (network.due if waits else None)


async def test_what_is_sent_by_hand_before_its_moment_goes_at_once(make):  # noqa: F811
    network = make('approval = "review"')
    sent = await editions.send(network.app, network.app.digest("weekly"), network.due - 2 * HOUR, by=ADA)
    assert (sent.accepted_now, network.campaign.send_at) == (2, None)


async def test_who_holds_an_edition_takes_back_what_others_approved(make):  # noqa: F811
    network = make(TWO)
    await network.tick(network.due - 3 * HOUR)
    for who in (UNA, VI):
        approve(network, who, network.due - 2 * HOUR)
    moves.hold(network.app, NAME, by=ADA, now=network.due - HOUR)
    assert "1 more must approve it" in approve(network, UNA, network.due - HOUR).reason
    assert (await network.tick(network.due)).status is CampaignStatus.PREPARED


def meanwhile(network, act):
    """Do something once while an edition is composed: after the one before was read."""
    done = []

    @event.listens_for(network.app.store.engine, "before_cursor_execute")
    def interrupt(_connection, _cursor, statement, *_):
        if not done and statement.startswith("SELECT") and "FROM appearances" in statement:
            done.append(statement)
            act()

    return done


async def test_what_an_editor_drops_while_an_edition_is_prepared_again_stays_dropped(doubtful):
    network = doubtful('approval = "review"')
    await network.tick(network.due - 3 * HOUR)
    mend(network)
    (hedges,) = (one for one in content.stored_items(network.app, network.due) if one.title != "Seed swap")
    pair = (hedges.source, hedges.key)
    done = meanwhile(network, lambda: editions.drop(network.app, NAME, pair, by=ADA, now=network.due - 2 * HOUR))
    await prepare(network, network.due - 2 * HOUR)
    assert done
    assert network.campaign.arrangement.dropped == (pair,)
    await network.tick(network.due)
    assert "hedges" not in network.campaign.rendered


async def test_what_a_person_holds_while_it_is_prepared_again_stays_held(doubtful):
    network = doubtful('approval = "review"')
    await network.tick(network.due - 3 * HOUR)

    def hold():
        approve(network, UNA, network.due - 2 * HOUR)
        moves.hold(network.app, NAME, by=ADA, now=network.due - 2 * HOUR)

    before = network.campaign.id
    done = meanwhile(network, hold)
    after = await prepare(network, network.due - 2 * HOUR)
    assert done
    assert (after.id, after.status, after.moved_by) == (before, CampaignStatus.HELD, ADA)
