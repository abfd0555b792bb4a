"""What is read, against what is stored already, and what it comes to; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.collect.found import Answer, Fetched, Known, Source
from digest.collect.languages import LanguageFile, added
from digest.model import Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A `Source` of its own, without what config.toml says beside it, and without secrets."""

    name: str
    kind: str
    url: str | None  # whether there is one counts, not which: it may hold a password
    categories: tuple[str, ...]
    encoding: str
    language: str | None
    horizon: timedelta
    columns: Mapping[str, str]
    items: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Everything that reading a source depends on."""

    source: Settings
    fetched: Fetched
    known: tuple[Known, ...]  # what is stored of the source, newest first
    now: datetime
    zone: ZoneInfo  # the network's
    language: str  # the network's
    answers: tuple[Answer, ...] = ()  # of the network's editors, about posts of any source
    languages: tuple[LanguageFile, ...] = ()  # the network's own words of languages


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureTask:
    """A picture to be made anew."""

    content: bytes
    cpu: float  # seconds of processor time that it may take


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a source holds."""

    items: tuple[Item, ...]
    unreadable: tuple[str, ...] = ()  # a line for each part that could not be read


def settings(source: Source) -> Settings:
    """What reading needs of a source."""
    return Settings(
        name=source.name,
        kind=source.kind,
        url=source.url and "https://source.invalid/",
        categories=source.categories,
        encoding=source.encoding,
        language=source.language,
        horizon=source.horizon,
        columns=dict(source.columns),
        items=source.items,
    )


def known(items: Sequence[Item]) -> tuple[Known, ...]:
    """As much of stored items as reading needs."""
    return tuple(
        Known(key=one.key, title=one.title, known_as=one.known_as, first_seen_at=one.first_seen_at) for one in items
    )


def read(task: Task) -> Read:
    """Parse a source's documents and resolve what they hold.

    Raises:
        SourceError: naming the source, the place, the cause and the way out.
    """
    # Only the process that reads needs the parsers, and they take their time to be imported.
    from digest.collect.evidence import learned  # noqa: PLC0415
    from digest.collect.identity import known_again  # noqa: PLC0415
    from digest.collect.kinds import parse  # noqa: PLC0415
    from digest.collect.resolve import resolve  # noqa: PLC0415

    with added(task.languages):
        parsed = parse(task.source, task.fetched, around=task.now.astimezone(task.zone))
        # What follows from them takes a twentieth of a second; most sources need none of it.
        weighed = any(one.kind is None and one.starts_at is None for one in parsed.found)
        answered = learned(task.answers) if weighed else None
        first_seen = {one.key: one.first_seen_at for one in task.known}
        items = tuple(
            resolve(
                one,
                source=task.source,
                first_seen_at=first_seen.get(one.key, task.now),
                zone=task.zone,
                language=task.language,
                answered=answered,
            )
            for one in known_again(parsed.found, task.known)
        )
    return Read(items=items, unreadable=parsed.unreadable)
