"""The editions there were lately, without their mails."""

from collections.abc import Collection

from digest.app import App
from digest.store import campaigns
from digest.store.campaigns import Outline

__all__ = ["Outline", "latest_editions"]


def latest_editions(app: App, *, limit: int, digests: Collection[str] | None = None) -> tuple[Outline, ...]:
    """The newest first; of these digests, or of all that are configured."""
    known = [one.name for one in app.config.digests if digests is None or one.name in digests]
    with app.store.read() as connection:
        return campaigns.outlines(connection, digests=known, limit=limit)
