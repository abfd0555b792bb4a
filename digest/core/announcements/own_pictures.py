"""Pictures of announcements: made anew when they are given, and named in the text by what was made of them."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from digest.app import App
from digest.collect.fetch.failures import LastingError
from digest.collect.fetch.sources import read_beside
from digest.collect.pictures import PictureError as PictureError  # noqa: PLC0414  (handed on)
from digest.core.content.pictures import as_picture, picture_files
from digest.errors import ConfigError, Problem, UsageError
from digest.model import Picture, Told
from digest.store.content import pictures as picture_store
from digest.text.pictures import OUR_PICTURES, ShownPicture, local_pictures

LARGEST = 20_000_000
"""Bytes of a picture as it is given."""

_WHOLE_WIDTH = 552  # CSS pixels of a mail's text
_FIX = "JPEG, PNG, GIF and WebP are taken; a picture beside the text is named as in ![A gate](gate.jpg)"


async def keep_picture(app: App, content: bytes, now: datetime) -> str:
    """Make a picture anew and keep it; how a text names it from then on.

    The same bytes are made once, so that they are named alike however often they are given.

    Raises:
        PictureError: why it cannot be used.
        UsageError: when it cannot be kept.
    """
    if len(content) > LARGEST:
        raise PictureError(Told("picture_bytes", size=str(LARGEST // 1_000_000)))
    files, address = picture_files(app), f"given:{sha256(content).hexdigest()}"
    with app.store.read() as connection:
        known = picture_store.pictures_at(connection, [address]).get(address)
    if known is not None and files.has(known.large.name) and files.has(known.small.name):
        picture = known
    else:
        made = await app.reader.make_picture(content, stopping=app.stopping.is_set)
        picture = as_picture(made)
        try:
            for one in (made.large, made.small):
                await asyncio.to_thread(files.keep, one.content, one.suffix)
        except OSError as error:
            raise UsageError(f"A picture cannot be kept: {error.strerror}") from None
    with app.store.write() as connection:
        picture_store.keep(connection, picture, now)
        picture_store.record_found(connection, address, picture, version="", now=now)
    return f"{OUR_PICTURES}{picture.large.name}"


async def with_own_pictures(app: App, text: str, file: Path, now: datetime) -> str:
    """The text of a file with the pictures that stand beside it kept, and named as we keep them.

    Raises:
        ConfigError: with every picture that is not there or cannot be used, each with its line.
    """
    named: dict[str, str] = {}
    problems: list[Problem] = []
    for one in local_pictures(text):
        if one.startswith(OUR_PICTURES):
            continue
        try:
            content = await asyncio.to_thread(_beside, file, one)
            named[one] = await keep_picture(app, content, now)
        except (LastingError, PictureError) as error:
            problems.append(Problem(where=_where(text, one, file.name), what=f"{one} {error}", fix=_FIX))
    if problems:
        raise ConfigError(problems)
    for one, ours in named.items():
        written = "|".join(re.escape(form) for form in dict.fromkeys((one, quote(one))))
        text = re.sub(rf"(\]\(\s{{0,3}}<?)(?:{written})(?=[>\s)])", rf"\g<1>{ours}", text)
    return text


def shown_pictures(app: App, text: str, name: str) -> Mapping[str, ShownPicture]:
    """The pictures that a text names, as a mail shows them.

    Raises:
        ConfigError: with every one that is not kept here, or that readers could not load, each with its line.
    """
    wanted = local_pictures(text)
    if not wanted:
        return {}
    names = [one.removeprefix(OUR_PICTURES) for one in wanted if one.startswith(OUR_PICTURES)]
    with app.store.read() as connection:
        kept = picture_store.named(connection, names)
    problems = []
    for one in wanted:
        where = _where(text, one, name)
        if one.removeprefix(OUR_PICTURES) not in kept or not one.startswith(OUR_PICTURES):
            problems.append(Problem(where=where, what=f"there is no picture {one} here", fix=_FIX))
        elif not app.config.shows_pictures:
            what = f"readers could not load {one}: {app.config.web.base_url} cannot be reached from outside"
            problems.append(Problem(where=where, what=what, fix="give [web] url, or leave the picture out"))
    if problems:
        raise ConfigError(problems)
    return {f"{OUR_PICTURES}{name}": _shown(app, picture) for name, picture in kept.items()}


def _shown(app: App, picture: Picture) -> ShownPicture:
    width = min(_WHOLE_WIDTH, picture.large.width)
    height = max(1, round(picture.large.height * width / picture.large.width))
    return ShownPicture(f"{app.config.web.base_url}{OUR_PICTURES}{picture.large.name}", width, height)


def _beside(file: Path, name: str) -> bytes:
    home = file.resolve().parent
    return read_beside(home, home / name, most=LARGEST)


def _where(text: str, picture: str, name: str) -> str:
    lines = enumerate(text.splitlines(), 1)
    return f"{name}, line {next((number for number, line in lines if picture in unquote(line)), 1)}"
