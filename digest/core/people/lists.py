"""Lists: what the configuration says against who has left."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from digest.app import App
from digest.config import DigestConfig
from digest.config.addresses import address_key, masked
from digest.config.subscribers import Listed, read_lists
from digest.core.people.plans import refuse_other
from digest.core.people.terms import terms_of
from digest.errors import ConfigError, DigestError, UsageError
from digest.model import Audience, By, Recipient, Told
from digest.store import campaigns, outbox, people
from digest.store.organisers import activity
from digest.store.people import ListPlan, Member

T = TypeVar("T")

Leaving = outbox.Leaving
"""Who leaves which lists."""

log = structlog.get_logger("digest.people")


class ListFileError(ConfigError):
    """A list's file cannot be taken; the message quotes its lines, which are for admins alone."""


class ListGuardError(DigestError):
    """More people would be removed than a list allows; the message tells of lists, which is for admins alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """Who a link to leave is about, and which lists."""

    address: str  # masked
    titles: tuple[str, ...]  # of the lists, as members know them
    has_left: bool  # all of them


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """A large list makes none, and all of it would be looked at again and again: a third of the time it takes."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_without_looking_for_cycles()
def listed(app: App) -> tuple[Listed, ...]:
    """What the configuration lists, with what is listed twice.

    Raises:
        ListFileError: when a list's file cannot be taken, with every line that is wrong.
    """
    try:
        return tuple(read_lists(app.config))
    except ConfigError as error:
        raise ListFileError(error.problems) from None


@_without_looking_for_cycles()
def plan_lists(app: App, given: Sequence[Listed] | None = None) -> tuple[ListPlan, ...]:
    """What `apply_lists` would change; writes nothing.

    Raises:
        ListFileError: when a list's file cannot be taken, with every line that is wrong.
    """
    lines = listed(app) if given is None else given
    with app.store.read() as connection:
        return _planned(connection, lines)


def apply_lists(app: App, now: datetime, *, by: By, confirmed: bool = False) -> tuple[ListPlan, ...]:
    """Make the database say what the configuration says, except for those who have left.

    Raises:
        ConfigError: when a list's file cannot be taken; nothing is changed then.
        DigestError: when more people would be removed than the guard allows; nothing is changed then.
    """
    plans = plan_lists(app)
    if not confirmed:
        guard(plans)
    with app.store.write() as connection:
        _carry_out(connection, plans, now, by)
    return plans


def apply_lists_unattended(app: App, now: datetime, *, by: By) -> None:
    """As `apply_lists`; a mistyped line in a list's file keeps no mail back: it goes to the lists as last applied.

    Raises:
        DigestError: when more people would be removed than the guard allows; nothing is changed then.
    """
    try:
        apply_lists(app, now, by=by)
    except ConfigError as error:
        log.warning("list changes are not applied; the lists stay as they were", error=str(error))


def apply_plans(
    app: App, shown: Sequence[ListPlan], now: datetime, *, by: By, given: Sequence[Listed] | None = None
) -> None:
    """Apply what somebody was shown and wants, and nothing else.

    Args:
        app: what to work with.
        shown: as `plan_lists` gave it, perhaps a while ago.
        now: since when people are on lists or not.
        by: who wants it.
        given: what the configuration lists, where it was read already.

    Raises:
        ConfigError: when a list's file cannot be taken; nothing is changed then.
        DigestError: when by now something else would be changed, saying what; nothing is changed then.
    """
    lines = listed(app) if given is None else given
    with app.store.write() as connection:
        refuse_other(shown, _planned(connection, lines))
        _carry_out(connection, shown, now, by)


def guard(plans: Sequence[ListPlan]) -> None:
    """Let through what no person has to confirm.

    Raises:
        ListGuardError: when more people would be removed than a list allows, naming the lists.
    """
    guarded = [plan for plan in plans if plan.removes_too_many]
    if guarded:
        told = "; ".join(f'"{plan.name}" would lose {len(plan.removed)} of {plan.active} people' for plan in guarded)
        raise ListGuardError(
            f"The list change is larger than the guard allows: {told}. Nothing was changed. "
            "See `digest lists plan`; if it is meant, run `digest lists apply --yes`."
        )


def as_if_applied(
    app: App, now: datetime, ask: Callable[[Connection], T], *, plans: Sequence[ListPlan] | None = None
) -> T:
    """What the store would answer with pending list changes, be they `plans`; nothing stays written.

    Raises:
        ConfigError: when a list's file cannot be taken.
    """
    plans = plan_lists(app) if plans is None else plans
    with app.store.read() as connection:
        if not _pending(connection, plans):
            return ask(connection)
    with app.store.write() as connection, connection.begin_nested() as tried:
        for plan in _pending(connection, plans):
            people.apply_list(connection, plan, now)
        answer = ask(connection)
        tried.rollback()
    return answer


def edition_audience(app: App, digest: DigestConfig, now: datetime) -> int:
    """How many people an edition would reach that has something for everybody, with pending list changes.

    Raises:
        ConfigError: when a list's file cannot be taken.
    """

    def ask(connection: Connection) -> int:
        audience, terms = Audience(list_names=digest.lists), terms_of(app.config, digest)
        return outbox.count_audience(
            connection, people.mailing(connection, audience, now, digest=digest.name, terms=terms)
        )

    return as_if_applied(app, now, ask)


def unsubscribe(app: App, subscriber_id: int, list_ids: Sequence[int], now: datetime, *, by: By) -> bool:
    """A person leaves lists; what is planned for them and not yet claimed is taken back.

    Idempotent: returns False when they had left already.
    """
    leaving = Leaving(subscriber_id=subscriber_id, list_ids=tuple(list_ids))
    return bool(unsubscribe_all(app, [leaving], now, by=by))


def unsubscribe_all(app: App, leaving: Sequence[Leaving], now: datetime, *, by: By) -> frozenset[int]:
    """As `unsubscribe`, of many people in one transaction; returns the ids of those for whom anything changed."""
    with app.store.write() as connection:
        return outbox.leave_lists(connection, leaving, now, by)


def note_leavings(app: App, leaving: Sequence[Leaving], now: datetime) -> None:
    """Keep that these people leave by their links, which of a crowd takes far less time than to carry it out.

    It is to be carried out at once; where that fails, it is by whoever sends next, or answers pages next.
    """
    with app.store.write() as connection:
        outbox.note_leavings(connection, leaving, now)


def carry_out_leavings(app: App) -> bool:
    """Carry out some of what is noted; whether there was anything."""
    return outbox.carry_out_leavings(app.store)


def carry_out_all_leavings(app: App) -> None:
    """Carry out whatever is noted, such as by a server that answered a crowd and ended before it came to that."""
    outbox.carry_out_all_leavings(app.store)


def leave_all(app: App, subscriber_id: int, now: datetime, *, by: By) -> bool:
    """A person leaves every list there is; as `unsubscribe`."""
    with app.store.read() as connection:
        list_ids = tuple(people.known_lists(connection).values())
    return unsubscribe(app, subscriber_id, list_ids, now, by=by)


def membership(app: App, subscriber_id: int, list_ids: Sequence[int]) -> Membership | None:
    """Who a link to leave is about; None when they are not known any more."""
    with app.store.read() as connection:
        person = people.subscriber(connection, subscriber_id)
        if person is None:
            return None
        return Membership(
            address=masked(person.address),
            titles=people.list_titles(connection, list_ids),
            has_left=people.has_left(connection, subscriber_id, list_ids),
        )


def members(app: App, name: str) -> tuple[Member, ...]:
    """Everybody who was ever on a list, by address.

    Raises:
        UsageError: when no list of that name was applied, naming those that were.
    """
    with app.store.read() as connection:
        known = people.count_active(connection)
        if name not in known:
            told = ", ".join(known) or "none yet"
            way_out = "`digest lists apply` applies the others"
            raise UsageError(f'No list "{name}" has been applied; known: {told}; {way_out}')
        return tuple(people.members(connection, name))


def list_sizes(app: App) -> dict[str, int]:
    """How many are active on each list, by its name."""
    with app.store.read() as connection:
        return dict(people.count_active(connection))


def _planned(connection: Connection, lines: Sequence[Listed]) -> tuple[ListPlan, ...]:
    """What would be changed; a person has one name, language and value of a field: the first that a list gives."""
    told = _told_together([one.subscribers for one in lines])
    plans = [
        people.plan_list(
            connection,
            name=one.name,
            title=one.title,
            listed=people_told,
            max_removals=one.max_removals,
        )
        for one, people_told in zip(lines, told, strict=True)
    ]
    configured = {one.name for one in lines}
    plans += [
        people.plan_list(connection, name=name, title=name, listed=(), max_removals=0.2)
        for name in people.known_lists(connection)
        if name not in configured
    ]
    return tuple(plans)


def _told_together(lists: Sequence[Sequence[Recipient]]) -> Sequence[Sequence[Recipient]]:
    """People as all lists together tell of them, each with the address as that list writes it."""
    if len(lists) < 2:
        return lists
    by_list = [{address_key(person.address): person for person in one} for one in lists]
    several: dict[str, Recipient] = {}
    seen: dict[str, Recipient] = {}
    for people_of_one in by_list:
        for key, person in people_of_one.items():
            if (first := seen.setdefault(key, person)) is not person:
                before = several.get(key, first)
                new = {name: value for name, value in person.fields.items() if not before.fields.get(name)}
                fields = {**before.fields, **new}
                several[key] = replace(
                    before,
                    name=before.name or person.name,
                    fields=fields,
                    language=before.language or person.language,
                )
    if not several:
        return lists
    return [
        [replace(several[key], address=person.address) if key in several else person for key, person in one.items()]
        for one in by_list
    ]


def _carry_out(connection: Connection, plans: Sequence[ListPlan], now: datetime, by: By) -> None:
    for plan in _pending(connection, plans):
        people.apply_list(connection, plan, now)
        told = Told("applied", added=len(plan.added), removed=len(plan.removed), changed=len(plan.changed))
        activity.record(connection, at=now, by=by, verb="apply list", subject=plan.name, detail=told)
    if any(plan.removed for plan in plans):  # also from what is being sent at this moment
        for campaign in campaigns.sending(connection):
            outbox.skip_unmailable(connection, campaign, now)


def _pending(connection: Connection, plans: Sequence[ListPlan]) -> list[ListPlan]:
    """Those that would write something."""
    known = people.known_lists(connection)
    return [plan for plan in plans if plan.changes or plan.name not in known]
