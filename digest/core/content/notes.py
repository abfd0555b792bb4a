"""The editor's note of an edition: its file, and its pictures, which are taken like those of an announcement."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from digest.app import App
from digest.compose import placed
from digest.config import DigestConfig
from digest.core.content.given_pictures import as_kept, keep_beside
from digest.core.content.named_pictures import have_named, named_kept, unshown
from digest.errors import ConfigError, Problem, UsageError
from digest.model import Edition, NotedPicture, Unshown
from digest.text.markup import markdown_to_html
from digest.text.pictures import local_pictures, web_pictures

log = structlog.get_logger("digest.pictures")

_LONGEST_NOTE = 20_000  # characters; more is no note
_AGAIN = timedelta(hours=1)  # what could not be had is asked for anew


def note_in_file(app: App, digest: DigestConfig) -> str:
    """What stands in the digest's `note` file, its pictures named as we keep them; "" where there is none.

    Raises:
        ConfigError: when the file is there and cannot be read.
    """
    path, text = _written(app, digest)
    return as_kept(app, text, path) if text else ""


async def collect_note_pictures(app: App, now: datetime) -> None:
    """Have the pictures of the notes that stand in files, as those of items are collected."""
    for digest in app.config.digests if app.config.shows_pictures else ():
        try:
            path, text = _written(app, digest)
        except ConfigError:
            continue  # whoever composes the edition is told
        if not text:
            continue
        try:
            _, troubles = await keep_beside(app, text, path, now)
        except UsageError as error:  # the disk is full: what is collected is worth more
            troubles = {path.name: str(error)}
        for one, trouble in troubles.items():
            log.warning("a picture of a note cannot be shown", digest=digest.name, picture=one, cause=trouble)
        await have_named(app, _on_the_web(text), now, again=_AGAIN)


async def have_note_pictures(app: App, note: str, now: datetime) -> None:
    """Have the pictures that a note names by their addresses, when somebody words it."""
    if app.config.shows_pictures:
        await have_named(app, _on_the_web(note), now)


def noted_pictures(app: App, note: str) -> tuple[NotedPicture, ...]:
    """The pictures of a note that we have, where readers can load what we serve."""
    if ("!" not in note and "<" not in note) or not app.config.shows_pictures:
        return ()
    kept = named_kept(app, _named(note))
    return tuple(NotedPicture(named=one, file=picture.large) for one, picture in kept.items())


def unshown_in_note(app: App, edition: Edition) -> tuple[Unshown, ...]:
    """Which of the pictures of its note an edition does not show."""
    shown = {one.named for one in edition.note_pictures}
    named = {one: where for one, where in _named(edition.note).items() if one not in shown} if edition.note else {}
    if not named or not app.config.shows_pictures:
        return ()
    homes = [
        app.config.resolve(one.note).parent for one in app.config.digests if one.name == edition.digest and one.note
    ]
    return tuple(
        # A file that is there is kept with the next collection.
        replace(one, asked=one.asked and not any((home / one.named).is_file() for home in homes))
        for one in unshown(app, named)
    )


def _named(note: str) -> Mapping[str, str]:
    return placed([*local_pictures(note), *_on_the_web(note)], note, "note")


def _on_the_web(note: str) -> list[str]:
    return list(web_pictures(markdown_to_html(note)))


def _written(app: App, digest: DigestConfig) -> tuple[Path, str]:
    """The digest's `note` file and what stands there."""
    if digest.note is None:
        return Path(), ""
    path = app.config.resolve(digest.note)
    where = f"digests.{digest.name}.note: {path.name}"
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        return path, ""  # nothing to say this time
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 at byte {error.start}"
        raise ConfigError([Problem(where=where, what=f"cannot be read: {what}", fix="save it as UTF-8 text")]) from None
    if len(text) > _LONGEST_NOTE:
        fix = "a note introduces an edition; write an announcement for more"
        what = f"it has {len(text):,} characters, {_LONGEST_NOTE:,} at most"
        raise ConfigError([Problem(where=where, what=what, fix=fix)])
    return path, text
