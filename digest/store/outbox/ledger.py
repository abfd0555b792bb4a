"""The ledger of a running campaign: claims committed before DATA, results committed in groups.

One thread owns the writes. Whatever has gathered while the last commit was on its way to the disk is
committed together by the next, so that durability costs one flush a group instead of one a mail.
A claim is never committed before the results recorded ahead of it, so that what is in flight on disk is never
more than who claims has in hand.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Self, TypeVar

from sqlalchemy import Connection

from digest.config.addresses import address_key
from digest.errors import DeliveryError
from digest.model import Accepted, Delivery, Lease, Outcome, Rejected, Unknown
from digest.store.campaigns import Campaign, set_shown
from digest.store.engine import Store
from digest.store.outbox import progress
from digest.store.outbox.progress import RetryAt
from digest.store.outbox.wire import WireNote
from digest.store.people.suppressions import suppress
from digest.store.steady import KEPT, SteadyWriter

T = TypeVar("T")

_GATHERING = 0.02  # seconds: results wait so long for a claim, to be committed with it
_TIMED_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Ask:
    """A claim or a release; its answer is those of them that are granted."""

    deliveries: Sequence[Delivery]
    answer: "asyncio.Future[list[Delivery]]"


@dataclass(frozen=True, slots=True)
class _Claim(_Ask):
    """Put in flight."""


@dataclass(frozen=True, slots=True)
class _Release(_Ask):
    """Put back among the queued."""


@dataclass(frozen=True, slots=True)
class _Result:
    delivery: Delivery
    outcome: Outcome
    at: datetime


class Ledger:
    """Writes one campaign's deliveries while it is being sent. Use as an async context manager.

    Args:
        clock: the present, as the command sees it.
        retry_at: the schedule for deferred deliveries.
    """

    def __init__(
        self,
        store: Store,
        campaign: Campaign,
        *,
        clock: Callable[[], datetime],
        retry_at: RetryAt,
    ) -> None:
        self._store = store
        self._writer = SteadyWriter(store)
        self._campaign = campaign
        self._clock = clock
        self._retry_at = retry_at
        self._results: deque[_Result] = deque()  # appended to by the loop, taken from by the thread
        self._asks: deque[_Ask] = deque()  # likewise
        self._bell = threading.Event()  # there is a first result, or something that must not wait
        self._gone: list[_Result] = []  # without a mailbox, by a server that is not believed yet
        self._is_believed = False
        self._is_shown = False  # it is written down since when somebody has it
        self._closing = False
        self._failure: BaseException | None = None
        self._first_claim: float | None = None
        self._last_result: float | None = None
        self._timed_until: float | None = None
        self._loop = asyncio.get_running_loop()
        self._note = WireNote(None)
        self._thread = threading.Thread(target=self._run, name=f"ledger {campaign.name}", daemon=True)

    async def __aenter__(self) -> Self:
        self._note = await asyncio.to_thread(WireNote.open, self._store)
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._bell.set()
        await asyncio.to_thread(self._thread.join)
        self._note.close()
        if self._failure is not None:
            raise _stopped(self._failure, self._store) from self._failure

    async def claim(self, wanted: Sequence[Delivery]) -> list[Delivery]:
        """Those of them that are to be sent; returns once their ``in_flight`` is durable.

        Raises:
            DeliveryError: when the store can no longer be written; nothing may be sent then.
        """
        if self._failure is not None:
            raise _stopped(self._failure, self._store) from self._failure
        if self._first_claim is None:
            self._first_claim = monotonic()
        return await self._ask(_Claim(wanted, self._loop.create_future()))

    async def release(self, held: Sequence[Delivery]) -> None:
        """Give back claimed deliveries of which nothing was sent; tried even where the store failed before.

        Raises:
            DeliveryError: when it cannot be written; they are in doubt then.
        """
        await self._ask(_Release(held, self._loop.create_future()))

    def begin(self, delivery: Delivery) -> None:
        """Note that something of it is about to leave; of what is not noted so, a death leaves no doubt."""
        self._note.begun(delivery)

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Have the result committed with the next group."""
        self._note.answered(delivery, outcome)
        self._last_result = monotonic()
        self._results.append(_Result(delivery, outcome, self._clock()))
        if len(self._results) == 1:  # waking the thread costs both sides the interpreter's lock
            self._bell.set()

    async def _ask(self, ask: _Ask) -> list[Delivery]:
        self._asks.append(ask)
        self._bell.set()
        return await ask.answer

    def _run(self) -> None:
        unwritten: list[_Result] = []  # that a failed commit did not take; tried with the next group
        open_ended = True
        while open_ended:
            open_ended = self._gather()
            asks = _taken(self._asks)  # first: the results that were recorded ahead of them are committed with them
            results, unwritten = [*unwritten, *_taken(self._results)], []
            if self._failure is not None:  # nothing new is begun; what was begun is still written down
                self._answer([(ask, self._failure) for ask in asks if isinstance(ask, _Claim)])
                asks = [ask for ask in asks if not isinstance(ask, _Claim)]
            if not (asks or results) and open_ended:
                continue
            try:
                self._answer(self._commit(asks, results, last=not open_ended))
            except BaseException as error:  # noqa: BLE001  (told to every caller and raised on leaving)
                self._failure = self._failure or error
                self._answer([(ask, error) for ask in asks])
                unwritten = results
        self._writer.close()

    def _gather(self) -> bool:
        """Wait for something to commit; False when the end has come."""
        # Some may have come while the last group was being taken.
        if not self._results and not self._asks and not self._bell.wait(KEPT):
            self._writer.close()  # which others may need
            self._bell.wait()
        self._bell.clear()
        if not self._asks and not self._closing:
            self._bell.wait(_GATHERING)
            self._bell.clear()
        return not self._closing

    def _commit(
        self, asks: Sequence[_Ask], results: Sequence[_Result], *, last: bool
    ) -> "list[tuple[_Ask, list[Delivery]]]":
        for ask in asks:
            if isinstance(ask, _Claim):
                self._note.claimed(ask.deliveries)
        with self._writer.write() as connection:
            self._write_time(connection, at_least=0.0 if last else _TIMED_EVERY)  # the campaign's row is locked first
            self._write_shown(connection, results)
            leases = {one.lease for ask in asks for one in ask.deliveries} | {one.delivery.lease for one in results}
            held = progress.held(connection, self._campaign.id, leases)
            ours = [one for one in results if one.delivery.lease in held]
            progress.record(
                connection, [progress.row(one.delivery, one.outcome, one.at, self._retry_at) for one in ours]
            )
            granted = [(ask, self._grant(connection, ask, held)) for ask in asks]
            self._suppress_gone(connection, results)
        self._note.settled(one.delivery for one in results)
        for ask, deliveries in granted:
            in_flight = {delivery.id for delivery in deliveries} if isinstance(ask, _Claim) else set[int]()
            self._note.settled(delivery for delivery in ask.deliveries if delivery.id not in in_flight)
        if len(ours) < len(results) and self._failure is None:
            way_out = "what was in flight here is in doubt there, and `digest settle` settles it"
            self._failure = DeliveryError(f"{self._campaign.name} was taken over by another process; {way_out}")
        return granted

    def _grant(self, connection: Connection, ask: _Ask, held: set[Lease]) -> list[Delivery]:
        ours = [delivery for delivery in ask.deliveries if delivery.lease in held]
        ids = [delivery.id for delivery in ours]
        if isinstance(ask, _Claim):
            claimed = progress.claim(connection, self._campaign.id, ids, self._clock())
            return [delivery for delivery in ours if delivery.id in claimed]
        progress.release(connection, ids)
        return ours

    def _suppress_gone(self, connection: Connection, results: Sequence[_Result]) -> None:
        """Who has no mailbox is never mailed again; believed once the server has taken something, too."""
        self._gone += [one for one in results if isinstance(one.outcome, Rejected) and one.outcome.no_such_mailbox]
        self._is_believed = self._is_believed or any(isinstance(one.outcome, Accepted) for one in results)
        gone, self._gone = (self._gone, []) if self._is_believed else ([], self._gone)
        # In one order for all campaigns: PostgreSQL has the second writer of a key wait for the first.
        for result in sorted(gone, key=lambda result: address_key(result.delivery.recipient.address)):
            address, said = result.delivery.recipient.address, result.outcome.reply
            suppress(connection, address, reason="no such mailbox", detail=said, now=result.at)

    def _write_shown(self, connection: Connection, results: Sequence[_Result]) -> None:
        """The first that somebody may have got: from then on the campaign is one that can be shown to others."""
        if not self._is_shown and (got := [one for one in results if isinstance(one.outcome, Accepted | Unknown)]):
            set_shown(connection, self._campaign.id, got[0].at)
            self._is_shown = True

    def _write_time(self, connection: Connection, *, at_least: float) -> None:
        """Add what has passed since the last writing, if it is so many seconds: the time of sending, over all runs."""
        if self._first_claim is None or self._last_result is None:
            return
        until = max(self._last_result, self._first_claim)
        spent = until - (self._timed_until or self._first_claim)
        if spent > at_least:
            progress.add_seconds(connection, self._campaign.id, spent, self._clock())
            self._timed_until = until

    def _answer(self, answers: "Sequence[tuple[_Ask, list[Delivery] | BaseException]]") -> None:
        """Wake all who wait for a group at once: each wake-up of the loop from a thread costs a system call."""

        def settle() -> None:
            for ask, answer in answers:
                if ask.answer.done():
                    continue
                if isinstance(answer, BaseException):
                    ask.answer.set_exception(_stopped(answer, self._store))
                else:
                    ask.answer.set_result(answer)

        if answers:
            self._loop.call_soon_threadsafe(settle)


def _taken(entries: "deque[T]") -> "list[T]":
    return [entries.popleft() for _ in range(len(entries))]


def _stopped(failure: BaseException, store: Store) -> DeliveryError:
    if isinstance(failure, DeliveryError):
        return DeliveryError(str(failure))
    return DeliveryError(f"The store failed while sending: {store.cause(failure)}; what was not sent stays queued.")
