"""Review: what asks for a person's eye before an edition goes out, and the person's answer."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from digest.app import App
from digest.config import SourceConfig
from digest.errors import UsageError, without_source
from digest.model import CampaignStatus, Certainty, Edition, Newness, PersonSkip, Shown
from digest.pipeline.collecting import in_part
from digest.pipeline.known import campaign_named
from digest.pipeline.refreezing import NOTHING_LEFT, freeze_again
from digest.store import campaigns, outbox
from digest.store import sources as source_store
from digest.store.campaigns import Campaign
from digest.store.sources import SourceState

if TYPE_CHECKING:
    from digest.pipeline.collecting import SourceResult

BY_HAND = "by hand"
"""How the reason begins when a person moved the campaign."""

_MANY = 200  # new items of one source that a first edition, which has nothing to be compared with, may bring
_FEW = 20  # new items of one source that are never a flood
_FLOOD = 3  # times the most that one edition had of a source before
_EMPTY = 3  # items that a source must have had for its emptiness to be sudden

_MOVES: Mapping[str, tuple[frozenset[CampaignStatus], CampaignStatus]] = {
    "approve": (frozenset({CampaignStatus.PREPARED, CampaignStatus.HELD}), CampaignStatus.SENDING),
    "hold": (frozenset({CampaignStatus.PREPARED}), CampaignStatus.HELD),
    "pause": (frozenset({CampaignStatus.SENDING}), CampaignStatus.PAUSED),
    "resume": (frozenset({CampaignStatus.PAUSED}), CampaignStatus.SENDING),
    "cancel": (
        frozenset({CampaignStatus.PREPARED, CampaignStatus.HELD, CampaignStatus.SENDING, CampaignStatus.PAUSED}),
        CampaignStatus.CANCELLED,
    ),
}


def reasons_to_hold(
    app: App, edition: Edition, results: "Sequence[SourceResult]", shown: Sequence[Shown], now: datetime
) -> tuple[str, ...]:
    """Why this edition should wait for a person: anomalies, and failures that the admin wants to see first.

    Args:
        app: its sources' policies and memories are asked.
        edition: composed, not yet anybody's.
        results: what collecting for it came to.
        shown: the digest's ledger, to know what is usual.
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


def move(app: App, name: str, verb: str) -> Campaign:
    """Approve, hold, pause, resume or cancel a campaign; what is approved is taken as edited until now.

    Raises:
        UsageError: when there is none of that name, or it is not in a state for it.
        TemplateError: when what was edited cannot be rendered; the campaign stays as it was.
    """
    allowed, target = _MOVES[verb]
    reason = f"{BY_HAND} ({verb})"
    with app.store.read() as connection:
        waiting = campaigns.by_name(connection, name) if verb == "approve" else None
    if waiting is not None:
        waiting, told = freeze_again(app, waiting)
        if told == NOTHING_LEFT:
            return waiting
        reason = f"{reason}; {told}" if told else reason
    with app.store.write() as connection:
        campaign = campaign_named(connection, name)
        if campaign.status not in allowed:
            states = " or ".join(sorted(allowed))
            raise UsageError(f"{name} is {campaign.status}; only what is {states} can be told to {verb}")
        if target is CampaignStatus.SENDING and campaign.rendered is None:
            way_out = f"mend that, then `digest prepare {campaign.digest}` composes it anew"
            raise UsageError(f"{name} has no mail yet: {campaign.reason}; {way_out}")
        campaigns.set_status(connection, campaign.id, target, reason)
        if target is CampaignStatus.CANCELLED:
            outbox.skip_pending(connection, reason=PersonSkip.CANCELLED, campaign=campaign)
    return replace(campaign, status=target)


def _emptied(results: "Sequence[SourceResult]") -> Iterator[str]:
    for result in results:
        if result.items == 0 and (result.items_before or 0) >= _EMPTY:
            yield f"source {result.source} is suddenly empty; it had {result.items_before} items"


def _floods(edition: Edition, shown: Sequence[Shown]) -> Iterator[str]:
    earlier = Counter((one.source, one.shown_at) for one in shown)
    new = Counter(entry.item.source for entry in edition.entries if entry.newness is Newness.NEW)
    for source, count in new.items():
        if not shown:
            if count > _MANY:
                name = f"{edition.digest}-{edition.period}"
                yield (
                    f"source {source} brings {count} new items, a lot for a first edition; look with `digest preview "
                    f"{edition.digest}`, then `digest approve {name}`, hide the old with `digest items edit`, or show "
                    "fewer at a time with `limit` in [[digests.sections]]"
                )
            continue
        most = max((n for (name, _), n in earlier.items() if name == source), default=0)
        if count > max(_FEW, _FLOOD * most):
            yield f"source {source} brings {count} new items; no edition had more than {most} of it before"


def contradictions(edition: Edition) -> Iterator[str]:
    """Which of its items contradict themselves, in what their dates were read from."""
    for entry in edition.entries:
        for reading in entry.item.readings:
            if reading.certainty is Certainty.CONTRADICTED:
                told = f'"{entry.item.title}" ({entry.item.source}/{entry.item.key})'
                yield f'{told} contradicts itself: "{reading.words}"; set it with `digest items edit`'
