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
from digest.core.people.lists import plan_lists
from digest.errors import ConfigError
from digest.model import BounceClass, Report
from digest.store import campaigns, outbox, people
from digest.store.content import sources
from digest.store.content.sources import SourceState
from digest.store.people import returns

_LATELY = timedelta(days=7)
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
    came_back: tuple[str, ...]  # what servers refused lately because of us, in a sentence each
    next_due: Mapping[str, datetime]  # by digest
    campaigns: tuple[Report, ...]  # newest first


def status(app: App, now: datetime) -> Overview:
    """What runs and how it stands."""
    zone = app.config.network.zone
    not_applied = tuple(lists_not_applied(app))
    with app.store.read() as connection:
        states = sources.states(connection)
        return Overview(
            sources=states,
            failing=tuple(failing(app.config.sources, states, now)),
            lists=people.count_active(connection),
            lists_not_applied=not_applied,
            next_due={digest.name: next_open(connection, digest, now, zone) for digest in app.config.digests},
            campaigns=tuple(outbox.report_of(connection, one) for one in campaigns.recent(connection)),
            came_back=tuple(_came_back(connection, now)),
        )


def lists_not_applied(app: App) -> Iterator[str]:
    """Why the lists cannot be applied by themselves: a file cannot be taken, or the guard forbids so many removals."""
    try:
        plans = plan_lists(app)
    except ConfigError as error:
        for problem in error.problems:
            yield f"the lists stay as they were last applied: {problem}"
        return
    for plan in plans:
        if plan.removes_too_many:
            told = f"would lose {len(plan.removed)} of {plan.active} people, more than the guard allows"
            yield f'list "{plan.name}" {told}; see `digest lists plan`'


def _came_back(connection: Connection, now: datetime) -> Iterator[str]:
    """What servers refuse because of us: nobody is suppressed for that."""
    for one in returns.answers(connection, since=now - _LATELY):
        if one.bounce_class in _OUR_TROUBLE:
            said = f": {one.said}" if one.said else ""
            yield f"{one.people} mails came back within a week by {_OUR_TROUBLE[one.bounce_class]}{said}"


def next_open(connection: Connection, digest: DigestConfig, now: datetime, zone: ZoneInfo) -> datetime:
    """The next scheduled moment whose period has no campaign yet: what was sent early is not sent again."""
    moment = next_due(digest, now, zone)
    while campaigns.find(connection, digest.name, period_of(digest, moment, zone)) is not None:
        moment = next_due(digest, moment, zone)
    return moment.astimezone(zone)
