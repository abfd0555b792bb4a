"""Collection: fetch every source, read it, keep what is new. One source's failure touches no other."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select, union

from digest import __version__
from digest.app import App
from digest.collect import OCCURRENCES_AHEAD, Fetched, NotModified, Validators, Web
from digest.collect.fetch import fetch
from digest.collect.found import Answer
from digest.collect.reading.task import Read
from digest.compose import out_of_view, with_successors
from digest.config import SourceConfig
from digest.core.content.answers import answers as editors_answers
from digest.core.content.answers import fingerprint
from digest.core.content.notes import collect_note_pictures
from digest.core.content.pictures import collect_pictures
from digest.core.content.reading import Response, read_all
from digest.core.content.stock import HISTORY, Stock, coming
from digest.core.content.stopping import unless_stopped
from digest.errors import SourceError
from digest.model import By, Item, SourceResult, Told
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.store.content import sources as source_store
from digest.store.content.items import Saved, Stored
from digest.store.organisers import activity

_LIST_EVERYTHING = frozenset({"calendar", "folder", "table"})
"""Kinds whose answer is all there is; pages and feeds show only their latest."""


async def collect(app: App, now: datetime, *, by: By, source: str | None = None) -> tuple[SourceResult, ...]:
    """Fetch, read and store the sources (or one of them); the app is told what came of each.

    Raises:
        UsageError: when no source has that name. A source that fails is in the result, not raised.
    """
    chosen = app.config.sources if source is None else (app.source(source),)
    by_hand = await asyncio.to_thread(editors_answers, app, keep=True)
    responses = await _fetch_all(app, chosen, conditional=True, by_hand=by_hand)

    def stored(name: str) -> list[Item]:
        with app.store.read() as connection:
            which = _compared_with(app.source(name), now)
            return [one.item for one in item_store.load(connection, which=which)]

    results = []
    for response, held in zip(responses, await read_all(app, responses, stored, by_hand, now), strict=True):
        # In a thread, so that pages are answered and mails sent meanwhile; a source is still one transaction.
        results.append(await asyncio.to_thread(_keep, app, response, held, now, by))
        app.tell(results[-1])
    missing = await collect_pictures(app, now, chosen)
    await collect_note_pictures(app, now)
    return tuple(replace(one, pictures=missing.get(one.source, ())) for one in results)


async def items_now(app: App, now: datetime) -> Stock:
    """What is stored plus what the sources hold now, newest first; stores nothing. The app is told of each source."""
    by_hand = await asyncio.to_thread(editors_answers, app)
    responses = await _fetch_all(app, app.config.sources, conditional=False, by_hand=by_hand)
    with app.store.read() as connection:
        held = {(s.item.source, s.item.key): s for s in _held(app, connection, now)}
        edits = edit_store.load(connection)
    fresh: list[Item] = []
    answered_whole: set[str] = set()  # sources that answered with everything they have
    gone: set[tuple[str, str]] = set()  # of it what they no longer list

    def stored_of(name: str) -> list[Item]:
        return [stored.item for (source, _), stored in held.items() if source == name]

    for response, there in zip(responses, await read_all(app, responses, stored_of, by_hand, now), strict=True):
        if isinstance(there, SourceError):
            app.tell(SourceResult(source=response.source.name, error=str(there)))
            continue
        found, unreadable = there.items, there.unreadable
        before = stored_of(response.source.name)
        keys = {item.key for item in before}
        new = sum(item.key not in keys for item in found)
        app.tell(SourceResult(source=response.source.name, new=new, unreadable=unreadable))
        if response.source.kind in _LIST_EVERYTHING:
            found, listed = _against(
                before, found, response.source, in_part=bool(unreadable), now=now, zone=app.config.network.zone
            )
            answered_whole.add(response.source.name)
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


async def _fetch_all(
    app: App, sources: Sequence[SourceConfig], *, conditional: bool, by_hand: tuple[Answer, ...]
) -> list[Response]:
    with app.store.read() as connection:
        states = source_store.states(connection)
    web = Web.of(app.config)
    done = 0

    async def one(source: SourceConfig) -> Response:
        nonlocal done
        state = states.get(source.name)
        # An unchanged calendar still yields something new: the next occurrences of what recurs. And what would
        # be read otherwise now, by new settings, answers or a new version, is asked for whole.
        read_as = _read_as(app, source, by_hand)
        asks = conditional and source.kind != "calendar" and state is not None and state.read_as == read_as
        known = Validators(etag=state.etag, last_modified=state.last_modified) if state and asks else None
        outcome: Fetched | NotModified | SourceError
        try:
            outcome = await fetch(source, app.config, known, web=web)
        except SourceError as error:
            outcome = error
        done += 1
        app.progress("collecting", done, len(sources))
        return Response(source, state, outcome, read_as)

    return await unless_stopped(app, asyncio.gather(*(one(source) for source in sources)), "sources were fetched")


def _read_as(app: App, source: SourceConfig, by_hand: tuple[Answer, ...]) -> str:
    words = "".join(f"\n{one.code}\n{one.text}" for one in app.languages)
    how = f"{__version__}\n{source.model_dump_json()}{words}{fingerprint(by_hand)}"
    return sha256(how.encode()).hexdigest()[:16]


def _keep(app: App, response: Response, held: Read | SourceError, now: datetime, by: By) -> SourceResult:
    name = response.source.name
    compared = _compared_with(response.source, now)
    if isinstance(held, SourceError):
        with app.store.write() as connection:
            source_store.record_error(connection, name, now=now, error=Told.by(held))
        return SourceResult(source=name, error=Told.by(held))
    found, unreadable = held.items, held.unreadable
    if isinstance(response.outcome, NotModified):
        with app.store.write() as connection:
            source_store.record_unchanged(connection, name, now=now)
            unchanged = sum(1 for _ in item_store.load(connection, source=name))
        return SourceResult(source=name, unchanged=unchanged, not_modified=True, unreadable=unreadable)
    validators = response.outcome.validators if isinstance(response.outcome, Fetched) else Validators()
    with app.store.write() as connection:
        if response.source.kind in _LIST_EVERYTHING:
            before = [stored.item for stored in item_store.load(connection, which=compared)]
            found, listed = _against(
                before, found, response.source, in_part=bool(unreadable), now=now, zone=app.config.network.zone
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
            read_as=response.read_as,
            unreadable=unreadable,
        )
        if saved.new or saved.changed:
            told = Told("collected", new=saved.new, changed=saved.changed)
            activity.record(connection, at=now, by=by, verb="collect", subject=name, detail=told)
    return SourceResult(
        source=name,
        new=saved.new,
        changed=saved.changed,
        unchanged=saved.unchanged,
        items=len(found),
        items_before=response.before.item_count if response.before else None,
        unreadable=unreadable,
    )
