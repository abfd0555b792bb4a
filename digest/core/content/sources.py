"""How the sources stand, in a sentence each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.config import SourceConfig
from digest.errors import without_source
from digest.model import Item, Told, in_part
from digest.store.content import items as item_store
from digest.store.content import sources as source_store
from digest.store.content.sources import SourceState

_LATEST = 5  # items that tell what a source brings


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceStanding:
    """How a source stands."""

    source: SourceConfig
    state: SourceState | None  # None: it was never asked
    troubles: tuple[Told, ...]  # a sentence each
    items: int  # that are stored
    latest: tuple[Item, ...]  # the newest first


def source_standings(app: App, now: datetime) -> tuple[SourceStanding, ...]:
    """How each configured source stands, in the order of config.toml."""
    with app.store.read() as connection:
        states = source_store.states(connection)
        counts = item_store.count_by_source(connection)
        latest = {one.name: item_store.latest(connection, one.name, limit=_LATEST) for one in app.config.sources}
    return tuple(
        SourceStanding(
            source=one,
            state=states.get(one.name),
            troubles=tuple(failing([one], states, now)),
            items=counts.get(one.name, 0),
            latest=latest[one.name],
        )
        for one in app.config.sources
    )


def failing(sources: Sequence[SourceConfig], states: Mapping[str, SourceState], now: datetime) -> Iterator[Told]:
    """Which of the sources failed last time, were read only in part, or are silent for longer than `stale_after`."""
    for source in sources:
        state = states.get(source.name)
        last = state.last_success_at if state else None
        if state is not None and state.last_error is not None:
            yield Told("source_failed", source=source.name, why=without_source(state.last_error, source.name))
            continue
        if state is not None and state.unreadable:
            yield in_part(source.name, state.unreadable)
        if source.stale_after is not None and (last is None or now - last > source.stale_after):
            yield (
                Told("source_silent_since", source=source.name, moment=last)
                if last
                else Told("source_silent", source=source.name)
            )
