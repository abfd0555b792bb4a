"""Reviewers: who is shown an edition before it goes, and the links by which they answer."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256

from digest.app import App
from digest.core.organisers import roles
from digest.errors import TokenError
from digest.model import By, Organiser, Via
from digest.store import campaigns
from digest.store.campaigns import Campaign
from digest.tokens import Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a link in the mail of a draft stands for."""

    campaign_id: int
    content_hash: str  # of what its reader was shown
    organiser: Organiser

    @property
    def by(self) -> By:
        """Who answers."""
        return By(via=Via.LINK, name=self.organiser.email)


def reviewers_of(app: App, campaign: Campaign) -> Iterator[Organiser]:
    """Who is shown a campaign before it goes: whoever has to do with all of its lists."""
    return (one for one in roles.known(app.config) if roles.reaches(one, campaign.list_names))


def may_approve(organiser: Organiser) -> bool:
    """Whether somebody's word lets an edition go: editors review it, and send nothing."""
    return roles.role_allows(organiser, "approve")


def standing(app: App, campaign: Campaign, agreed: Collection[str]) -> tuple[str, ...]:
    """Of those who approved a campaign, whose word still counts: commands, and organisers who may approve it now."""
    may = {one.email.casefold() for one in reviewers_of(app, campaign) if may_approve(one)}
    return tuple(who for who in agreed if "@" not in who.partition(" ")[0] or who in may)


def answer_link(app: App, scope: Scope, campaign: Campaign, organiser: Organiser) -> str:
    """Where one organiser approves or holds exactly what is frozen of a campaign now."""
    return app.link(scope, campaign.id, int(campaign.content_hash, 16), _number_of(organiser.email))


def read_answer_link(app: App, scope: Scope, token: str) -> Answer:
    """What a link stands for.

    Raises:
        TokenError: when it is not ours, for something else, or of somebody who is no organiser any more, of its lists.
    """
    campaign_id, content, person = app.numbers_in(scope, token)
    with app.store.read() as connection:
        campaign = campaigns.by_id(connection, campaign_id)
    for one in roles.known(app.config) if campaign is None else reviewers_of(app, campaign):
        if _number_of(one.email) == person and (scope is Scope.HOLD or may_approve(one)):
            return Answer(campaign_id=campaign_id, content_hash=f"{content:016x}", organiser=one)
    raise TokenError("This link is of somebody who is no organiser any more.")


def _number_of(email: str) -> int:
    return int.from_bytes(sha256(email.casefold().encode()).digest()[:8], "big")
