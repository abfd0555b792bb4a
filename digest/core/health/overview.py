"""The overview: what runs and how it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from digest.app import App
from digest.compose import next_due, period_of
from digest.config import DigestConfig
from digest.core.content.sources import failing
from digest.core.editions.left_out import arrived as arrived_since
from digest.core.editions.standings import AGREED, standings
from digest.core.people.lists import plan_lists
from digest.errors import ConfigError
from digest.model import BounceClass, CampaignStatus, Report
from digest.store import campaigns, outbox, people
from digest.store.content import sources
from digest.store.content.sources import SourceState
from digest.store.people import returns

_LATELY = timedelta(days=7)
_WAITING = {CampaignStatus.PREPARED, CampaignStatus.HELD, CampaignStatus.SKIPPED}
_OUR_TROUBLE = {
    BounceClass.POLICY: "what servers let in (our reputation, authentication or content)",
    BounceClass.OURS: "a mistake in what we send or how",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What runs and how it stands."""

    sources: Mapping[str, SourceState]
    failing: tuple[str, ...]  # which sources fail or are stale, in a sentence each
    lists: Mapping[str, int]  # active people by list
    lists_not_applied: tuple[str, ...]  # what is wrong with changes that wait to be applied, in a sentence each
    drafts: tuple[str, ...]  # what waits for its time, and what has come in since, in a sentence each
    came_back: tuple[str, ...]  # what servers refused lately because of us, in a sentence each
    next_due: Mapping[str, datetime]  # by digest
    campaigns: tuple[Report, ...]  # newest first
    queued: int  # deliveries that may go and are not done
    agreed: frozenset[str]  # names of campaigns that are approved and wait for their time alone


def status(app: App, now: datetime) -> Overview:
    """What runs and how it stands."""
    zone = app.config.network.zone
    not_applied = tuple(map(str, lists_not_applied(app)))
    drafts = tuple(_drafts(app, now))
    with app.store.read() as connection:
        recent = campaigns.recent(connection)
    agreed = frozenset(name for name, word in standings(app, recent).items() if word == AGREED)
    with app.store.read() as connection:
        states = sources.states(connection)
        return Overview(
            sources=states,
            failing=tuple(failing(app.config.sources, states, now)),
            lists=people.count_active(connection),
            lists_not_applied=not_applied,
            next_due={digest.name: next_open(connection, digest, now, zone) for digest in app.config.digests},
            campaigns=tuple(outbox.report_of(connection, one) for one in recent),
            queued=outbox.count_waiting(connection),
            drafts=drafts,
            agreed=agreed,
            came_back=tuple(_came_back(connection, now)),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NextTimes:
    """When a digest's next edition is drafted, and when it goes."""

    digest: str
    drafted_at: datetime | None  # None: when it is due, or it is drafted already
    due_at: datetime


def next_times(app: App, now: datetime) -> tuple[NextTimes, ...]:
    """The next times of every digest, in the order of config.toml."""
    zone = app.config.network.zone
    times = []
    for digest in app.config.digests:
        due_at = next_due(digest, now, zone)
        drafted_at = due_at - digest.prepare_before
        is_ahead = digest.prepare_before and drafted_at > now
        times.append(NextTimes(digest=digest.name, drafted_at=drafted_at if is_ahead else None, due_at=due_at))
    return tuple(times)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotApplied:
    """Why lists cannot be applied by themselves; as a sentence in English."""

    problem: str = ""  # with what the admin wrote
    title: str = ""  # else: of the list that would lose more people than the guard allows
    name: str = ""
    removed: int = 0
    active: int = 0

    def __str__(self) -> str:
        if self.problem:
            return f"the lists stay as they were last applied: {self.problem}"
        told = f"would lose {self.removed} of {self.active} people, more than the guard allows"
        return f'list "{self.name}" {told}; see `digest lists plan`'


def lists_not_applied(app: App) -> Iterator[NotApplied]:
    """Why the lists cannot be applied by themselves: a file cannot be taken, or the guard forbids so many removals."""
    titles = {one.name: one.title or one.name for one in app.config.lists}
    try:
        plans = plan_lists(app)
    except ConfigError as error:
        for problem in error.problems:
            yield NotApplied(problem=problem.told)
        return
    for plan in plans:
        if plan.removes_too_many:
            title = titles.get(plan.name, plan.name)
            yield NotApplied(title=title, name=plan.name, removed=len(plan.removed), active=plan.active)


def _drafts(app: App, now: datetime) -> Iterator[str]:
    with app.store.read() as connection:
        drafted = campaigns.drafted(connection)
    words = standings(app, drafted)
    for one in drafted:
        word = "approved" if words[one.name] == AGREED else one.status
        if one.send_at is not None:
            due_at = f"{one.send_at.astimezone(app.config.network.zone):%Y-%m-%d %H:%M}"
            arrived = len(arrived_since(app, one, now))
            more = f"; {arrived} new since it was drafted wait for the next edition" if arrived else ""
            yield f"{one.name} is {word}, due {due_at}{f': {one.reason}' if one.reason else ''}{more}"


def _came_back(connection: Connection, now: datetime) -> Iterator[str]:
    """What servers refuse because of us: nobody is suppressed for that."""
    for one in returns.answers(connection, since=now - _LATELY):
        if one.bounce_class in _OUR_TROUBLE:
            said = f": {one.said}" if one.said else ""
            yield f"{one.people} mails came back within a week by {_OUR_TROUBLE[one.bounce_class]}{said}"


def next_open(connection: Connection, digest: DigestConfig, now: datetime, zone: ZoneInfo) -> datetime:
    """The next scheduled moment whose period has no campaign yet: what was sent early is not sent again."""
    moment = next_due(digest, now, zone)
    while (row := campaigns.find(connection, digest.name, period_of(digest, moment, zone))) is not None:
        if row.send_at is not None and row.send_at > now and row.status in _WAITING:
            break  # it is drafted, and has yet to go
        moment = next_due(digest, moment, zone)
    return moment.astimezone(zone)
