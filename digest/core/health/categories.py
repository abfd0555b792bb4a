"""Whether the categories that items carry are those that config.toml names."""

from collections import Counter
from collections.abc import Iterable, Iterator

from digest.config import Config
from digest.deliver.check import Check
from digest.model import Item

_FIRST = 5


def unnamed_categories(config: Config, items: Iterable[Item]) -> Iterator[Check]:
    """One row naming the most used categories that no ``[[categories]]`` names; none where there are no such tables."""
    named = {category.name.casefold() for category in config.categories}
    used = Counter(name for item in items for name in item.categories if name.casefold() not in named)
    if not named or not used:
        return
    told = ", ".join(f'"{name}"' for name, _ in used.most_common(_FIRST))
    more = f" and {len(used) - _FIRST} more" if len(used) > _FIRST else ""
    what = f"items carry {told}{more}, which no [[categories]] names: they stand last, by the alphabet"
    yield Check(what="categories", level="warn", detail=what)
