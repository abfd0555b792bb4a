"""Turns: which campaigns one process sends side by side where there are more of them than connections."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from digest.core.campaigns.reports import Sent
from digest.store.campaigns import Campaign

_TURN = 15.0  # seconds, after which a campaign gives way where others wait
_REST = 5.0  # seconds between two turns of one campaign
_MOST = 24  # at a time, however many connections there are: each keeps one to the store


@dataclass(eq=False, slots=True)
class Turn:
    """One campaign's; it is over at the end of the chunk in which it gives way."""

    campaign: Campaign
    began: float = 0.0  # by the monotonic clock
    gives_way: bool = False


class Turns:
    """Who has been waiting longest is next, and among those who have not had a turn, the smallest.

    Args:
        most: campaigns at a time, such as there are connections.
    """

    def __init__(self, most: int) -> None:
        self._most = min(most, _MOST)
        self._under_way: dict[asyncio.Task[Sent], Turn] = {}
        self._ended_at: dict[int, float] = {}

    def begin(
        self,
        released: Iterable[Campaign],
        sizes: Mapping[int, int],
        send: Callable[[Turn], Coroutine[None, None, Sent]],
    ) -> bool:
        """Begin with as many as there is room for, and have others give way to the rest; whether any is under way.

        Args:
            released: all that are to be sent.
            sizes: how many chunks each has, by its id.
            send: what a turn is; it is to look whether that gives way.
        """
        on = {turn.campaign.id for turn in self._under_way.values()}
        waiting = [one for one in released if one.id not in on and self._has_rested(one)]
        waiting.sort(key=lambda one: (self._ended_at.get(one.id, float("-inf")), sizes.get(one.id, 0)))
        room = max(self._most - len(on), 0)
        for campaign in waiting[:room]:
            turn = Turn(campaign, monotonic())
            self._under_way[asyncio.create_task(send(turn))] = turn
        for turn in [*self._under_way.values()][: len(waiting[room:])]:  # as they began
            turn.gives_way = turn.gives_way or monotonic() - turn.began >= _TURN
        return bool(self._under_way)

    async def ended(self, within: float) -> list[tuple[Campaign, asyncio.Task[Sent]]]:
        """Wait until any turn ends, but no longer than so many seconds; what came of those that did."""
        ended, _ = await asyncio.wait(self._under_way, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        came = [(self._under_way.pop(task).campaign, task) for task in ended]
        for campaign, _ in came:
            self._ended_at[campaign.id] = monotonic()
        return came

    async def give_up(self) -> None:
        """Leave nothing running behind."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _has_rested(self, campaign: Campaign) -> bool:
        return monotonic() - self._ended_at.get(campaign.id, float("-inf")) >= _REST
