"""Collection: fetch every source, read it, keep what is new. One source's failure touches no other."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select, union

from digest import __version__
from digest.app import App
from digest.collect import OCCURRENCES_AHEAD, Fetched, NotModified, Validators, Web
from digest.collect.fetch import fetch
from digest.collect.reading.reader import AT_ONCE
from digest.collect.reading.task import Read, Task, known, settings
from digest.compose import out_of_view, with_successors
from digest.config import SourceConfig
from digest.core.content.stock import HISTORY, Stock, coming
from digest.core.content.stopping import unless_stopped
from digest.errors import SourceError
from digest.model import By, Item, SourceResult
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.store.content import sources as source_store
from digest.store.content.items import Saved, Stored
from digest.store.content.sources import SourceState
from digest.store.organisers import activity

_LIST_EVERYTHING = frozenset({"calendar", "folder", "table"})
"""Kinds whose answer is all there is; pages and feeds show only their latest."""


@dataclass(frozen=True, slots=True)
class _Answer:
    source: SourceConfig
    before: SourceState | None
    outcome: Fetched | NotModified | SourceError


async def collect(app: App, now: datetime, *, by: By, source: str | None = None) -> tuple[SourceResult, ...]:
    """Fetch, read and store the sources (or one of them); the app is told what came of each.

    Raises:
        UsageError: when no source has that name. A source that fails is in the result, not raised.
    """
    chosen = app.config.sources if source is None else (app.source(source),)
    answers = await _fetch_all(app, chosen, conditional=True)

    def stored(name: str) -> list[Item]:
        with app.store.read() as connection:
            which = _compared_with(app.source(name), now)
            return [one.item for one in item_store.load(connection, which=which)]

    results = []
    for answer, held in zip(answers, await _read_all(app, answers, stored, now), strict=True):
        # In a thread, so that pages are answered and mails sent meanwhile; a source is still one transaction.
        results.append(await asyncio.to_thread(_keep, app, answer, held, now, by))
        app.tell(results[-1])
    return tuple(results)


async def items_now(app: App, now: datetime) -> Stock:
    """What is stored plus what the sources hold now, newest first; stores nothing. The app is told of each source."""
    answers = await _fetch_all(app, app.config.sources, conditional=False)
    with app.store.read() as connection:
        held = {(s.item.source, s.item.key): s for s in _held(app, connection, now)}
        edits = edit_store.load(connection)
    fresh: list[Item] = []
    answered_whole: set[str] = set()  # sources that answered with everything they have
    gone: set[tuple[str, str]] = set()  # of it what they no longer list

    def stored_of(name: str) -> list[Item]:
        return [stored.item for (source, _), stored in held.items() if source == name]

    for answer, there in zip(answers, await _read_all(app, answers, stored_of, now), strict=True):
        if isinstance(there, SourceError):
            app.tell(SourceResult(source=answer.source.name, error=str(there)))
            continue
        found, unreadable = there.items, there.unreadable
        before = stored_of(answer.source.name)
        keys = {item.key for item in before}
        new = sum(item.key not in keys for item in found)
        app.tell(SourceResult(source=answer.source.name, new=new, unreadable=unreadable))
        if answer.source.kind in _LIST_EVERYTHING:
            found, listed = _against(
                before, found, answer.source, in_part=bool(unreadable), now=now, zone=app.config.network.zone
            )
            answered_whole.add(answer.source.name)
            gone |= {(item.source, item.key) for item in before if item.key not in listed}
        fresh.extend(found)
    current = {(item.source, item.key): item for item in fresh}
    unseen = [item for pair, item in current.items() if pair not in held]
    stored = [
        replace(item_store.continued(current[pair], s.item) if pair in current else s.item, withdrawn=pair in gone)
        if s.item.source in answered_whole
        else current.get(pair, s.item)
        for pair, s in held.items()
    ]
    return Stock(items=(*unseen, *stored), edits=edits)


def _held(app: App, connection: Connection, now: datetime) -> Iterator[Stored]:
    """What may still come into an edition, and what the sources' answers are compared with; newest first."""
    which = [coming(app, connection, now), *(_compared_with(source, now) for source in app.config.sources)]
    yield from item_store.load(connection, which=select(union(*which).subquery().c.id))


def _compared_with(source: SourceConfig, now: datetime) -> Select[tuple[int]]:
    everything = source.kind in _LIST_EVERYTHING
    return item_store.comparable(source.name, since=now - HISTORY, lists_everything=everything)


def _against(
    before: Sequence[Item],
    found: tuple[Item, ...],
    source: SourceConfig,
    *,
    in_part: bool,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[tuple[Item, ...], frozenset[str]]:
    """What a source lists, told from what it listed before, and the keys of what must not be taken for withdrawn.

    What could not be read may hold whatever is not found, save what is found under another key.
    """
    listed = with_successors(found, before, now=now, zone=zone)
    keys = frozenset(item.key for item in listed)
    if in_part:
        replaced = {key for item in listed for key in item.replaces}
        return listed, keys | {item.key for item in before if not item.withdrawn and item.key not in replaced}
    return listed, keys | out_of_view(listed, before, ahead=OCCURRENCES_AHEAD, until=now + source.horizon)


async def _fetch_all(app: App, sources: Sequence[SourceConfig], *, conditional: bool) -> list[_Answer]:
    with app.store.read() as connection:
        states = source_store.states(connection)
    web = Web.of(app.config)
    done = 0

    async def one(source: SourceConfig) -> _Answer:
        nonlocal done
        state = states.get(source.name)
        # An unchanged calendar still yields something new: the next occurrences of what recurs. And what would
        # be read otherwise now, by new settings or a new version, is asked for whole.
        alike = state is not None and state.read_as == _read_as(app, source)
        asks = conditional and source.kind != "calendar" and alike
        known = Validators(etag=state.etag, last_modified=state.last_modified) if state and asks else None
        outcome: Fetched | NotModified | SourceError
        try:
            outcome = await fetch(source, app.config, known, web=web)
        except SourceError as error:
            outcome = error
        done += 1
        app.progress("collecting", done, len(sources))
        return _Answer(source, state, outcome)

    return await unless_stopped(app, asyncio.gather(*(one(source) for source in sources)), "sources were fetched")


def _read_as(app: App, source: SourceConfig) -> str:
    words = "".join(f"\n{one.code}\n{one.text}" for one in app.languages)
    return sha256(f"{__version__}\n{source.model_dump_json()}{words}".encode()).hexdigest()[:16]


async def _read_all(
    app: App, answers: Sequence[_Answer], stored: Callable[[str], Sequence[Item]], now: datetime
) -> list[Read | SourceError]:
    """What each answer holds, or why it cannot be read.

    Args:
        app: its reader reads.
        answers: of the sources.
        stored: what is stored of a source by name, newest first; asked in a thread when it is the source's turn.
        now: when it was fetched.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(answer: _Answer) -> Read | SourceError:
        if isinstance(answer.outcome, SourceError):
            return answer.outcome
        if isinstance(answer.outcome, NotModified):
            return Read(items=(), unreadable=answer.before.unreadable if answer.before else ())
        async with turns:
            try:
                before = await asyncio.to_thread(stored, answer.source.name)
                return await read(app, answer.source, answer.outcome, before, now)
            except SourceError as error:
                return error

    return await asyncio.gather(*(one(answer) for answer in answers))


async def read(app: App, source: SourceConfig, fetched: Fetched, stored: Sequence[Item], now: datetime) -> Read:
    """What a source holds; read in a process of its own, so that pages are answered and mails sent meanwhile.

    Raises:
        SourceError: when it cannot be read, or not within the limits.
        StoppedError: when the process is told to stop meanwhile.
    """
    task = Task(
        source=settings(source),
        fetched=fetched,
        known=known(stored),
        now=now,
        zone=app.config.network.zone,
        language=app.config.network.language,
        languages=app.languages,
    )
    return await app.reader.read(task, stopping=app.stopping.is_set)


def _keep(app: App, answer: _Answer, held: Read | SourceError, now: datetime, by: By) -> SourceResult:
    name = answer.source.name
    compared = _compared_with(answer.source, now)
    if isinstance(held, SourceError):
        with app.store.write() as connection:
            source_store.record_error(connection, name, now=now, error=str(held))
        return SourceResult(source=name, error=str(held))
    found, unreadable = held.items, held.unreadable
    if isinstance(answer.outcome, NotModified):
        with app.store.write() as connection:
            source_store.record_unchanged(connection, name, now=now)
            unchanged = sum(1 for _ in item_store.load(connection, source=name))
        return SourceResult(source=name, unchanged=unchanged, not_modified=True, unreadable=unreadable)
    validators = answer.outcome.validators if isinstance(answer.outcome, Fetched) else Validators()
    with app.store.write() as connection:
        if answer.source.kind in _LIST_EVERYTHING:
            before = [stored.item for stored in item_store.load(connection, which=compared)]
            found, listed = _against(
                before, found, answer.source, in_part=bool(unreadable), now=now, zone=app.config.network.zone
            )
            item_store.withdraw(connection, name, listed, now, compared=compared)
        saved: Saved = item_store.save(connection, found, now)
        source_store.record_success(
            connection,
            name,
            now=now,
            etag=validators.etag,
            last_modified=validators.last_modified,
            item_count=len(found),
            read_as=_read_as(app, answer.source),
            unreadable=unreadable,
        )
        if saved.new or saved.changed:
            told = f"{saved.new} new, {saved.changed} changed"
            activity.record(connection, at=now, by=by, verb="collect", subject=name, detail=told)
    return SourceResult(
        source=name,
        new=saved.new,
        changed=saved.changed,
        unchanged=saved.unchanged,
        items=len(found),
        items_before=answer.before.item_count if answer.before else None,
        unreadable=unreadable,
    )
