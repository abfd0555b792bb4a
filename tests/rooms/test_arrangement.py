"""What an editor does to one edition that waits, and what is refused because somebody else was there."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from digest.app import open_app
from digest.compose import edition_from_json
from digest.config import load_config
from digest.core import content, editions, people
from digest.core.campaigns import moves
from digest.errors import OutdatedError, UsageError
from digest.model import By, CampaignStatus, Edit, ItemSkip, Kind, Step, Via
from digest.store import appearances, campaigns
from digest.store.organisers import activity

ADA, BO = By(via=Via.COMMAND, name="ada"), By(via=Via.COMMAND, name="bo")
NAME = "weekly-2026-W48"
POSTS = "".join(
    f"{title}\n\nAdded by Una under {category}\n\nWords about it, {title}.\n\n"
    for title, category in (
        ("Nettles", "Growing"),
        ("Hedges", "Growing"),
        ("Moss", "Growing"),
        ("Spades", "Tools"),
        ("Ponds", ""),
    )
).replace(" under \n", "\n")
CONFIG = """\
[network]
name = "Growers"
timezone = "Europe/London"
postal_address = "3 Orchard Lane"
[sender]
email = "digest@example.org"
[store]
url = "{store}"
[[categories]]
name = "Growing"
[[categories]]
name = "Tools"
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
[[lists]]
name = "members"
subscribers = ["ada@example.org", "bo@example.org"]
[[digests]]
name = "weekly"
title = "Weekly"
lists = ["members"]
every = "week"
on = "monday"
at = "08:00"
approval = "required"
[[digests.sections]]
kind = "post"
limit = 4
"""


@pytest.fixture
def app(tmp_path, now, store_url, empty_store):
    """The product with a prepared edition of four posts, and a fifth that is over its limit."""
    (tmp_path / "config.toml").write_text(CONFIG.format(store=store_url))
    (tmp_path / "posts.txt").write_text(POSTS)
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as opened:
        people.apply_lists(opened, now, by=ADA)
        asyncio.run(editions.prepare(opened, opened.digest("weekly"), now, by=ADA))
        yield opened


def key(app, title):
    (item,) = [one for one in content.stored_items(app, app.now) if one.title == title]
    return item.source, item.key


def titles(found):
    return [entry.item.title for entry in found.edition.entries]


def frozen(app):
    """What the campaign's mail was made of, as it is stored."""
    with app.store.read() as connection:
        return edition_from_json(campaigns.by_name(connection, NAME).edition)


def shown(app):
    with app.store.read() as connection:
        return {one.key for one in appearances.shown_in(connection, "weekly")}


def done(app, limit=3):
    with app.store.read() as connection:
        return [(one.by, one.verb, one.detail) for one in activity.latest(connection, limit=limit, subject=NAME)]


def over(app):
    (out,) = [one.item.title for one in editions.left_out(app, frozen(app)) if one.skip is ItemSkip.OVER_LIMIT]
    return out


def test_what_is_dropped_is_out_of_the_mail_and_of_the_ledger_until_it_is_restored(app, now):
    before = titles(editions.current_named(app, NAME))
    first, pair = before[0], key(app, before[0])
    after = editions.drop(app, NAME, pair, by=ADA, now=now)
    assert titles(after) == before[1:]
    assert [one.item.title for one in frozen(app).entries] == before[1:]
    assert first not in editions.preview_campaign(app, NAME).text
    assert pair[1] not in shown(app)
    assert done(app, 1) == [(ADA, "drop", f'"{first}"')]
    assert titles(editions.restore(app, NAME, pair, by=BO, now=now)) == before
    assert pair[1] in shown(app)
    assert done(app, 1)[0][:2] == (BO, "restore")


def test_the_last_item_cannot_be_dropped(app, now):
    *others, last = titles(editions.current_named(app, NAME))
    for title in others:
        editions.drop(app, NAME, key(app, title), by=ADA, now=now)
    with pytest.raises(UsageError, match=f"Nothing would be left in {NAME}"):
        editions.drop(app, NAME, key(app, last), by=ADA, now=now)
    assert titles(editions.current_named(app, NAME)) == [last]


def test_what_was_over_the_limit_is_brought_in_and_pushes_nothing_out(app, now):
    before = titles(editions.current_named(app, NAME))
    fifth = over(app)
    after = editions.bring_in(app, NAME, [key(app, fifth)], by=ADA, now=now)
    assert sorted(titles(after)) == sorted([*before, fifth])
    assert key(app, fifth)[1] in shown(app)


def test_what_is_hidden_is_not_brought_in(app, now):
    source, hidden = key(app, over(app))
    content.edit_item(app, Edit(source=source, key=hidden, hidden=True), now, by=ADA)
    with pytest.raises(UsageError, match="hidden by an editor"):
        editions.bring_in(app, NAME, [(source, hidden)], by=ADA, now=now)
    assert len(titles(editions.current_named(app, NAME))) == 4


@pytest.mark.parametrize(
    ("step", "expected"),
    [(Step.DOWN, [1, 0, 2]), (Step.LAST, [1, 2, 0]), (Step.UP, [0, 1, 2]), (Step.FIRST, [0, 1, 2])],
)
def test_the_first_of_a_group_moves_within_it(app, now, step, expected):
    editions.bring_in(app, NAME, [key(app, over(app))], by=ADA, now=now)
    group = [one.item.title for one in frozen(app).sections[0].groups[0].entries]
    editions.move(app, NAME, key(app, group[0]), step, by=ADA, now=now)
    assert [one.item.title for one in frozen(app).sections[0].groups[0].entries] == [group[n] for n in expected]


def test_what_is_pinned_stands_first_whatever_the_order(app, now):
    editions.bring_in(app, NAME, [key(app, over(app))], by=ADA, now=now)
    group = [one.item.title for one in frozen(app).sections[0].groups[0].entries]
    source, last = key(app, group[2])
    editions.move(app, NAME, key(app, group[1]), Step.FIRST, by=ADA, now=now)
    found = editions.edit_within(app, NAME, Edit(source=source, key=last, pinned=True, note="Do look"), by=ADA, now=now)
    assert titles(found)[:3] == [group[2], group[1], group[0]]
    assert "Do look" in editions.preview_campaign(app, NAME).text


def test_subject_preheader_and_note_are_as_the_editor_words_them_and_fill_no_template(app, now):
    own = editions.current_named(app, NAME).subject
    found = editions.word(
        app, NAME, by=ADA, now=now, subject="Ponds, {{ slot.name }} & <more>", preheader="Look in", note="Dear *all*"
    )
    told = editions.preview_campaign(app, NAME)
    assert told.subject == "Ponds, {{ slot.name }} & <more>"
    assert "Look in" in told.html
    assert "<em>all</em>" in told.html
    assert found.subject == told.subject
    assert editions.preview_campaign(app, NAME, muted=["Tools"]).subject == told.subject
    editions.word(app, NAME, by=ADA, now=now, subject="", note="")
    assert editions.preview_campaign(app, NAME).subject == own


def test_a_kind_set_within_an_edition_is_taken_over_at_once(app, now):
    first = titles(editions.current_named(app, NAME))[0]
    source, changed = key(app, first)
    found = editions.edit_within(
        app, NAME, Edit(source=source, key=changed, kind=Kind.VACANCY, closes_at=now), by=ADA, now=now
    )
    assert first not in titles(found)
    assert not editions.current_named(app, NAME).revised


def test_a_change_on_an_outdated_version_is_refused_with_what_changed_and_loses_nothing(app, now):
    seen = editions.current_named(app, NAME)
    first, second, *_ = titles(seen)
    editions.drop(app, NAME, key(app, first), by=BO, now=now, version=seen.version)
    with pytest.raises(OutdatedError) as refused:
        editions.drop(app, NAME, key(app, second), by=ADA, now=now, version=seen.version)
    assert refused.value.changes == (f'bo: drop "{first}"',)
    after = editions.current_named(app, NAME)
    assert (first in titles(after), second in titles(after)) == (False, True)
    editions.drop(app, NAME, key(app, second), by=ADA, now=now, version=after.version)
    assert not {first, second} & set(titles(editions.current_named(app, NAME)))


def test_approval_binds_to_what_was_seen(app, now):
    seen = editions.current_named(app, NAME)
    first = titles(seen)[0]
    source, edited = key(app, first)
    content.edit_item(app, Edit(source=source, key=edited, note="Changed meanwhile"), now, by=BO)
    with pytest.raises(OutdatedError, match="bo: edit item"):
        editions.approve(app, NAME, by=ADA, now=now, version=seen.version)
    with app.store.read() as connection:
        assert campaigns.by_name(connection, NAME).status is CampaignStatus.PREPARED
    again = editions.current_named(app, NAME)
    assert editions.approve(app, NAME, by=ADA, now=now, version=again.version).status is CampaignStatus.SENDING
    assert "Changed meanwhile" in editions.preview_campaign(app, NAME).text


def test_what_is_released_is_not_arranged(app, now):
    first = titles(editions.current_named(app, NAME))[0]
    editions.approve(app, NAME, by=ADA, now=now)
    with pytest.raises(UsageError, match="only what waits is arranged"):
        editions.drop(app, NAME, key(app, first), by=ADA, now=now)


def test_what_came_since_the_draft_is_told_and_comes_in_only_when_it_is_added(app, now, tmp_path):
    before = titles(editions.current_named(app, NAME))
    (tmp_path / "posts.txt").write_text(POSTS + "Newts\n\nAdded by Una under Growing\n\nThey are here.\n")
    asyncio.run(content.collect(app, now, by=ADA))
    found = editions.current_named(app, NAME)
    assert titles(found) == before
    came = editions.arrived(app, found.campaign, now)
    assert [entry.item.title for entry in came] == ["Newts"]
    after = editions.bring_in(app, NAME, [key(app, "Newts")], by=ADA, now=now, version=found.version)
    assert sorted(titles(after)) == sorted([*before, "Newts"])
    assert editions.arrived(app, after.campaign, now) == ()


def test_an_arrangement_outlives_that_a_held_edition_is_prepared_again(app, now):
    first = titles(editions.current_named(app, NAME))[0]
    editions.drop(app, NAME, key(app, first), by=ADA, now=now)
    editions.word(app, NAME, by=ADA, now=now, subject="Mine")
    with app.store.write() as connection:
        campaign = campaigns.by_name(connection, NAME)
        held = {"allowed": (CampaignStatus.PREPARED,), "by": By(via=Via.ITSELF), "reason": "a flood"}
        campaigns.set_status(connection, campaign.id, CampaignStatus.HELD, **held)
    asyncio.run(editions.prepare(app, app.digest("weekly"), now, by=ADA))
    found = editions.current_named(app, NAME)
    assert first not in titles(found)
    assert found.subject == "Mine"
    moves.hold(app, NAME, by=ADA, now=now)
    assert editions.current_named(app, NAME).version.partition(".")[0] == found.version.partition(".")[0]


def test_what_two_editors_do_at_once_is_done_both(app, now):
    first, second, *rest = titles(editions.current_named(app, NAME))
    pairs = [key(app, first), key(app, second)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: editions.drop(app, NAME, pair, by=ADA, now=now), pairs))
    assert titles(editions.current_named(app, NAME)) == rest
    assert not {pair[1] for pair in pairs} & shown(app)
