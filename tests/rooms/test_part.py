"""What a process of several has in hand, and what the store says it has: one PostgreSQL, a real part of a campaign."""

import asyncio

import pytest
from sqlalchemy import select, update

from digest.app import open_app
from digest.config import load_config
from digest.core.campaigns.lane import Lane
from digest.core.campaigns.part import taking_part
from digest.deliver import Patience
from digest.model import ITSELF, CampaignStatus, DeliveryState, Recipient, Throttle
from digest.store import campaigns, outbox, people
from digest.store.outbox import rates
from digest.store.tables import chunks, deliveries

pytestmark = pytest.mark.service("postgresql")

CONFIG = """\
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[smtp]
host = "embedded"
[store]
url = "{url}"
[cluster]
[[lists]]
name = "members"
"""


@pytest.fixture
def app(shared_url, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format(url=shared_url))
    with open_app(load_config(tmp_path / "config.toml", environ={})) as opened:
        yield opened


@pytest.fixture
def campaign(app, now):
    with app.store.write() as connection:
        listed = [Recipient(address="ada@example.org"), Recipient(address="bo@example.org")]
        people.apply_list(
            connection,
            people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1),
            now,
        )
        values = {"name": "notice-1", "digest": "announcement", "period": "1", "list_names": ["members"]}
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **values)
        outbox.plan_deliveries(connection, made, now)
    return made


def taken(app, campaign, part):
    """The only chunk, as the store has it from now on: this process's, and one delivery of it on its way."""
    with app.store.write() as connection:
        lease = outbox.take_chunk(connection, campaign, 1, part.id, part.lost_after)
        first = select(deliveries.c.id).order_by(deliveries.c.id).limit(1).scalar_subquery()
        connection.execute(update(deliveries).where(deliveries.c.id == first).values(state=DeliveryState.IN_FLIGHT))
    return lease


def held(app):
    with app.store.read() as connection:
        holder = connection.execute(select(chunks.c.holder)).scalar()
        states = connection.execute(select(deliveries.c.state).order_by(deliveries.c.id)).scalars().all()
    return holder, states


async def test_what_the_store_says_is_ours_and_is_not_is_let_go_of_and_what_was_on_its_way_in_doubt(app, campaign):
    async with taking_part(app, "worker") as part:
        taken(app, campaign, part)  # as a standby says that took the other's place before it heard of the end
        await part.beat()
        assert held(app) == (None, ["unknown", "queued"])


async def test_what_is_in_hand_stays_ours(app, campaign):
    async with taking_part(app, "worker") as part:
        with part.in_hand(campaign.id, 1), part.in_hand(campaign.id, 1):
            taken(app, campaign, part)
        with part.in_hand(campaign.id, 1):
            await part.beat()
            assert held(app) == (part.id, ["in_flight", "queued"])


async def test_who_leaves_holds_nothing_any_more(app, campaign):
    async with taking_part(app, "worker") as part:
        taken(app, campaign, part)
    assert held(app) == (None, ["unknown", "queued"])


async def test_what_another_has_by_now_is_theirs(app, campaign):
    async with taking_part(app, "worker") as other, taking_part(app, "worker") as part:
        taken(app, campaign, part)
        with app.store.write() as connection:
            connection.execute(update(chunks).values(holder=other.id, fence=chunks.c.fence + 1))
        with other.in_hand(campaign.id, 1):
            await part.beat()
            assert held(app) == (other.id, ["in_flight", "queued"])


async def until(true):
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  (another's connection to the database hears of it)
            await asyncio.sleep(0.01)


def asked_for_less(lane):
    now = asyncio.get_running_loop().time()
    assert lane.share.asked_for_less(now, Patience(first_rest=30.0), random=0.0)


async def test_what_a_relay_asks_one_process_for_all_do_and_one_of_them_asks_again(app, campaign):
    async with taking_part(app, "worker") as one, taking_part(app, "worker") as other:
        (ours,), (theirs,) = one.lanes, other.lanes
        await until(lambda: one.is_told() and other.is_told())
        asked_for_less(ours)
        await until(lambda: theirs.share.throttle.is_asking)
        now = asyncio.get_running_loop().time()
        assert 15 < ours.share.opens_in(one, now) + 0.4 < theirs.share.opens_in(other, now) < 33
        ours.share.took(now)
        await until(lambda: not theirs.share.throttle.is_asking)
        # A sign of life that was under way may still bring the pause as it stood; nobody asks before it is over.
        assert max(one.share.throttle.until for one in (ours, theirs)) <= asyncio.get_running_loop().time()
        assert theirs.share.throttle.turn == ours.share.throttle.turn == 2


async def test_who_asks_for_less_at_once_asks_once(app, campaign):
    async with taking_part(app, "worker") as one, taking_part(app, "worker") as other:
        (ours,), (theirs,) = one.lanes, other.lanes
        asked_for_less(ours)
        asked_for_less(theirs)
        await ours.told()
        await theirs.told()
        with app.store.read() as connection:
            throttles, _ = rates.throttles(connection, [ours.key])
        assert (throttles[ours.key].turn, throttles[ours.key].asked) == (1, 1)
        now = asyncio.get_running_loop().time()
        first, second = sorted(lane.share.opens_in("who sends", now) for lane in (ours, theirs))
        assert 0.4 < second - first < 1.6


async def test_who_was_not_told_learns_of_it_with_the_next_sign_of_life(app, campaign):
    async with taking_part(app, "worker") as part:
        (lane,) = part.lanes
        with app.store.write() as connection:
            rates.turn(connection, lane.key, 0, lambda one, now: one.asks(now, first=30.0, longest=60.0, random=0.0))
        await part.beat()
        assert lane.share.throttle.is_asking
        assert 20 < lane.share.pause() <= 30


async def test_a_slice_is_for_its_part_of_the_connections_and_as_slow_as_the_relay_is_given_less(app):
    lane = Lane(app, "smtp", app.config.smtp.model_copy(update={"rate": 100.0, "connections": 10}))
    pace = lane.share.pace
    lane.share.allow(5)
    assert await pace.provide(99) == 10  # a fifth of a second of half the rate
    waits = [pace.reserve(asyncio.get_running_loop().time()) for _ in range(10)]
    assert max(waits) < 0.1
    here = asyncio.get_running_loop().time()
    lane.share.heard(Throttle(turn=1, since=here, lasted=1e6, part=0.25), random=0.0)
    pace.part = lane.share.part()
    assert await pace.provide(99) == 3
    assert lane._leased.interval == pytest.approx(0.04)
