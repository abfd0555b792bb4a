"""The newest campaigns as somebody who is signed in may list them, without their mails."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from digest.app import App
from digest.core.organisers.roles import reaches
from digest.model import CampaignStatus, DeliveryState, Organiser, ReturnKind
from digest.store import campaigns, outbox
from digest.store.campaigns import ANNOUNCEMENT, Outline
from digest.store.organisers import activity
from digest.store.people import returns

__all__ = ["ANNOUNCEMENT", "MOST", "SORTED", "Listed", "Listings", "Outline"]

MOST = 400
"""Campaigns, the newest, that are listed and sorted; an older one is found by its name."""

_OVER = (CampaignStatus.SENT, CampaignStatus.CANCELLED, CampaignStatus.SKIPPED)
_TOUCHING = ("settle", "retry", "resend", "forget")  # what changes the deliveries of what is over
_LASTS = timedelta(hours=1)

SORTED: Mapping[str, Callable[[Outline], Any]] = {
    "began": lambda one: one.id,
    "subject": lambda one: (one.subject or one.name).casefold(),
    "kind": lambda one: (one.digest, one.id),
    "status": lambda one: (one.status.value, one.id),
}
"""What campaigns can be sorted by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A campaign and how it stands, in numbers."""

    campaign: Outline
    states: Mapping[DeliveryState, int]  # people by what came of their mail
    bounced: int  # people whose mail came back

    @property
    def recipients(self) -> int:
        """People who are mailed: everybody in the audience but the skipped."""
        return sum(count for state, count in self.states.items() if state is not DeliveryState.SKIPPED)

    def count(self, *states: DeliveryState) -> int:
        """People whose mails are in any of these states."""
        return sum(self.states.get(state, 0) for state in states)


class Listings:
    """Lists campaigns; what is over is counted once, and again where somebody did something to it, or in an hour."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._kept: dict[int, tuple[Hashable, datetime, Mapping[DeliveryState, int]]] = {}

    def newest(
        self, organiser: Organiser, *, limit: int, offset: int = 0, by: str = "began", descending: bool = True
    ) -> Sequence[Listed]:
        """Of the newest campaigns that somebody has to do with, some in an order.

        Args:
            organiser: who is signed in.
            limit: how many at most.
            offset: how many are left out before them.
            by: one of `SORTED`.
            descending: the last of that order first.
        """
        with self._app.store.read() as connection:
            found = campaigns.outlines(connection, limit=MOST)
            own = [one for one in found if reaches(organiser, (*one.list_names, *one.without_lists))]
            shown = sorted(own, key=SORTED[by], reverse=descending)[offset : offset + limit]
            return self._counted(connection, shown)

    def _counted(self, connection: Connection, shown: Collection[Outline]) -> Sequence[Listed]:
        now, numbers = self._app.now, [one.id for one in shown]
        touched = activity.latest_id(connection, verbs=_TOUCHING)
        pulses = campaigns.pulses(connection, numbers)
        stamps = {one.id: (touched, pulses.get(one.id)) for one in shown if one.status in _OVER}
        states = {
            number: kept[2]
            for number, stamp in stamps.items()
            if (kept := self._kept.get(number)) is not None and kept[0] == stamp and now - kept[1] <= _LASTS
        }
        counted = outbox.states_by_campaign(connection, [one for one in numbers if one not in states])
        for number in counted.keys() & stamps.keys():
            self._kept.pop(number, None)
            self._kept[number] = stamps[number], now, counted[number]
            if len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
        bounced = returns.people_by_campaign(connection, numbers)
        return [
            Listed(
                campaign=one,
                states={**counted, **states}.get(one.id, {}),
                bounced=bounced.get((one.id, ReturnKind.BOUNCE), 0),
            )
            for one in shown
        ]
