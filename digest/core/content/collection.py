"""Collection: fetch every source, read it, keep what is new. One source's failure touches no other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from digest import __version__
from digest.app import App
from digest.collect import OCCURRENCES_AHEAD, Fetched, NotModified, Validators, Web, fetch, known_again, parse, resolve
from digest.compose import out_of_view, with_successors
from digest.config import SourceConfig
from digest.core.content.stock import Stock
from digest.errors import SourceError
from digest.model import By, Item, SourceResult
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.store.content import sources as source_store
from digest.store.content.items import Saved
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
    results = []
    for answer in await _fetch_all(app, chosen, conditional=True):
        results.append(await _keep(app, answer, now, by))
        app.tell(results[-1])
    return tuple(results)


async def items_now(app: App, now: datetime) -> Stock:
    """What is stored plus what the sources hold now, newest first; stores nothing. The app is told of each source."""
    answers = await _fetch_all(app, app.config.sources, conditional=False)
    with app.store.read() as connection:
        held = {(s.item.source, s.item.key): s for s in item_store.load(connection)}
        edits = edit_store.load(connection)
    fresh: list[Item] = []
    answered_whole: set[str] = set()  # sources that answered with everything they have
    gone: set[tuple[str, str]] = set()  # of it what they no longer list
    for answer in answers:
        before = [stored.item for (source, _), stored in held.items() if source == answer.source.name]
        known = {item.key for item in before}
        try:
            found, unreadable = await asyncio.to_thread(_read, app, answer, before, now)
        except SourceError as error:
            app.tell(SourceResult(source=answer.source.name, error=str(error)))
            continue
        new = sum(item.key not in known for item in found)
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
        asks = conditional and source.kind != "calendar" and state is not None and state.read_as == _read_as(source)
        known = Validators(etag=state.etag, last_modified=state.last_modified) if state and asks else None
        outcome: Fetched | NotModified | SourceError
        try:
            outcome = await fetch(source, app.config, known, web=web)
        except SourceError as error:
            outcome = error
        done += 1
        app.progress("collecting", done, len(sources))
        return _Answer(source, state, outcome)

    return list(await asyncio.gather(*(one(source) for source in sources)))


def _read_as(source: SourceConfig) -> str:
    return sha256(f"{__version__}\n{source.model_dump_json()}".encode()).hexdigest()[:16]


def _read(app: App, answer: _Answer, before: Sequence[Item], now: datetime) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items, and what could not be read.

    Pure but perhaps long: run in a thread, so that pages are answered and mails sent meanwhile.
    """
    if isinstance(answer.outcome, SourceError):
        raise answer.outcome
    if isinstance(answer.outcome, NotModified):
        return (), answer.before.unreadable if answer.before else ()
    zone = app.config.network.zone
    parsed = parse(answer.source, answer.outcome, around=now.astimezone(zone))
    first_seen = {item.key: item.first_seen_at for item in before}
    items = tuple(
        resolve(
            one,
            source=answer.source,
            first_seen_at=first_seen.get(one.key, now),
            zone=zone,
            language=app.config.network.language,
        )
        for one in known_again(parsed.found, before)
    )
    return items, parsed.unreadable


async def _keep(app: App, answer: _Answer, now: datetime, by: By) -> SourceResult:
    name = answer.source.name
    with app.store.read() as connection:
        known = [stored.item for stored in item_store.load(connection, source=name)]
    try:
        found, unreadable = await asyncio.to_thread(_read, app, answer, known, now)
    except SourceError as error:
        with app.store.write() as connection:
            source_store.record_error(connection, name, now=now, error=str(error))
        return SourceResult(source=name, error=str(error))
    if isinstance(answer.outcome, NotModified):
        with app.store.write() as connection:
            source_store.record_unchanged(connection, name, now=now)
        return SourceResult(source=name, unchanged=len(known), not_modified=True, unreadable=unreadable)
    validators = answer.outcome.validators if isinstance(answer.outcome, Fetched) else Validators()
    with app.store.write() as connection:
        if answer.source.kind in _LIST_EVERYTHING:
            before = [stored.item for stored in item_store.load(connection, source=name)]
            found, listed = _against(
                before, found, answer.source, in_part=bool(unreadable), now=now, zone=app.config.network.zone
            )
            item_store.withdraw(connection, name, listed, now)
        saved: Saved = item_store.save(connection, found, now)
        source_store.record_success(
            connection,
            name,
            now=now,
            etag=validators.etag,
            last_modified=validators.last_modified,
            item_count=len(found),
            read_as=_read_as(answer.source),
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
