"""Limits: a campaign of which too much comes back is held with what is still queued, once, and the admins are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.config import Limits
from digest.core.campaigns import moves
from digest.core.campaigns.moves import Move
from digest.model import ITSELF, CampaignStatus, ReturnKind, Told
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign
from digest.store.people.returns import people_by_kind

LEAST_ACCEPTED = 100
"""Mails of a campaign that were accepted, below which a share says nothing."""

LEAST_COMPLAINTS = 2
"""Of a small campaign one alone is over every limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Excess:
    """More of a campaign came back than the limits allow; as a sentence in English."""

    name: str  # in [limits]: "complaints" or "bounces"
    people: int
    accepted: int
    limit: float  # the share that is allowed

    def __str__(self) -> str:
        return str(self.told)

    @property
    def told(self) -> Told:
        """The same, with its facts."""
        what = "called it spam" if self.name == "complaints" else "came back"
        share = self.people / self.accepted
        shares = f"{share:.1%} of {self.accepted}"
        sentence = f"{self.people} {what} ({shares}; [limits] {self.name} is {self.limit * 100:.3g}%)"
        facts = {"people": self.people, "share": share, "accepted": self.accepted, "limit": self.limit}
        return Told.of(sentence, f"reason_{self.name}", facts)


def over_limits(connection: Connection, campaign: Campaign, limits: Limits) -> Told:
    """How much of a campaign came back, where that is more than the limits allow; empty else."""
    return Told.joined(one.told for one in excesses(connection, campaign, limits))


def excesses(connection: Connection, campaign: Campaign, limits: Limits) -> tuple[Excess, ...]:
    """What of a campaign came back more than the limits allow."""
    returned = people_by_kind(connection, campaign.id)
    complained, bounced = returned.get(ReturnKind.COMPLAINT, 0), returned.get(ReturnKind.BOUNCE, 0)
    told = []
    for people, least, limit, name in (
        (complained, LEAST_COMPLAINTS, limits.complaints, "complaints"),
        (bounced, 1, limits.bounces, "bounces"),
    ):
        if people < least:
            continue
        most = int(people / limit)  # with more than so many accepted it is within the limit
        accepted = outbox.count_accepted(connection, campaign, at_most=most + 1)
        if accepted >= LEAST_ACCEPTED and people > limit * accepted:
            told.append(Excess(name=name, people=people, accepted=accepted, limit=limit))
    return tuple(told)


def hold_over_limits(
    connection: Connection, campaign_ids: Iterable[int], limits: Limits, now: datetime
) -> tuple[str, ...]:
    """Hold those that are being sent and over the limits, within the caller's transaction; their names.

    It is done once with each: whoever lets it go again has seen how much came back.
    """
    held = []
    for campaign in campaigns.with_ids(connection, sorted(campaign_ids)):
        if campaign.status is not CampaignStatus.SENDING or campaigns.was_over_limits(connection, campaign.id):
            continue
        reason = over_limits(connection, campaign, limits)
        if reason and moves.moved(connection, campaign, Move.STOP, by=ITSELF, now=now, reason=reason):
            campaigns.note_over_limits(connection, campaign.id, now)
            held.append(campaign.name)
    return tuple(held)
