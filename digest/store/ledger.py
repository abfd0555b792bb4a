"""The ledger of a running campaign: claims committed before DATA, results committed in groups.

One thread owns the writes. Whatever has gathered while the last commit was on its way to the disk is
committed together by the next, so that durability costs one flush a group instead of one a mail.
Results enter in order: a claim is never committed before the results recorded ahead of it, which keeps
at most two deliveries per connection in flight on disk; so each connection sends one mail per commit.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Self

from sqlalchemy import Connection

from digest.errors import DeliveryError
from digest.model import Delivery, Outcome, Rejected
from digest.store import progress
from digest.store.campaigns import Campaign
from digest.store.engine import Store, cause_of
from digest.store.progress import RetryAt
from digest.store.tables import suppressions
from digest.store.upsert import insert_for

# Seconds. Whoever has just been answered asks for the next claim within it: in this group, not in the one after.
_GATHERING = 0.002
_TIMED_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Claim:
    delivery: Delivery
    answer: "asyncio.Future[bool]"


@dataclass(frozen=True, slots=True)
class _Result:
    delivery: Delivery
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True)
class _Release:
    delivery: Delivery
    answer: "asyncio.Future[bool]"


_Entry = _Claim | _Result | _Release


class Ledger:
    """Writes one campaign's deliveries while it is being sent. Use as an async context manager.

    Args:
        clock: the present, as the command sees it.
        retry_at: the schedule for deferred deliveries.
        connections: how many may wait for a claim at once.
    """

    def __init__(
        self,
        store: Store,
        campaign: Campaign,
        *,
        clock: Callable[[], datetime],
        retry_at: RetryAt,
        connections: int = 1,
    ) -> None:
        self._store = store
        self._campaign = campaign
        self._clock = clock
        self._retry_at = retry_at
        self._connections = connections
        self._entries: deque[_Entry] = deque()  # appended to by the loop, taken from by the thread
        self._bell = threading.Event()  # there is a first entry, or nothing more to wait for
        self._asked = 0  # claims and releases, counted by the loop
        self._answered = 0  # of these, counted by the thread
        self._closing = False
        self._failure: BaseException | None = None
        self._first_claim: float | None = None
        self._last_result: float | None = None
        self._timed_until: float | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=f"ledger {campaign.name}", daemon=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._bell.set()
        await asyncio.to_thread(self._thread.join)
        if self._failure is not None:
            raise _stopped(self._failure) from self._failure

    async def claim(self, delivery: Delivery) -> bool:
        """Return once ``in_flight`` is durable; False when the delivery is no longer to be sent.

        Raises:
            DeliveryError: when the store can no longer be written; nothing may be sent then.
        """
        if self._failure is not None:
            raise _stopped(self._failure) from self._failure
        if self._first_claim is None:
            self._first_claim = monotonic()
        return await self._ask(_Claim(delivery, self._loop.create_future()))

    async def release(self, delivery: Delivery) -> None:
        """Give back a claimed delivery of which nothing was sent; tried even where the store failed before.

        Raises:
            DeliveryError: when it cannot be written; the delivery is in doubt then.
        """
        await self._ask(_Release(delivery, self._loop.create_future()))

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Have the result committed with the next group."""
        self._last_result = monotonic()
        self._put(_Result(delivery, outcome, self._clock()))

    async def _ask(self, entry: _Claim | _Release) -> bool:
        self._asked += 1
        self._put(entry)
        return await entry.answer

    def _put(self, entry: _Entry) -> None:
        self._entries.append(entry)
        # Waking the thread costs both sides the interpreter's lock: only for the first, and once all are waiting.
        if len(self._entries) == 1 or self._everybody_waits():
            self._bell.set()

    def _everybody_waits(self) -> bool:
        return self._asked - self._answered >= self._connections

    def _run(self) -> None:
        unwritten: list[_Entry] = []  # results that a failed commit did not take; tried with the next group
        open_ended = True
        while open_ended:
            gathered, open_ended = self._gather()
            group, unwritten = [*unwritten, *gathered], []
            if self._failure is not None:  # nothing new is begun; what was begun is still written down
                self._refuse([one for one in group if isinstance(one, _Claim)], self._failure)
                group = [one for one in group if not isinstance(one, _Claim)]
            if not group and open_ended:
                continue
            try:
                self._commit(group, last=not open_ended)
            except BaseException as error:  # noqa: BLE001  (told to every caller and raised on leaving)
                self._failure = self._failure or error
                self._refuse(group, error)
                unwritten = [one for one in group if isinstance(one, _Result)]

    def _gather(self) -> tuple[list[_Entry], bool]:
        """What comes within a moment, or until everybody waits for an answer; False when the end has come."""
        self._bell.wait()
        self._bell.clear()
        if not self._everybody_waits() and not self._closing:
            self._bell.wait(_GATHERING)
        open_ended = not self._closing  # asked first: the end comes after the last entry
        return [self._entries.popleft() for _ in range(len(self._entries))], open_ended

    def _refuse(self, group: Sequence[_Entry], error: BaseException) -> None:
        self._answer((entry.answer, error) for entry in group if not isinstance(entry, _Result))

    def _commit(self, group: Sequence[_Entry], *, last: bool) -> None:
        results = [entry for entry in group if isinstance(entry, _Result)]
        claims = [entry for entry in group if isinstance(entry, _Claim)]
        releases = [entry for entry in group if isinstance(entry, _Release)]
        with self._store.write() as connection:
            rows = [progress.row(one.delivery, one.outcome, one.at, self._retry_at) for one in results]
            progress.record(connection, rows)
            self._suppress_gone(connection, results)
            progress.release(connection, [entry.delivery.id for entry in releases])
            ids = [entry.delivery.id for entry in claims]
            claimed = progress.claim(connection, self._campaign.id, ids, self._clock())
            self._write_time(connection, at_least=0.0 if last else _TIMED_EVERY)
        self._answer(
            (
                *((claim.answer, claim.delivery.id in claimed) for claim in claims),
                *((release.answer, True) for release in releases),
            )
        )

    def _suppress_gone(self, connection: Connection, results: Sequence[_Result]) -> None:
        gone = [result for result in results if isinstance(result.outcome, Rejected) and result.outcome.no_such_mailbox]
        for result in gone:
            values = {
                "address_key": result.delivery.recipient.address.casefold(),
                "reason": "no such mailbox",
                "detail": result.outcome.reply,
                "since": result.at,
            }
            connection.execute(insert_for(connection, suppressions).values(values).on_conflict_do_nothing())

    def _write_time(self, connection: Connection, *, at_least: float) -> None:
        """Add what has passed since the last writing, if it is so many seconds: the time of sending, over all runs."""
        if self._first_claim is None or self._last_result is None:
            return
        until = max(self._last_result, self._first_claim)
        spent = until - (self._timed_until or self._first_claim)
        if spent > at_least:
            progress.add_seconds(connection, self._campaign.id, spent)
            self._timed_until = until

    def _answer(self, answers: "Iterable[tuple[asyncio.Future[bool], bool | BaseException]]") -> None:
        """Wake all who wait for a group at once: each wake-up of the loop from a thread costs a system call."""

        def settle() -> None:
            for future, value in told:
                if future.done():
                    continue
                if isinstance(value, BaseException):
                    future.set_exception(_stopped(value))
                else:
                    future.set_result(value)

        told = list(answers)
        self._answered += len(told)
        self._loop.call_soon_threadsafe(settle)


def _stopped(failure: BaseException) -> DeliveryError:
    return DeliveryError(f"The store failed while sending: {cause_of(failure)}; what was not sent stays queued.")
