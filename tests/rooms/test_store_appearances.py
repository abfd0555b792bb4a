"""What was shown, in which edition, and what may still come into one, on real databases."""

from datetime import timedelta

import pytest
from campaign_moves import move
from rooms.test_store_outbox import listing, person
from sqlalchemy import insert, select, update

from digest.model import ITSELF, CampaignStatus, DeliveryState, Newness, Post, Shown
from digest.store import appearances, campaigns, outbox
from digest.store.content import items
from digest.store.tables import deliveries, edits
from digest.store.tables import items as table

DAY = timedelta(days=1)
SENT = CampaignStatus.SENT


def kept(store, now, key="1", *, source="posts", changed=-1, over=None, gone=None):
    """A post as its row would stand, in days from now; its item."""

    def moment(days):
        return None if days is None else now + days * DAY

    made = Post(source=source, key=key, title=key, first_seen_at=now)
    own = update(table).where(table.c.source == source, table.c.key == key)
    values = {"changed_at": moment(changed), "over_at": moment(over), "gone_at": moment(gone)}
    with store.write() as connection:
        items.save(connection, [made], now)
        connection.execute(own.values(**values))
    return made


def edition(store, now, *posts, digest="weekly", period="1", status=SENT):
    """A campaign that shows these."""
    values = {"digest": digest, "period": period, "list_names": ["members"]}
    shown = [Shown(source=one.source, key=one.key, newness=Newness.NEW, fingerprint="", shown_at=now) for one in posts]
    with store.write() as connection:
        name = f"{digest}-{period}"
        made = campaigns.create(connection, by=ITSELF, name=name, status=status, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
        appearances.record_appearances(connection, made.id, shown)
    return made


def coming(store, now, *digests, **options):
    query = select(table.c.source, table.c.key)
    with store.read() as connection:
        which = appearances.coming(connection, digests, since=now, **options)
        return {(row.source, row.key) for row in connection.execute(query.where(table.c.id.in_(which)))}


ONE = {("posts", "1")}


@pytest.mark.parametrize(
    ("days", "comes"),
    [
        ((-1, None, None), True),
        ((-1, None, 0), True),
        ((-1, None, -1), False),
        ((-1, 0, None), True),
        ((-1, 0, 0), True),
        ((-1, 0, -1), False),
        ((-1, -1, None), False),
        ((0, -1, -1), True),
    ],
)
def test_what_is_over_or_gone_by_then_is_history_unless_it_changed_since(store, now, days, comes):
    changed, over, gone = days
    kept(store, now, changed=changed, over=over, gone=gone)
    assert coming(store, now, "weekly") == (ONE if comes else set())


@pytest.mark.parametrize(
    ("showing", "comes"),
    [([], True), (["weekly"], True), (["weekly", "another"], True), (["weekly", "monthly"], False)],
)
def test_what_is_never_over_comes_until_every_digest_has_shown_it(store, now, showing, comes):
    post, _ = kept(store, now), kept(store, now, "2", over=-1)
    for digest in showing:
        edition(store, now, post, digest=digest)
    assert coming(store, now, "weekly", "monthly") == (ONE if comes else set())
    assert coming(store, now) == set()


def test_what_is_still_ahead_comes_though_it_was_shown(store, now):
    edition(store, now, kept(store, now, over=1))
    assert coming(store, now, "weekly") == ONE


@pytest.mark.parametrize(("changed", "showing", "comes"), [(-9, [], True), (-11, [], False), (-9, ["weekly"], False)])
def test_of_what_is_over_and_changed_since_an_earlier_time_that_comes_which_was_not_shown(
    store, now, changed, showing, comes
):
    post = kept(store, now, changed=changed, over=-1)
    for digest in showing:
        edition(store, now, post, digest=digest)
    earlier = now - 10 * DAY
    assert coming(store, now, "weekly") == set()
    assert coming(store, now, "weekly", unseen_since=earlier) == (ONE if comes else set())
    assert coming(store, now, "weekly", "monthly", unseen_since=earlier) == (ONE if changed == -9 else set())
    assert coming(store, now, unseen_since=earlier) == (ONE if changed == -9 else set())


def test_what_an_editor_set_something_on_is_no_history(store, now):
    for source, key in (("posts", "1"), ("posts", "2"), ("others", "1")):
        kept(store, now, key, source=source, over=-1, gone=-1)
    with store.write() as connection:
        connection.execute(insert(edits).values(source="posts", key="1", content={}, edited_at=now))
    assert coming(store, now, "weekly") == ONE


def test_an_edition_that_is_composed_again_has_shown_nothing(store, now):
    post = kept(store, now)
    made = edition(store, now, post)
    assert coming(store, now, "weekly", leaving_out=made) == ONE
    earlier = edition(store, now, post, period="0")
    assert coming(store, now, "weekly", leaving_out=made) == set()
    with store.read() as connection:
        assert len(appearances.shown_in(connection, "weekly")) == 2
        assert len(appearances.shown_in(connection, "weekly", leaving_out=earlier)) == 1


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("status", [CampaignStatus.CANCELLED, CampaignStatus.SENDING])
def test_what_was_stopped_was_shown_where_somebody_perhaps_got_it(store, now, status, state):
    listing(store, now, members=[person("ada")])
    post = kept(store, now)
    stopped = edition(store, now, post, period="1", status=CampaignStatus.SENDING)
    other = edition(store, now, kept(store, now, "2"), period="2", status=CampaignStatus.SENDING)
    with store.write() as connection:
        own = update(deliveries).where(deliveries.c.campaign_id == stopped.id)
        connection.execute(own.values(state=state.value))
        change = update(deliveries).where(deliveries.c.campaign_id == other.id)
        connection.execute(change.values(state=DeliveryState.ACCEPTED.value))
        move(connection, stopped.id, status)
    shown = status is CampaignStatus.SENDING or state in DeliveryState.perhaps_received()
    assert coming(store, now, "weekly") == (set() if shown else ONE)
    with store.read() as connection:
        assert [one.key for one in appearances.shown_in(connection, "weekly")] == (["1", "2"] if shown else ["2"])
        assert bool(appearances.editions_showing(connection, "posts", "1")) is shown


def test_of_chosen_items_it_is_told_what_was_shown_under_any_of_their_keys(store, now):
    known = [kept(store, now, key) for key in "123"]
    other = kept(store, now, source="others")
    edition(store, now, *known, other)
    moved = Post(source="posts", key="2", title="2", first_seen_at=now, replaces=("1",))

    def shown(*chosen):
        with store.read() as connection:
            return {(one.source, one.key) for one in appearances.shown_in(connection, "weekly", of=chosen)}

    assert shown(moved) == {("posts", "1"), ("posts", "2")}
    assert shown(other) == {("others", "1")}
    assert shown() == set()


def test_where_an_item_appeared_is_told_of_itself_alone_oldest_first(store, now):
    posts = [kept(store, now), kept(store, now, "2"), kept(store, now, source="others")]
    edition(store, now, *posts, period="1")
    edition(store, now + DAY, posts[1], posts[2], period="2")
    edition(store, now + 2 * DAY, posts[0], period="3")
    with store.read() as connection:
        told = appearances.editions_showing(connection, "posts", "1")
    assert told == (("weekly-1", "new", now), ("weekly-3", "new", now + 2 * DAY))


def test_the_oldest_edition_is_told_first_though_it_was_composed_again_after_the_next(store, now):
    post = kept(store, now)
    first, second = (edition(store, now, period=period) for period in "12")
    with store.write() as connection:
        for made, days in ((second, 1), (first, 2)):
            shown = Shown(source="posts", key="1", newness=Newness.NEW, fingerprint="", shown_at=now + days * DAY)
            appearances.record_appearances(connection, made.id, [shown])
        for of in (None, [post]):
            told = appearances.shown_in(connection, "weekly", of=of)
            assert [one.shown_at for one in told] == [now + 2 * DAY, now + DAY]
        told = appearances.editions_showing(connection, "posts", "1")
    assert [name for name, *_ in told] == ["weekly-1", "weekly-2"]


def test_what_is_shown_again_in_an_edition_stands_as_it_was_shown_last(store, now):
    post = kept(store, now)
    made = edition(store, now, post)
    moved = Shown(source="posts", key="1", newness=Newness.MOVED, fingerprint="moved", shown_at=now + DAY)
    with store.write() as connection:
        appearances.record_appearances(connection, made.id, [moved])
        assert appearances.shown_in(connection, "weekly") == (moved,)
        appearances.forget_appearances(connection, made.id)
        assert appearances.shown_in(connection, "weekly") == ()
