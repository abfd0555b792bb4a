"""The ledger of a running campaign: claims committed before DATA, results committed in groups.

One thread owns the writes. Whatever has gathered while the last commit was on its way to the disk is
committed together by the next, so that durability costs one flush a group instead of one a mail.
Results enter in order: a claim is never committed before the results recorded ahead of it, which keeps
at most two deliveries per connection in flight on disk.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Self, assert_never

from sqlalchemy import Connection, bindparam, func, select, update

from digest.errors import DeliveryError
from digest.model import Accepted, CampaignStatus, Deferred, Delivery, DeliveryState, Outcome, Rejected, Unknown
from digest.store.campaigns import Campaign
from digest.store.engine import Store, cause_of
from digest.store.tables import campaigns, deliveries, suppressions
from digest.store.upsert import insert_for

RetryAt = Callable[[Delivery, datetime], datetime | None]
"""When a deferred delivery is tried again; None gives it up."""

_GATHERING = 0.004  # seconds; a commit to disk takes about as long, and each serves everybody who waits


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
        self._entries: SimpleQueue[_Entry | None] = SimpleQueue()
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
        self._entries.put(None)
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
        self._entries.put(_Result(delivery, outcome, self._clock()))

    async def _ask(self, entry: _Claim | _Release) -> bool:
        self._entries.put(entry)
        return await entry.answer

    def _run(self) -> None:
        open_ended = True
        unwritten: list[_Entry] = []  # results that a failed commit did not take; tried with the next group
        while open_ended:
            gathered, open_ended = self._gather()
            group, unwritten = [*unwritten, *gathered], []
            if self._failure is not None:  # nothing new is begun; what was begun is still written down
                self._refuse([one for one in group if isinstance(one, _Claim)], self._failure)
                group = [one for one in group if not isinstance(one, _Claim)]
            if not group:
                continue
            try:
                self._commit(group)
            except BaseException as error:  # noqa: BLE001  (told to every caller and raised on leaving)
                self._failure = self._failure or error
                self._refuse(group, error)
                unwritten = [one for one in group if isinstance(one, _Result)]

    def _gather(self) -> tuple[list[_Entry], bool]:
        """What is written together: all that comes within a moment of the first; False when the end has come."""
        group: list[_Entry] = []
        waiting = 0
        entry = self._entries.get()
        until = monotonic() + _GATHERING
        while entry is not None:
            group.append(entry)
            waiting += not isinstance(entry, _Result)
            try:
                # Once every connection waits for an answer, nobody is left to wait for.
                patience = until - monotonic() if waiting < self._connections else 0.0
                entry = self._entries.get(timeout=max(0.0, patience))
            except Empty:
                return group, True
        return group, False

    def _refuse(self, group: Sequence[_Entry], error: BaseException) -> None:
        self._answer((entry.answer, error) for entry in group if not isinstance(entry, _Result))

    def _commit(self, group: Sequence[_Entry]) -> None:
        results = [entry for entry in group if isinstance(entry, _Result)]
        claims = [entry for entry in group if isinstance(entry, _Claim)]
        releases = [entry for entry in group if isinstance(entry, _Release)]
        with self._store.write() as connection:
            self._write_results(connection, results)
            self._write_releases(connection, releases)
            claimed = self._write_claims(connection, claims)
            self._write_time(connection)
        self._answer(
            (
                *((claim.answer, claim.delivery.id in claimed) for claim in claims),
                *((release.answer, True) for release in releases),
            )
        )

    def _write_claims(self, connection: Connection, claims: Sequence[_Claim]) -> set[int]:
        if not claims:
            return set()
        now = self._clock()
        allowed = select(campaigns.c.id).where(
            campaigns.c.id == self._campaign.id, campaigns.c.status == CampaignStatus.SENDING
        )
        statement = (
            update(deliveries)
            .where(
                deliveries.c.id.in_([claim.delivery.id for claim in claims]),
                deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
                deliveries.c.campaign_id.in_(allowed),
            )
            .values(
                state=DeliveryState.IN_FLIGHT.value,
                attempts=deliveries.c.attempts + 1,
                first_tried_at=func.coalesce(deliveries.c.first_tried_at, now),
            )
            .returning(deliveries.c.id)
        )
        return set(connection.execute(statement).scalars())

    def _write_releases(self, connection: Connection, releases: Sequence[_Release]) -> None:
        if releases:
            statement = (
                update(deliveries)
                .where(
                    deliveries.c.id.in_([release.delivery.id for release in releases]),
                    deliveries.c.state == DeliveryState.IN_FLIGHT,
                )
                .values(state=DeliveryState.QUEUED.value, attempts=deliveries.c.attempts - 1)
            )
            connection.execute(statement)

    def _write_results(self, connection: Connection, results: Sequence[_Result]) -> None:
        if not results:
            return
        statement = update(deliveries).where(deliveries.c.id == bindparam("delivery"))
        names = ("state", "reason", "finished_at", "next_attempt_at", "stage", "code", "reply")
        connection.execute(statement.values({name: bindparam(name) for name in names}), [*map(self._row, results)])
        gone = [result for result in results if isinstance(result.outcome, Rejected) and result.outcome.no_such_mailbox]
        for result in gone:
            values = {
                "address_key": result.delivery.recipient.address.casefold(),
                "reason": "no such mailbox",
                "detail": result.outcome.reply,
                "since": result.at,
            }
            connection.execute(insert_for(connection, suppressions).values(values).on_conflict_do_nothing())

    def _row(self, result: _Result) -> dict[str, Any]:
        outcome = result.outcome
        row: dict[str, Any] = {
            "delivery": result.delivery.id,
            "reason": "",
            "finished_at": result.at,
            "next_attempt_at": None,
            "stage": None,
            "code": None,
            "reply": outcome.reply,
        }
        match outcome:
            case Accepted():
                return row | {"state": DeliveryState.ACCEPTED.value, "code": 250}
            case Unknown():
                return row | {"state": DeliveryState.UNKNOWN.value}
            case Rejected():
                stage = outcome.stage.value
                return row | {"state": DeliveryState.REJECTED.value, "stage": stage, "code": outcome.code}
            case Deferred():
                row |= {"stage": outcome.stage.value, "code": outcome.code}
                again = self._retry_at(result.delivery, result.at)
                if again is None:
                    return row | {"state": DeliveryState.REJECTED.value, "reason": "gave up after repeated deferrals"}
                return row | {"state": DeliveryState.DEFERRED.value, "finished_at": None, "next_attempt_at": again}
            case _:
                assert_never(outcome)

    def _write_time(self, connection: Connection) -> None:
        """Add what has passed since the last writing: the time of sending, over all runs."""
        if self._first_claim is None or self._last_result is None:
            return
        until = max(self._last_result, self._first_claim)
        spent, self._timed_until = until - (self._timed_until or self._first_claim), until
        change = update(campaigns).where(campaigns.c.id == self._campaign.id)
        connection.execute(change.values(seconds=campaigns.c.seconds + spent))

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
        self._loop.call_soon_threadsafe(settle)


def _stopped(failure: BaseException) -> DeliveryError:
    return DeliveryError(f"The store failed while sending: {cause_of(failure)}; what was not sent stays queued.")
