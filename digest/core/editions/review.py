"""Review: what asks for a person's eye before an edition goes out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from digest.app import App
from digest.core.campaigns.preflight import contradictions
from digest.core.content.sources import failing
from digest.model import Edition, Newness, Shown, SourceResult, Told
from digest.store.content import sources as source_store

_MANY = 200  # new items of one source that a first edition, which has nothing to be compared with, may bring
_FEW = 20  # new items of one source that are never a flood
_FLOOD = 3  # times the most that one edition had of a source before
_EMPTY = 3  # items that a source must have had for its emptiness to be sudden


def reasons_to_hold(
    app: App, edition: Edition, results: Sequence[SourceResult], shown: Sequence[Shown], now: datetime
) -> tuple[Told, ...]:
    """Why this edition should wait for a person: anomalies, and failures that the admin wants to see first.

    Args:
        app: its sources' policies and memories are asked.
        edition: composed, not yet anybody's.
        results: what collecting for it came to.
        shown: what its earlier editions showed, to know what is usual.
        now: decides which source is stale.
    """
    with app.store.read() as connection:
        states = source_store.states(connection)
    holding = [source for source in app.config.sources if source.on_failure == "hold"]
    return (
        *failing(holding, states, now),
        *_emptied(results),
        *_floods(edition, shown),
        *contradictions(edition),
    )


def _emptied(results: Sequence[SourceResult]) -> Iterator[Told]:
    for result in results:
        if result.items == 0 and (result.items_before or 0) >= _EMPTY:
            yield Told("emptied", source=result.source, before=result.items_before or 0)


def _floods(edition: Edition, shown: Sequence[Shown]) -> Iterator[Told]:
    earlier = Counter((one.source, one.shown_at) for one in shown)
    new = Counter(entry.item.source for entry in edition.entries if entry.newness is Newness.NEW)
    for source, count in new.items():
        if not shown:
            if count > _MANY:
                name = f"{edition.digest}-{edition.period}"
                yield Told("flood_at_first", source=source, number=count, digest=edition.digest, name=name)
            continue
        most = max((n for (name, _), n in earlier.items() if name == source), default=0)
        if count > max(_FEW, _FLOOD * most):
            yield Told("flood", source=source, number=count, most=most)
