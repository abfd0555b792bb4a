"""Compose: an edition of what is in stock, with the editor's note; previews, editions and repairs come about by it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from digest.app import App
from digest.compose import compose
from digest.config import DigestConfig
from digest.model import Edition, Shown
from digest.pipeline.noting import note_for
from digest.pipeline.stock import Stock
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
        shown: the digest's ledger.
        period: as `digest.compose.period_of` names it.
        now: the instant to judge by.
        leaving_out: the period's own campaign, where it is composed again.

    Raises:
        ConfigError: when the note cannot be read.
    """
    edition = compose(
        held.items, edits=held.edits, digest=digest, config=app.config, shown=shown, period=period, now=now
    )
    return replace(edition, note=note_for(app, digest, leaving_out=leaving_out))
