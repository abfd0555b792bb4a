"""A campaign by the name that a person gave it, and whether it may still go."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection

from digest.app import App
from digest.config import Cluster
from digest.errors import TakenError, UsageError
from digest.model import CampaignStatus
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.outbox import chunks


def cluster_of(app: App) -> Cluster:
    """How workers know of each other; where they did until lately, what they held is known as it was by default."""
    return app.config.cluster or Cluster()


def campaign_named(connection: Connection, name: str) -> Campaign:
    """The campaign.

    Raises:
        UsageError: when there is none of that name, naming the latest.
    """
    campaign = campaigns.by_name(connection, name)
    if campaign is None:
        latest = ", ".join(one.name for one in campaigns.recent(connection, 5)) or "none yet"
        raise UsageError(f'There is no campaign "{name}"; the latest are: {latest}')
    return campaign


def is_campaign(app: App, name: str) -> bool:
    """Whether this names a campaign rather than a digest."""
    if any(digest.name == name for digest in app.config.digests):
        return False
    with app.store.read() as connection:
        return campaigns.by_name(connection, name) is not None


@contextmanager
def alone_with(app: App, campaign: Campaign) -> Iterator[bool]:
    """The campaign's lock, which keeps workers away too; yields whether it was free, and nobody alive has a chunk."""
    with app.store.exclusive(f"campaign-{campaign.id}") as free:
        yield free and _nobody_holds(app, campaign)


@contextmanager
def to_oneself(app: App, name: str) -> Iterator[Campaign]:
    """The campaign while nobody else sends it; what a crash left in flight is in doubt by then.

    Raises:
        UsageError: when there is none of that name.
        TakenError: when another process is sending it.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    with alone_with(app, campaign) as free:
        if not free:
            way_out = f"wait until that has ended, or `digest pause {name}`"
            raise TakenError(f"{name} is being sent by another process; nothing was done here; {way_out}.")
        outbox.settle_noted(app.store, app.now)
        with app.store.write() as connection:
            outbox.orphans_to_unknown(connection, campaign)
            current = campaign_named(connection, name)
        yield current


def _nobody_holds(app: App, campaign: Campaign) -> bool:
    with app.store.read() as connection:
        if not chunks.is_held(connection, campaign):
            return True
    outbox.settle_noted(app.store, app.now)
    with app.store.write() as connection:
        chunks.rescue(connection, cluster_of(app).lost_after, campaign.id)
        return not chunks.is_held(connection, campaign)


def may_go(app: App, campaign: Campaign) -> bool:
    """Whether its deliveries may still be claimed."""
    with app.store.read() as connection:
        return campaigns.status_of(connection, campaign.id) is CampaignStatus.SENDING


def while_it_may_go(app: App, campaign: Campaign) -> Campaign | None:
    """The campaign as it stands; None once its deliveries may be claimed no more."""
    with app.store.read() as connection:
        current = campaigns.by_id(connection, campaign.id)
    return current if current is not None and current.status is CampaignStatus.SENDING else None


def lists_of(app: App, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """The lists that campaigns are for, by their names; what is no campaign's name is left out."""
    with app.store.read() as connection:
        return campaigns.lists_by_name(connection, names)


def subjects(app: App, names: Collection[str]) -> Mapping[str, str]:
    """What campaigns of these names are called: the subject of their mail; by name where they have none."""
    with app.store.read() as connection:
        return {name: name for name in names} | dict(campaigns.subjects_by_name(connection, names))
