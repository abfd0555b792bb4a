"""Editions and the ledger of appearances, on real databases."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from campaign_moves import move
from sqlalchemy import event, text

from digest.errors import DigestError
from digest.model import ITSELF, CampaignStatus, Newness, Post, Shown
from digest.store import appearances, campaigns, outbox
from digest.store.content import items
from digest.store.engine import open_store


@pytest.fixture
def stored(store, now):
    """A store that knows two posts."""
    with store.write() as connection:
        posts = [Post(source="posts", key=key, title=key, first_seen_at=now) for key in ("2", "1")]
        items.save(connection, posts, now)
    return store


def create(store, now, *, digest="weekly", period="2026-W48", status=CampaignStatus.PREPARED, **values):
    with store.write() as connection:
        return campaigns.create(
            connection,
            by=ITSELF,
            name=f"{digest}-{period}",
            digest=digest,
            period=period,
            status=status,
            list_names=["members", "board"],
            now=now,
            **values,
        )


def shown(now, key="1", newness=Newness.NEW):
    return Shown(
        source="posts", key=key, newness=newness, fingerprint="f" if newness is Newness.MOVED else "", shown_at=now
    )


def show(store, campaign, *entries):
    with store.write() as connection:
        appearances.record_appearances(connection, campaign.id, entries)


def ledger(store, digest="weekly"):
    with store.read() as connection:
        return appearances.shown_in(connection, digest)


def test_a_campaign_comes_back_by_period_name_and_id(store, now):
    made = create(store, now, edition='{"a": "é"}', rendered="{}", config_hash="c" * 16, template_hash="t" * 16)
    with store.read() as connection:
        assert campaigns.find(connection, "weekly", "2026-W48") == made
        assert campaigns.by_name(connection, "weekly-2026-W48") == made
        assert campaigns.by_id(connection, made.id) == made
        assert campaigns.find(connection, "weekly", "2026-W49") is None
    assert (made.list_names, made.created_at, made.edition) == (("members", "board"), now, '{"a": "é"}')


def test_a_period_has_one_campaign_and_who_comes_second_is_told(store, now):
    first = create(store, now, reason="first")
    assert create(store, now, reason="second") is None
    with store.read() as connection:
        assert campaigns.recent(connection) == (first,)
    assert create(store, now, period="2026-W49") is not None
    assert create(store, now, digest="monthly") is not None


def test_who_comes_second_may_go_on_in_the_same_transaction(store, now):
    first = create(store, now)
    with store.write() as connection:
        values = {"digest": "weekly", "period": "2026-W48", "status": CampaignStatus.PREPARED, "now": now}
        assert campaigns.create(connection, by=ITSELF, name="another", list_names=[], **values) is None
        assert campaigns.find(connection, "weekly", "2026-W48") == first


def test_of_many_preparers_at_once_exactly_one_makes_the_edition(store, now):
    together = Barrier(6)
    made = []

    def prepare():
        together.wait()
        made.append(create(store, now))

    threads = [Thread(target=prepare) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert sum(campaign is not None for campaign in made) == 1


def test_what_was_shown_comes_back_oldest_edition_first(stored, now):
    show(stored, create(stored, now), shown(now))
    week = now + timedelta(weeks=1)
    second = create(stored, week, period="2026-W49")
    entries = {shown(week, "1", Newness.MOVED), shown(week, "2")}
    show(stored, second, *entries)
    told = ledger(stored)
    assert told[0] == shown(now)
    assert set(told[1:]) == entries
    with stored.read() as connection:
        assert appearances.editions_showing(connection, "posts", "1") == (
            ("weekly-2026-W48", "new", now),
            ("weekly-2026-W49", "moved", week),
        )


def test_each_digest_has_its_own_ledger(stored, now):
    show(stored, create(stored, now), shown(now))
    assert ledger(stored, "monthly") == ()


def test_an_edition_of_nothing_shows_nothing(stored, now):
    show(stored, create(stored, now))
    assert ledger(stored) == ()


@pytest.mark.parametrize("status", [CampaignStatus.CANCELLED, CampaignStatus.SKIPPED])
def test_what_did_not_go_out_was_not_shown(stored, now, status):
    campaign = create(stored, now)
    show(stored, campaign, shown(now))
    with stored.write() as connection:
        move(connection, campaign.id, status, "why")
    assert ledger(stored) == ()
    with stored.read() as connection:
        assert appearances.editions_showing(connection, "posts", "1") == ()


@pytest.mark.parametrize(
    "status", [CampaignStatus.PREPARED, CampaignStatus.HELD, CampaignStatus.PAUSED, CampaignStatus.SENT]
)
def test_what_is_on_its_way_counts_as_shown(stored, now, status):
    campaign = create(stored, now, status=status)
    show(stored, campaign, shown(now))
    assert ledger(stored) == (shown(now),)


def test_a_skipped_period_may_be_tried_again_and_any_other_may_not(store, now):
    skipped = create(store, now, status=CampaignStatus.SKIPPED, reason="nothing new")
    with store.write() as connection:
        outbox.forget_unsent(connection, skipped)
    prepared = create(store, now)
    with store.write() as connection:
        outbox.forget_unsent(connection, prepared)
        outbox.forget_unsent(connection, skipped)
        assert campaigns.find(connection, "weekly", "2026-W48") == prepared


def test_only_released_campaigns_are_sent_oldest_first(store, now):
    weeks = [create(store, now, period=f"2026-W{week}") for week in (48, 49, 50)]
    with store.write() as connection:
        move(connection, weeks[2].id, CampaignStatus.SENDING)
        move(connection, weeks[0].id, CampaignStatus.SENDING)
        move(connection, weeks[1].id, CampaignStatus.PAUSED, "by hand")
    with store.read() as connection:
        assert [one.period for one in campaigns.sending(connection)] == ["2026-W48", "2026-W50"]
        assert [one.period for one in campaigns.recent(connection, 2)] == ["2026-W50", "2026-W49"]
        assert campaigns.by_id(connection, weeks[1].id).reason == "by hand"
        assert campaigns.first_of(connection, "weekly") is not None
        assert campaigns.first_of(connection, "monthly") is None


def test_the_edition_that_a_digest_showed_last_is_the_newest_that_went_out(store, now):
    def latest(**options):
        with store.read() as connection:
            return campaigns.latest_edition(connection, "weekly", **options)

    assert latest() is None
    made = [create(store, now, period=period, edition=period) for period in ("1", "2", "3")]
    create(store, now, period="4")  # of which nothing was composed
    create(store, now, digest="monthly", period="5", edition="5")
    for period, status in (("6", CampaignStatus.CANCELLED), ("7", CampaignStatus.SKIPPED)):
        create(store, now, period=period, edition=period, status=status)
    assert latest() == "3"
    assert latest(leaving_out=made[2]) == "2"
    assert latest(leaving_out=made[0]) == "3"


def test_a_digests_campaign_is_its_own_though_another_has_one_for_the_same_period(store, now):
    made = {digest: create(store, now, digest=digest) for digest in ("monthly", "weekly", campaigns.ANNOUNCEMENT)}
    assert [one.digest for one in made.values()] == ["monthly", "weekly", "announcement"]  # as it stands in stores
    with store.read() as connection:
        assert {digest: campaigns.find(connection, digest, "2026-W48") for digest in made} == made


def test_campaigns_are_found_by_their_ids_oldest_first(store, now):
    made = [create(store, now, period=str(period)) for period in range(22)]
    with store.read() as connection:
        assert campaigns.with_ids(connection, [made[2].id, made[0].id]) == (made[0], made[2])
        assert campaigns.with_ids(connection, []) == ()
        assert campaigns.recent(connection) == tuple(reversed(made[2:]))
        assert campaigns.by_id(connection, made[-1].id + 1) is None
        assert campaigns.status_of(connection, made[-1].id + 1) is None
        assert campaigns.status_of(connection, made[0].id) is CampaignStatus.PREPARED


def test_a_campaign_is_moved_only_from_where_it_may_be(store, now):
    made = create(store, now)
    held = {"by": ITSELF, "reason": "why"}
    with store.write() as connection:
        move_ = campaigns.set_status
        assert not move_(connection, made.id, CampaignStatus.HELD, allowed={CampaignStatus.SENDING}, **held)
        assert campaigns.by_id(connection, made.id) == made
        assert move_(connection, made.id, CampaignStatus.HELD, allowed={CampaignStatus.PREPARED}, **held)
        now_held = campaigns.by_id(connection, made.id)
    assert (now_held.status, now_held.reason) == (CampaignStatus.HELD, "why")


@pytest.mark.service("postgresql")
def test_what_is_being_forgotten_cannot_be_let_go_any_more(postgresql_url, tmp_path, now):
    store = open_store(postgresql_url, base=tmp_path, var=tmp_path / "var")
    held = create(store, now, status=CampaignStatus.HELD)
    refused = []

    def let_go():
        with store.write() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            move(connection, held.id, CampaignStatus.SENDING)

    @event.listens_for(store.engine, "before_cursor_execute")
    def interrupt(_connection, _cursor, statement, *_):
        if statement.startswith("DELETE") and not refused:
            with pytest.raises(DigestError, match="lock timeout") as error:
                let_go()
            refused.append(error)

    with store.write() as connection:
        outbox.forget_unsent(connection, held)
        assert campaigns.by_id(connection, held.id) is None
    assert refused
    store.close()
