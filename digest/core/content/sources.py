"""How the sources stand, in a sentence each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from digest.config import SourceConfig
from digest.errors import without_source
from digest.model import in_part
from digest.store.content.sources import SourceState


def failing(sources: Sequence[SourceConfig], states: Mapping[str, SourceState], now: datetime) -> Iterator[str]:
    """Which of the sources failed last time, were read only in part, or are silent for longer than `stale_after`."""
    for source in sources:
        state = states.get(source.name)
        last = state.last_success_at if state else None
        if state is not None and state.last_error is not None:
            yield f"source {source.name} failed: {without_source(state.last_error, source.name)}"
            continue
        if state is not None and state.unreadable:
            yield in_part(source.name, state.unreadable)
        if source.stale_after is not None and (last is None or now - last > source.stale_after):
            since = f"since {last:%Y-%m-%d %H:%M}" if last else "yet"
            yield f"source {source.name} has not answered {since}"
