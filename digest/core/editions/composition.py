"""Composition: an edition of what is in stock, with the editor's note."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from digest.app import App
from digest.compose import compose, edition_from_json
from digest.config import DigestConfig
from digest.core.content.notes import note_in_file, noted_pictures
from digest.core.content.pictures import with_pictures
from digest.core.content.stock import Stock
from digest.model import AS_COMPOSED, Edition, Shown
from digest.store import campaigns
from digest.store.campaigns import Campaign


def composed(
    app: App,
    held: Stock,
    digest: DigestConfig,
    *,
    shown: Iterable[Shown],
    period: str,
    now: datetime,
    leaving_out: Campaign | None = None,
) -> Edition:
    """The edition of one period; nothing is stored.

    Args:
        app: whose categories and zone order it.
        held: what it is made of.
        digest: whose edition.
        shown: what earlier editions of the digest showed.
        period: as `digest.compose.period_of` names it.
        now: the instant to judge by.
        leaving_out: the period's own campaign, where it is composed again, as its editor arranged it.

    Raises:
        ConfigError: when the note cannot be read.
    """
    arrangement = leaving_out.arrangement if leaving_out else AS_COMPOSED
    edition = compose(
        held.items,
        edits=held.edits,
        digest=digest,
        config=app.config,
        shown=shown,
        period=period,
        now=now,
        arrangement=arrangement,
    )
    note = _note_for(app, digest, leaving_out=leaving_out) if arrangement.note is None else arrangement.note
    edition = with_pictures(app, edition, digest)
    return replace(edition, note=note, note_pictures=noted_pictures(app, note))


def _note_for(app: App, digest: DigestConfig, *, leaving_out: Campaign | None = None) -> str:
    """What stands in the digest's `note` file, unless the edition before said the same.

    Args:
        app: whose store remembers earlier editions.
        digest: which may have a `note`.
        leaving_out: a campaign of this period that is composed again.

    Raises:
        ConfigError: when the file is there and cannot be read.
    """
    text = note_in_file(app, digest)
    if not text:
        return ""
    with app.store.read() as connection:
        before = campaigns.latest_edition(connection, digest.name, leaving_out=leaving_out)
    said = edition_from_json(before).note if before else ""
    return "" if text == said else text
