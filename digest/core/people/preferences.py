"""What a person wants less of: muted, paused, or one digest in the place of another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.config import DigestConfig
from digest.core.mail.languages import language_named
from digest.errors import UsageError
from digest.model import SECTIONS, By, Preferences, Told
from digest.store import outbox, people
from digest.store.organisers import activity


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is to be otherwise; what is not given stays."""

    mute: Sequence[str] = ()  # categories, or posts, events, vacancies
    unmute: Sequence[str] = ()
    pause_until: datetime | None = None
    resume: bool = False  # ends a pause
    choose: str | None = None  # a digest that stands in the place of another, or that other
    digest: str | None = None  # whose mail is muted or paused; all unless given
    language: str | None = None  # one of the network's, of what surrounds the posts


def change_preferences(app: App, address: str, change: Change, now: datetime, *, by: By) -> Mapping[str, Preferences]:
    """Change what a person wants; what is planned for them and not wanted any more is taken back.

    What they were skipped for and want after all is queued, where its campaign still runs.

    Returns:
        All their preferences as they are then, by digest; "" is all mail.

    Raises:
        UsageError: when nobody is known by that address, or something is named that is not there; nothing is changed.
    """
    steps = _steps(app, change, now)
    with app.store.write() as connection:
        subscriber_id = _known(connection, address)
        _make(app, connection, [steps], now, subscriber_id=subscriber_id, address=address, by=by)
        return people.preferences_of(connection, subscriber_id)


def change_own(app: App, subscriber_id: int, changes: Sequence[Change], now: datetime, *, by: By) -> bool:
    """Change what a person wants, all of it or nothing; False when they are not known any more.

    Raises:
        UsageError: as `change_preferences`.
    """
    steps = [_steps(app, change, now) for change in changes]
    with app.store.write() as connection:
        person = people.subscriber(connection, subscriber_id)
        if person is None:
            return False
        _make(app, connection, steps, now, subscriber_id=subscriber_id, address=person.address, by=by)
    return True


def chosen_language(app: App, address: str) -> str | None:
    """The language that a person chose, or None; raises as `change_preferences`."""
    with app.store.read() as connection:
        person = people.subscriber(connection, _known(connection, address))
    return person.language if person else None


def preferences(app: App, address: str) -> Mapping[str, Preferences]:
    """What a person wants less of, by digest; raises as `change_preferences`."""
    with app.store.read() as connection:
        return people.preferences_of(connection, _known(connection, address))


def alternatives(app: App) -> Mapping[str, tuple[str, ...]]:
    """The digests that may be chosen in the place of another, by that."""
    heads = [digest.instead_of for digest in app.config.digests if digest.instead_of]
    return {head: tuple(_alternatives(app, head)) for head in dict.fromkeys(heads)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Steps:
    """A change whose names were looked up."""

    change: Change
    scope: str
    muted: tuple[str, ...]
    unmuted: tuple[str, ...]
    chosen: tuple[str, str | None] | None
    language: str | None


def _steps(app: App, change: Change, now: datetime) -> _Steps:
    if change.pause_until is not None and change.pause_until <= now:
        raise UsageError(f"A pause until {change.pause_until:%Y-%m-%d %H:%M} is over already; name a later time")
    return _Steps(
        change=change,
        scope=app.digest(change.digest).name if change.digest else people.EVERYTHING,
        muted=_names(app, change.mute),
        unmuted=_names(app, change.unmute),
        chosen=_choice(app, change.choose) if change.choose else None,
        language=language_named(app, change.language) if change.language else None,
    )


def _make(
    app: App,
    connection: Connection,
    all_steps: Sequence[_Steps],
    now: datetime,
    *,
    subscriber_id: int,
    address: str,
    by: By,
) -> None:
    """Make changes of one person, and write down what they came to."""
    changed = False
    for steps in all_steps:
        told = list(_made(app, connection, subscriber_id, steps))
        if told:
            changed = True
            detail = Told.joined(told)
            detail = Told("wants", told=detail, digest=steps.scope) if steps.scope else detail
            activity.record(connection, at=now, by=by, verb="preferences", subject=address, detail=detail)
    if changed:
        outbox.skip_person(connection, subscriber_id, now)
        outbox.queue_person(connection, subscriber_id, now)


def _made(app: App, connection: Connection, subscriber_id: int, steps: _Steps) -> Iterator[Told]:
    scope, until = steps.scope, steps.change.pause_until
    for name in steps.muted:
        if people.mute(connection, subscriber_id, [name], digest=scope):
            yield Told("wants_mute", name=_part(name))
    for name in steps.unmuted:
        if people.unmute(connection, subscriber_id, [name], digest=scope):
            yield Told("wants_unmute", name=_part(name))
    if until is not None or steps.change.resume:
        people.pause(connection, subscriber_id, until, digest=scope)
        when = until and until.astimezone(app.config.network.zone)
        yield Told("wants_pause", moment=when) if when else Told("wants_resume")
    if steps.chosen is not None:
        head, wanted = steps.chosen
        people.choose(connection, subscriber_id, digest=head, chosen=wanted)
        yield Told("wants_choose", digest=wanted or head)
    if steps.language is not None and people.set_language(connection, subscriber_id, steps.language):
        yield Told("wants_language", language=steps.language)


def _part(name: str) -> str:
    """What is muted, as a page calls it."""
    return Told.of(name, f"part_{name}") if name in SECTIONS.values() else name


def _alternatives(app: App, head: str) -> list[str]:
    return [digest.name for digest in app.config.digests if digest.instead_of == head]


def _known(connection: Connection, address: str) -> int:
    found = people.find(connection, address)
    if found is None:
        raise UsageError(f"{address} is on no list that was applied; `digest lists apply` takes over config.toml")
    return found[0]


def _choice(app: App, name: str) -> tuple[str, str | None]:
    """Whose place it is about, and what is wanted there; None is that one itself."""
    digest: DigestConfig = app.digest(name)
    if digest.instead_of:
        return digest.instead_of, name
    if _alternatives(app, name):
        return name, None
    told = ", ".join(f"{head} or {' or '.join(others)}" for head, others in alternatives(app).items())
    way_out = f"choose {told}" if told else "no digest of config.toml stands in the place of another (`instead_of`)"
    raise UsageError(f'There is nothing to choose about "{name}"; {way_out}')


def _names(app: App, given: Sequence[str]) -> tuple[str, ...]:
    """What is to be muted, as items carry it.

    Raises:
        UsageError: when there is none of that name, naming those there are.
    """
    categories = app.config.categories
    carried = {(one.title or one.name).casefold(): one.name for one in categories}
    carried |= {one.name.casefold(): one.name for one in categories} | {name: name for name in SECTIONS.values()}
    astray = [name for name in given if name.casefold() not in carried]
    if astray and categories:
        told = ", ".join([*(one.name for one in categories), *SECTIONS.values()])
        raise UsageError(f'There is no category or section "{astray[0]}"; known: {told}')
    return tuple(carried.get(name.casefold(), name).casefold() for name in given)
