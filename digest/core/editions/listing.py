"""The editions there were lately, without their mails."""

from collections.abc import Collection

from digest.app import App
from digest.store import campaigns
from digest.store.campaigns import ListedEdition

__all__ = ["ListedEdition", "latest_editions"]


def latest_editions(app: App, *, limit: int, digests: Collection[str] | None = None) -> tuple[ListedEdition, ...]:
    """The newest first; of these digests, or of all that are configured."""
    known = [one.name for one in app.config.digests if digests is None or one.name in digests]
    with app.store.read() as connection:
        return campaigns.listed(connection, known, limit=limit)
