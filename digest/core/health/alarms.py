"""Alarms: what needs an admin, told once a day by mail, each with what mends it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from digest.app import App
from digest.config import SourceConfig
from digest.core.campaigns.limits import excesses
from digest.core.editions.approval import missing_approvals
from digest.core.health.overview import NotApplied, lists_not_applied
from digest.core.mail.letters import send_letter
from digest.errors import DeliveryError, without_source
from digest.model import By, CampaignStatus, Draft, Recipient, Via
from digest.render import Troubles
from digest.store import campaigns
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.content import sources
from digest.store.content.sources import SourceState
from digest.store.organisers import activity, alarms, drafts

_AGAIN = timedelta(days=1)  # the same trouble is not told sooner
_LATELY = timedelta(days=7)  # campaigns whose returns are of interest
_STALE = timedelta(days=1)  # of a source that says nothing else; a night without an answer needs nobody


class TroubleKind(StrEnum):
    """What does not go on by itself."""

    HELD = "held"  # a campaign
    MISSED = "missed"  # an edition
    WAITS = "waits"  # an edition, for an approval
    RETURNS = "returns"  # too much of a campaign comes back
    LISTS = "lists"  # their files cannot be applied
    SOURCE = "source"  # it does not answer
    DRAFT = "draft"  # an announcement did not go


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """A sentence about a trouble, apart from how it is said."""

    name: str  # of the phrase, behind "console_why_"
    facts: Mapping[str, str | int | float | datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """Something that does not go on by itself."""

    key: str  # the same for the same trouble, however it is told
    told: str
    mend: str  # a command
    kind: TroubleKind
    about: str = ""  # what mends it: the name of a campaign, digest or source, the number of a draft
    called: str = ""  # what it is about, as organisers know it
    why: str = ""  # besides: what stands in no catalog, such as a server's words or a reason that was written down
    says: tuple[Saying, ...] = ()  # besides, as phrases
    is_announcement: bool = False


def troubles(app: App, now: datetime) -> tuple[Trouble, ...]:
    """What needs an admin now: held and missed editions, lists, sources, returns, drafts that did not go."""
    with app.store.read() as connection:
        recent = campaigns.recent(connection)
        waiting = [one for one in campaigns.drafted(connection) if _waits(app, connection, one, now)]
        states = sources.states(connection)
        returned = tuple(_returned(app, connection, recent, now))
        kept_back = drafts.in_trouble(connection)
    return (
        *_campaigns(app, recent, waiting, now),
        *returned,
        *map(_lists, lists_not_applied(app)),
        *_sources(app.config.sources, states, now),
        *_drafts(kept_back),
    )


async def tell(app: App, now: datetime, *, by: By) -> tuple[Trouble, ...]:
    """Write to every admin what was not told within a day, all in one mail; returns what was told.

    Nothing is told where nobody has the role of admin.

    Raises:
        DeliveryError: when no admin's server takes it; it counts as untold then.
    """
    languages = {one.email: one.language for one in app.config.organisers if one.role == "admin"}
    admins = list(languages)
    with app.store.read() as connection:
        lately = alarms.told_since(connection, now - _AGAIN)
    due = tuple(one for one in troubles(app, now) if one.key not in lately)
    if not due or not admins:
        return ()
    letter = Troubles(troubles=tuple((one.told, one.mend) for one in due))
    refused: list[DeliveryError] = []
    for address in admins:
        try:
            await send_letter(app.in_language(languages[address]), Recipient(address=address), letter, now)
        except DeliveryError as error:
            refused.append(error)
    if len(refused) == len(admins):
        raise refused[0]
    with app.store.write() as connection:
        alarms.record_told(connection, [one.key for one in due], now)
        told = "; ".join(one.told for one in due)
        activity.record(connection, at=now, by=by, verb="tell admins", subject=", ".join(admins), detail=told)
    return due


def _lists(one: NotApplied) -> Trouble:
    """Lists that cannot be applied by themselves."""
    loses = Saying(name="lists_lose", facts={"list": one.title, "removed": one.removed, "active": one.active})
    return Trouble(
        key=f"lists {one}",
        told=str(one),
        mend="digest lists plan",
        kind=TroubleKind.LISTS,
        why=one.problem,
        says=(Saying(name="lists_stay") if one.problem else loses,),
    )


def _waits(app: App, connection: Connection, drafted: Campaign, now: datetime) -> bool:
    """Whether it is due, and goes only once somebody approves it."""
    is_due = drafted.send_at is not None and drafted.send_at <= now
    return is_due and drafted.status is CampaignStatus.PREPARED and missing_approvals(app, connection, drafted) > 0


def _campaigns(app: App, recent: Sequence[Campaign], waiting: Sequence[Campaign], now: datetime) -> Iterator[Trouble]:
    zone = app.config.network.zone
    for one in recent:
        why, called = f": {one.reason}" if one.reason else "", _called(app, one)
        if one.status is CampaignStatus.HELD:
            yield Trouble(
                key=f"held {one.name}",
                told=f"{one.name} is held{why}",
                mend=f"digest approve {one.name}",
                kind=TroubleKind.HELD,
                about=one.name,
                called=called,
                why=one.reason,
                is_announcement=one.digest == ANNOUNCEMENT,
            )
        elif one.status is CampaignStatus.SKIPPED and _was_missed(app, one, now):
            yield Trouble(
                key=f"missed {one.name}",
                told=f"{one.name} was missed{why}",
                mend=f"digest send {one.digest}",
                kind=TroubleKind.MISSED,
                about=one.digest,
                called=called,
                why=one.reason,
            )
    for one in waiting:
        if one.send_at is not None:
            due = f"{one.send_at.astimezone(zone):%Y-%m-%d %H:%M}"
            yield Trouble(
                key=f"waits {one.name}",
                told=f"{one.name} was due at {due} and waits for an approval",
                mend=f"digest approve {one.name}",
                kind=TroubleKind.WAITS,
                about=one.name,
                called=_called(app, one),
                says=(Saying(name="was_due", facts={"moment": one.send_at}),),
            )


def _called(app: App, campaign: Campaign) -> str:
    """A campaign as organisers know it."""
    if campaign.digest == ANNOUNCEMENT:
        return campaign.subject or campaign.name
    titles = {one.name: one.title or one.name for one in app.config.digests}
    return f"{titles.get(campaign.digest, campaign.digest)} {campaign.period}"


def _was_missed(app: App, skipped: Campaign, now: datetime) -> bool:
    """Whether it was skipped lately for being late: it has no mail, or the schedule took back what was drafted."""
    if skipped.edition is None:
        return now - skipped.created_at < _AGAIN
    if skipped.moved_by.via is not Via.SCHEDULE or skipped.send_at is None:
        return False
    lateness = next((one.max_lateness for one in app.config.digests if one.name == skipped.digest), timedelta())
    return now - skipped.send_at < lateness + _AGAIN


def _returned(app: App, connection: Connection, recent: Sequence[Campaign], now: datetime) -> Iterator[Trouble]:
    """Of which campaigns too much came back, or too many people complained; one that is held for it says so."""
    for one in recent:
        if one.status is CampaignStatus.HELD or now - one.created_at >= _LATELY:
            continue
        if much := excesses(connection, one, app.config.limits):
            yield Trouble(
                key=f"returns {one.name}",
                told=f"{one.name}: {'; '.join(map(str, much))}",
                mend=f"digest report {one.name}",
                kind=TroubleKind.RETURNS,
                about=one.name,
                called=_called(app, one),
                says=tuple(
                    Saying(
                        name=each.name,
                        facts={"people": each.people, "share": each.people / each.accepted, "limit": each.limit},
                    )
                    for each in much
                ),
            )


def _drafts(kept_back: Sequence[Draft]) -> Iterator[Trouble]:
    """Announcements that did not go when they were to."""
    for one in kept_back:
        told, mend = f"draft {one.id} did not go: {one.trouble}", f"digest drafts show {one.id}"
        key, about = f"draft {one.id} {one.version}", str(one.id)
        yield Trouble(key=key, told=told, mend=mend, kind=TroubleKind.DRAFT, about=about, why=one.trouble)


def _sources(configured: Sequence[SourceConfig], states: Mapping[str, SourceState], now: datetime) -> Iterator[Trouble]:
    for one in configured:
        state = states.get(one.name)
        last = state.last_success_at if state else None
        if state is None or (last is not None and now - last <= (one.stale_after or _STALE)):
            continue
        since = f"since {last:%Y-%m-%d %H:%M}" if last else "yet"
        why = without_source(state.last_error, one.name) if state.last_error else ""
        told = f"source {one.name} has not answered {since}{f': {why}' if why else ''}"
        yield Trouble(
            key=f"source {one.name}",
            told=told,
            mend=f"digest collect --source {one.name}",
            kind=TroubleKind.SOURCE,
            about=one.name,
            called=one.name,
            why=why,
            says=(Saying(name="silent_since", facts={"moment": last}) if last else Saying(name="silent"),),
        )
