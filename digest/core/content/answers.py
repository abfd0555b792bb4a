"""What the network's editors said that posts are, as far as it tells how others like them are to be read."""

from hashlib import sha256

from digest.app import App
from digest.collect.found import MOST_ANSWERS, Answer, Wording
from digest.config import SourceConfig
from digest.model import Item
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.text.markup import as_read

_MOST_TEXT = 3_000  # characters of an answered post
_PROSE = frozenset(("export", "feed", "folder", "table"))  # sources that may leave it to the words


def answers(app: App) -> tuple[Answer, ...]:
    """The newest answers about items whose sources leave their kind to the words, by source and key."""
    with app.store.read() as connection:
        said = edit_store.newest_kinds(connection, most=MOST_ANSWERS)
        items = item_store.among(connection, [(edit.source, edit.key) for edit in said]) if said else {}
    found = []
    for edit in said:
        item, source = items.get((edit.source, edit.key)), read_by_words(app, edit.source)
        if item is not None and source is not None and edit.kind is not None:
            found.append(Answer(post=wording(app, item, source, most=_MOST_TEXT), kind=edit.kind))
    return tuple(sorted(found, key=lambda one: (one.post.source, one.post.key)))


def fingerprint(known: tuple[Answer, ...]) -> str:
    """Another for other answers; "" without any."""
    return sha256(repr(known).encode("utf-8", "replace")).hexdigest()[:16] if known else ""


def read_by_words(app: App, name: str) -> SourceConfig | None:
    """The source of this name, where its kind of source may leave it to the words what an item is."""
    found = next((one for one in app.config.sources if one.name == name), None)
    return found if found is not None and found.kind in _PROSE and found.items is None else None


def wording(app: App, item: Item, source: SourceConfig, *, most: int | None = None) -> Wording:
    """A stored item as what it is taken for depends on it; of its text so many characters."""
    seen = min(item.published_at or item.first_seen_at, item.first_seen_at)
    return Wording(
        source=item.source,
        key=item.key,
        title=item.title,
        text=as_read(item.html, item.text)[:most],
        author=item.author,
        categories=item.categories,
        seen=seen.astimezone(app.config.network.zone).date(),
        language=source.language or app.config.network.language,
    )
