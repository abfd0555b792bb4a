"""What a process of several has in hand, and what the store says it has: one PostgreSQL, a real part of a campaign."""

import pytest
from sqlalchemy import select, update

from digest.app import open_app
from digest.config import load_config
from digest.core.campaigns.part import taking_part
from digest.model import ITSELF, CampaignStatus, DeliveryState, Recipient
from digest.store import campaigns, outbox, people
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
