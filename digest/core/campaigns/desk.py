"""A campaign as somebody who is signed in may see and move it: those of their own lists alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from digest.app import App
from digest.core.organisers.roles import may
from digest.errors import NotAllowedError
from digest.model import DeliveryState, Organiser, Report
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign, Outline
from digest.store.outbox import outcomes
from digest.store.outbox.outcomes import Row


def campaign_for(app: App, name: str, organiser: Organiser, verb: str = "see") -> Campaign:
    """One campaign.

    Raises:
        NotAllowedError: when there is none of that name, or it is for lists that are none of theirs.
    """
    with app.store.read() as connection:
        campaign = campaigns.by_name(connection, name)
    if campaign is None:
        raise NotAllowedError(f"{organiser.email} may not {verb} this.")
    may_with(organiser, verb, campaign)
    return campaign


def may_with(organiser: Organiser | None, verb: str, campaign: Campaign) -> None:
    """Let pass who may do this to a campaign; the command line, for which there is no organiser, may.

    Raises:
        NotAllowedError: when it is for lists that are none of theirs, or their role does not allow it.
    """
    if organiser is not None:
        may(organiser, verb, (*campaign.list_names, *campaign.without_lists))


def pulses(app: App, campaign_ids: Collection[int]) -> Mapping[int, tuple[object, ...]]:
    """What is another whenever a campaign stands otherwise, its status first; a row each, for however many people."""
    with app.store.read() as connection:
        return campaigns.pulses(connection, campaign_ids)


def standing(app: App, campaign: Campaign | Outline) -> Report:
    """The numbers of a campaign, without what servers said."""
    with app.store.read() as connection:
        return outbox.report_of(connection, campaign)


def people_of(
    app: App, campaign: Campaign, *, part: str = "", state: DeliveryState | None = None, limit: int
) -> Sequence[Row]:
    """Whom a campaign was for, by address: all, or those of whose address this is a part, in one state or in any."""
    with app.store.read() as connection:
        return outcomes.searched(connection, campaign, part=part, state=state, limit=limit)


def in_doubt(app: App, campaign: Campaign, *, limit: int) -> Sequence[str]:
    """The addresses of those who perhaps got it."""
    with app.store.read() as connection:
        return [one.address for one in outbox.in_doubt(connection, campaign)[:limit]]


def next_attempt(app: App, campaign: Campaign) -> datetime | None:
    """When whoever was put off is tried again."""
    with app.store.read() as connection:
        return outbox.next_attempt_at(connection, campaign)
