"""Reading what the sources answered: each against what is stored of it and what the network's editors said."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.app import App
from digest.collect import Fetched, NotModified
from digest.collect.found import Answer
from digest.collect.reading.reader import AT_ONCE
from digest.collect.reading.task import Read, Task, known, settings
from digest.config import SourceConfig
from digest.core.content.announced import as_announced
from digest.errors import SourceError
from digest.model import Item
from digest.store.content.sources import SourceState


@dataclass(frozen=True, slots=True)
class Response:
    """What came of fetching a source."""

    source: SourceConfig
    before: SourceState | None
    outcome: Fetched | NotModified | SourceError
    read_as: str  # another where the same bytes would be read otherwise


async def read_all(
    app: App,
    responses: Sequence[Response],
    stored: Callable[[str], Sequence[Item]],
    by_hand: tuple[Answer, ...],
    now: datetime,
) -> list[Read | SourceError]:
    """What each response holds, or why it cannot be read.

    Args:
        app: its reader reads.
        responses: of the sources.
        stored: what is stored of a source by name, newest first; asked for when it is the source's turn.
        by_hand: what the editors said that posts are.
        now: when it was fetched.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(response: Response) -> Read | SourceError:
        if isinstance(response.outcome, SourceError):
            return response.outcome
        if isinstance(response.outcome, NotModified):
            return Read(items=(), unreadable=response.before.unreadable if response.before else ())
        async with turns:
            try:
                before = stored(response.source.name)
                found = await read(app, response.source, response.outcome, before, now, by_hand=by_hand)
                return replace(found, items=as_announced(app, found.items, before))
            except SourceError as error:
                return error

    return await asyncio.gather(*(one(response) for response in responses))


async def read(
    app: App,
    source: SourceConfig,
    fetched: Fetched,
    stored: Sequence[Item],
    now: datetime,
    *,
    by_hand: tuple[Answer, ...] = (),
) -> Read:
    """What a source holds; read in a process of its own, so that pages are answered and mails sent meanwhile.

    Args:
        app: its reader reads.
        source: as configured.
        fetched: what it answered.
        stored: what is stored of it, newest first.
        now: when it was fetched.
        by_hand: what the editors said that posts are.

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
        answers=by_hand,
    )
    return await app.reader.read(task, stopping=app.stopping.is_set)
