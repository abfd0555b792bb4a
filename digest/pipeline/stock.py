"""Stock: what is collected, as the sources say it, with what editors set by hand beside it."""

from dataclasses import dataclass

from digest.app import App
from digest.compose import Edits, Merged, merged_and_edited, with_edits
from digest.model import Item
from digest.store import edits as edit_store
from digest.store import items as item_store


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """What an edition is composed of."""

    items: tuple[Item, ...]  # newest first
    edits: Edits

    def things(self, app: App) -> tuple[Merged, ...]:
        """Each thing once, whoever published it, as its editor left it."""
        return tuple(merged_and_edited(self.items, self.edits, app.config.network.zone))

    def copies(self, app: App) -> tuple[Item, ...]:
        """Every source's copy on its own, as its editor left it, newest first."""
        return tuple(with_edits(self.items, self.edits, app.config.network.zone))


def stock(app: App) -> Stock:
    """Everything that is stored."""
    with app.store.read() as connection:
        return Stock(
            items=tuple(stored.item for stored in item_store.load(connection)), edits=edit_store.load(connection)
        )
