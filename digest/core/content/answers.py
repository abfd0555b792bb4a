"""What the network's editors said that posts are, as far as it tells how others like them are to be read.

An answered post is read once; what its answer teaches is kept beside it (`digest.store.content.weighed`).
"""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from digest import __version__
from digest.app import App
from digest.collect.found import MOST_ANSWERS, Answer, Wording
from digest.collect.languages import added
from digest.config import SourceConfig
from digest.model import Item
from digest.store.content import edits as edit_store
from digest.store.content import items as item_store
from digest.store.content import weighed as weighed_store
from digest.text.markup import as_read

_MOST_TEXT = 3_000  # characters of an answered post
_PROSE = frozenset(("export", "feed", "folder", "table"))  # sources that may leave it to the words


def answers(app: App, *, keep: bool = False) -> tuple[Answer, ...]:
    """The newest answers about items whose sources leave their kind to the words, by source and key.

    Args:
        app: as opened.
        keep: whether what had to be read for them is stored, so that it is not read again.
    """
    with app.store.read() as connection:
        said = {(one.source, one.key): one.kind for one in edit_store.newest_kinds(connection, most=MOST_ANSWERS)}
        how = {source: _read_as(app, found) for source, _ in said if (found := read_by_words(app, source))}
        known = weighed_store.load(connection, [pair for pair in said if pair[0] in how]) if how else {}
        missing = [pair for pair, kept in known.items() if (kept.weighed or {}).get("as") != how[pair[0]]]
        items = item_store.among(connection, missing) if missing else {}
    with added(app.languages):
        fresh = {
            pair: replace(known[pair], weighed={"as": how[pair[0]], **_weighed(app, item)})
            for pair, item in items.items()
        }
    if keep and fresh:
        with app.store.write() as connection:
            weighed_store.keep(connection, fresh.values())
    return tuple(
        Answer(
            source=source,
            key=key,
            kind=kind,
            title=weighed["title"],
            features=tuple(weighed["features"]),
            scores=tuple(weighed["scores"]),
        )
        for (source, key), kept in sorted({**known, **fresh}.items())
        if (kind := said[source, key]) is not None and (weighed := kept.weighed) is not None
    )


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
        language=_language(app, source),
    )


def _language(app: App, source: SourceConfig) -> str:
    return source.language or app.config.network.language


def _read_as(app: App, source: SourceConfig) -> str:
    """Another where the same item would be read otherwise."""
    words = "".join(f"\n{one.code}\n{one.text}" for one in app.languages)
    how = f"{__version__}\n{_language(app, source)}\n{app.config.network.zone}{words}"
    return sha256(how.encode()).hexdigest()[:16]


def _weighed(app: App, item: Item) -> dict[str, Any]:
    from digest.collect.evidence import answered  # noqa: PLC0415  (only what was not yet read needs the weights)

    post = wording(app, item, app.source(item.source), most=_MOST_TEXT)
    one = answered(post, item.kind)
    return {"title": one.title, "features": one.features, "scores": one.scores}
