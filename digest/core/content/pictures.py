"""Pictures of items: fetched once, made anew, kept; what fails costs an item nothing but its picture."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from digest.app import App
from digest.collect import NotModified, Web
from digest.collect.fetch.failures import LastingError
from digest.collect.fetch.sources import read_beside
from digest.collect.fetch.urls import without_secrets
from digest.collect.pictures import Made, MadeFile, PictureError
from digest.compose import pictured, pictures_wanted
from digest.config import DigestConfig, SourceConfig
from digest.config.redaction import place_of
from digest.core.content.stock import coming
from digest.core.content.stopping import unless_stopped
from digest.errors import SourceError, without_source
from digest.model import Edition, Item, Picture, PictureFile
from digest.store.content import items as item_store
from digest.store.content import pictures as picture_store
from digest.store.content.picture_files import NAME, PictureFiles, name_of
from digest.store.content.pictures import Asked

MOST = 500
"""Pictures that one collection asks for; the rest is left to the next one."""

SECONDS = 180.0
"""That all pictures of one collection may take."""

MOST_BYTES = 400_000_000
"""That one collection may fetch of pictures."""

_AT_ONCE = 6
_AT_ONCE_OF_A_HOST = 2
_TIMEOUT = timedelta(seconds=15)  # for one picture, redirects and all
_LARGEST = 20_000_000  # bytes of one
_MOST_FAILURES = 10  # of one source in one collection, after which it is asked for no more
_LONGEST_ADDRESS = 2_000  # characters
_GIVEN_UP_AFTER = 5  # failures in a row
_AGAIN = timedelta(days=1)  # after the first failure; twice as long after each further one


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A picture that is to be had."""

    address: str
    source: SourceConfig  # whose item names it
    failures: int = 0  # so far, in a row
    timeout: timedelta | None = None  # as those of collections unless given


@dataclass(slots=True)
class _Spent:
    """What one collection has used up."""

    until: float
    left: int  # bytes
    failures: Counter[str] = field(default_factory=Counter)

    def refuses(self, wanted: Wanted) -> bool:
        return monotonic() > self.until or self.left <= 0 or self.failures[wanted.source.name] >= _MOST_FAILURES


Had = Callable[[Wanted, Made | str, str], None]
"""Told of each picture: what came of it, or why it could not be had; and the version of a file."""


def picture_files(app: App) -> PictureFiles:
    """Where the files are kept."""
    return PictureFiles(app.config.resolve(app.config.paths.var) / "pictures")


def is_address(address: str) -> bool:
    """Whether a picture may be asked for there at all."""
    return len(address) <= _LONGEST_ADDRESS and address.startswith(("http://", "https://", "file:"))


async def collect_pictures(app: App, now: datetime, sources: Sequence[SourceConfig]) -> dict[str, tuple[str, ...]]:
    """Have the pictures that items of these sources name and that are not kept yet.

    What was had is kept even where the rest is given up.

    Returns:
        By source, a line for each picture that could not be had.
    """
    if not app.config.wants_pictures:
        return {}
    troubles: dict[str, list[str]] = {}

    def had(wanted: Wanted, outcome: Made | str, version: str) -> None:
        trouble = outcome if isinstance(outcome, str) else keep_made(app, wanted.address, outcome, version, now)
        if trouble:
            with app.store.write() as connection:
                failures = wanted.failures + 1
                address = wanted.address
                picture_store.record_trouble(connection, address, trouble, version=version, failures=failures, now=now)
            troubles.setdefault(wanted.source.name, []).append(f"{_shown(wanted)} {trouble}")

    wanted = await asyncio.to_thread(_wanted, app, now, sources)
    await have(app, wanted, had)
    return {name: tuple(lines) for name, lines in troubles.items()}


def with_pictures(app: App, edition: Edition, digest: DigestConfig | None) -> Edition:
    """An edition, or cards, with those of its pictures that are kept; nothing is fetched."""
    addresses = pictures_wanted(edition, app.config, digest)
    return pictured(edition, pictures_kept(app, addresses), app.config, digest) if addresses else edition


def pictures_kept(app: App, addresses: Iterable[str]) -> Mapping[str, Picture]:
    """The pictures of these addresses whose files are there."""
    files = picture_files(app)
    with app.store.read() as connection:
        found = picture_store.pictures_at(connection, addresses)
    return {at: one for at, one in found.items() if files.has(one.large.name) and files.has(one.small.name)}


def picture_of(app: App, item: Item) -> Picture | None:
    """The picture that an item's page shows; None where it has none or none is wanted."""
    if item.image_url is None or not app.config.wants_pictures:
        return None
    return pictures_kept(app, [item.image_url]).get(item.image_url)


def with_pictures_beside(app: App, html: str) -> tuple[str, Mapping[str, bytes]]:
    """A mail's HTML that shows our pictures from the folder `picture` beside it, and what is in that, by name."""
    ours = re.compile(rf"{re.escape(app.config.web.base_url)}/picture/({NAME.pattern})")
    files = picture_files(app)
    found = {name: inside for name in ours.findall(html) if (inside := files.read(name)) is not None}
    return ours.sub(lambda match: f"picture/{match[1]}" if match[1] in found else match[0], html), found


def picture_file(app: App, name: str) -> bytes | None:
    """The bytes of a file by its name; None where there is none."""
    return picture_files(app).read(name)


async def have(app: App, wanted: Iterable[Wanted], had: Had, *, seconds: float | None = None) -> None:
    """Fetch pictures and make them anew, a few at a time and within what one collection may take.

    Args:
        app: its reader makes them.
        wanted: the most important first.
        had: called in a thread, with one after the other.
        seconds: after which no further one is asked for; as for a collection unless given.

    Raises:
        StoppedError: when the process is told to stop meanwhile.
    """
    until = monotonic() + (SECONDS if seconds is None else seconds)
    web, spent, telling = Web.of(app.config), _Spent(until=until, left=MOST_BYTES), asyncio.Lock()
    turns = asyncio.Semaphore(_AT_ONCE)
    hosts: defaultdict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        hosts[urlsplit(one.address).hostname or ""].append(one)

    async def some(of_a_host: Iterator[Wanted]) -> None:
        for one in of_a_host:
            async with turns:
                if not spent.refuses(one):
                    await have_one(one)

    async def have_one(one: Wanted) -> None:
        version = ""
        outcome: Made | str
        try:
            content, version = await _content(app, one, web)
            spent.left -= len(content)
            outcome = await app.reader.make_picture(content, stopping=app.stopping.is_set)
        except (PictureError, LastingError) as error:
            outcome = str(error)
        except SourceError as error:
            outcome = without_source(str(error), one.source.name).removeprefix(_shown(one)).lstrip()
        if isinstance(outcome, str):
            spent.failures[one.source.name] += 1
            outcome = outcome.partition("; ")[0]  # the way out is a source's, not a picture's
        async with telling:
            await asyncio.to_thread(had, one, outcome, version)

    # A host that is slow keeps so many others from their turn, and no more.
    work = [some(same) for same in map(iter, hosts.values()) for _ in range(_AT_ONCE_OF_A_HOST)]
    await unless_stopped(app, asyncio.gather(*work), "pictures were fetched")


def as_picture(made: Made) -> Picture:
    """How a picture is known whose files these are."""
    return Picture(large=_file(made.large), small=_file(made.small))


def _file(made: MadeFile) -> PictureFile:
    return PictureFile(name=name_of(made.content, made.suffix), width=made.width, height=made.height)


def _wanted(app: App, now: datetime, sources: Sequence[SourceConfig]) -> list[Wanted]:
    """The newest items' first; what is in use is noted on the way."""
    by_name = {one.name: one for one in sources}
    files = picture_files(app)
    with app.store.read() as connection:
        named = [
            (source, address)
            for source, address in item_store.picture_addresses(connection, which=coming(app, connection, now))
            if is_address(address)
        ]
        known = picture_store.asked(connection, [address for _, address in named])
        used = [one.picture for one in known.values() if one.picture]
        kept = picture_store.named(connection, used)
    if used:
        with app.store.write() as connection:
            picture_store.touch(connection, used, now)
    lost = {name for name, one in kept.items() if not (files.has(name) and files.has(one.small.name))}
    wanted: dict[str, Wanted] = {}
    for source, address in named:
        before = known.get(address)
        configured = by_name.get(source)
        if configured is None or address in wanted or (address.startswith("file:") and not _is_of(address, source)):
            continue
        if before is None or _is_due(before, lost, now) or _is_another(app, configured, address, before):
            wanted[address] = Wanted(address=address, source=configured, failures=before.failures if before else 0)
        if len(wanted) == MOST:
            break
    return list(wanted.values())


def _is_due(before: Asked, lost: set[str], now: datetime) -> bool:
    if not before.failures:
        return before.picture is None or before.picture in lost
    return before.failures < _GIVEN_UP_AFTER and now - before.asked_at >= _AGAIN * 2 ** (before.failures - 1)


def _is_another(app: App, source: SourceConfig, address: str, before: Asked) -> bool:
    """Whether a file is another than was read."""
    path = _path(app, source, address)
    if path is None:
        return False
    with suppress(OSError):
        return _version(path) != before.version
    return False


def _is_of(address: str, source: str) -> bool:
    return address.startswith(f"file:{source}/")


def _path(app: App, source: SourceConfig, address: str) -> Path | None:
    if not _is_of(address, source.name) or source.path is None:
        return None
    return app.config.resolve(source.path) / address.removeprefix(f"file:{source.name}/")


def _version(path: Path) -> str:
    told = path.stat()
    return f"{told.st_mtime_ns}-{told.st_size}"


async def _content(app: App, wanted: Wanted, web: Web) -> tuple[bytes, str]:
    """A picture's bytes as they are found, and of a file its version."""
    source, address = wanted.source, wanted.address
    if (path := _path(app, source, address)) is not None and source.path is not None:
        home = app.config.resolve(source.path)
        return await asyncio.to_thread(lambda: (read_beside(home, path, most=_LARGEST), _version(path)))
    if address.startswith("file:"):
        raise LastingError("is not a file of its source")
    own = urlsplit(source.url or "").hostname
    asked = source.model_copy(
        update={
            "url": address,
            "path": None,
            "timeout": wanted.timeout or _TIMEOUT,
            "max_bytes": _LARGEST,
            # What config.toml says of the source's own host says nothing of others that its items name.
            "allow_private": source.allow_private and own is not None and own == urlsplit(address).hostname,
        }
    )
    answer = await web.get(asked)
    if isinstance(answer, NotModified):
        raise LastingError("says that nothing has changed")
    return answer.documents[0].content, ""


def keep_made(app: App, address: str, made: Made, version: str, now: datetime) -> str:
    """Keep what an address gave; why that failed, else ""."""
    files = picture_files(app)
    try:
        for one in (made.large, made.small):
            files.keep(one.content, one.suffix)
    except OSError as error:
        return f"cannot be kept: {error.strerror}"
    picture = as_picture(made)
    with app.store.write() as connection:
        picture_store.keep(connection, picture, now)
        picture_store.record_found(connection, address, picture, version=version, now=now)
    return ""


def _shown(wanted: Wanted) -> str:
    """Its address as it may be told."""
    if wanted.address.startswith("file:"):
        return wanted.address.partition("/")[2]
    return place_of(wanted.address) if wanted.source.secret_url else without_secrets(wanted.address)
