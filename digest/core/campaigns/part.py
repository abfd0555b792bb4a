"""Taking part: a process among those that share campaigns, with its sign of life and its share of the relay."""

import asyncio
import os
import socket
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from time import monotonic

import structlog

from digest import __version__
from digest.app import App
from digest.compose import as_of
from digest.core.campaigns.carriers import Carriers
from digest.core.campaigns.frozen import current_mail
from digest.core.campaigns.lane import Lane
from digest.core.campaigns.lookup import cluster_of
from digest.core.campaigns.watch import Bell
from digest.core.mail.personal import Mail
from digest.deliver import Slots, open_relay
from digest.errors import OutgrownError, StoreError
from digest.model import Edition, Throttle
from digest.store import campaigns
from digest.store.campaigns import Campaign
from digest.store.news import CAMPAIGN, RELAY, News
from digest.store.outbox import chunks, rates, workers

log = structlog.get_logger("digest.worker")

_TO_A_CHUNK = 8
"""Connections of this process that a further chunk needs: each has a ledger, whose commits are the smaller, and cost a
mail the more, the fewer send it."""

_MOST_CHUNKS = 24  # at a time, however many connections there are: each keeps one to the store

_LATELY = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class _Kept:
    content_hash: str
    mail: Mail
    edition: Edition | None


class Lately:
    """How many outcomes there were a second, lately."""

    def __init__(self) -> None:
        self._count = 0
        self._known: deque[tuple[float, int]] = deque([(monotonic(), 0)])

    def add(self) -> None:
        """One more."""
        self._count += 1

    def rate(self) -> float:
        """Outcomes a second, over the last ten at most."""
        now = monotonic()
        self._known.append((now, self._count))
        while len(self._known) > 2 and self._known[1][0] < now - _LATELY:
            self._known.popleft()
        since, before = self._known[0]
        return (self._count - before) / max(now - since, 1.0)


class Part:
    """What a process needs to send chunks beside others. Made by `taking_part`."""

    def __init__(self, app: App, kind: str, *, ahead: timedelta) -> None:
        self.app = app
        self.id = token_hex(10)
        self.name = f"{socket.gethostname()} {os.getpid()}"
        # By campaign and relay: how many connections that last bore.
        self.places: dict[tuple[int, str], int] = {}
        self.carriers: Carriers
        self._cluster = cluster_of(app)
        self.bell = Bell()  # rings when any campaign was moved
        listen = self._cluster.listen_url or ("" if self._cluster.pgbouncer else app.store.conninfo)
        self._news = News(listen, self._hear) if listen else None
        self._kind = kind
        self._ahead = ahead
        self.lanes = tuple(Lane(app, name, smtp) for name, smtp in app.config.servers.items())
        self._outcomes = Lately()
        self._mails: dict[int, _Kept] = {}
        self._wanting = 0  # chunks that are sent, or wait for a place
        self._sending = 0
        self._allowed = 0
        self._stirred = asyncio.Event()  # have `beat_on` look at once
        self._heard_of_relays = asyncio.Event()  # have `follow_relays` look at once
        self._shares = asyncio.Event()  # set once and replaced: the share has changed
        self._in_hand: Counter[tuple[int, int]] = Counter()  # chunks by campaign's id and number
        self._ended = False
        self._pauses: set[asyncio.Task[None]] = set()
        self.outgrown: OutgrownError | None = None  # why nothing more is begun here

    def now(self) -> datetime:
        """The present as the command sees it."""
        return self.app.now + self._ahead

    @property
    def lost_after(self) -> timedelta:
        """Who gave no sign of life for so long holds nothing any more."""
        return self._cluster.lost_after

    def open(self) -> None:
        """All relays are there now."""
        relays = {lane.name: lane.relay for lane in self.lanes}
        self.carriers = Carriers(relays=relays, is_alone=not self.app.config.relays)

    def is_told(self) -> bool:
        """Whether it hears at once of what other processes do."""
        return self._news is not None and self._news.is_heard

    async def listen(self) -> None:
        """Hear of what other processes do, until cancelled."""
        if self._news is not None:
            await self._news.listen()

    def came(self) -> None:
        """There was one outcome more."""
        self._outcomes.add()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Wait until a chunk more can be sent over what this process has of the relay; False when it is to stop."""
        self._wanting += 1
        self._stirred.set()
        try:
            while not self.app.stopping.is_set() and self._sending >= self._places:
                await self._heard()
            self._sending += 1
            try:
                yield not self.app.stopping.is_set()
            finally:
                self._sending -= 1
        finally:
            self._wanting -= 1
            self._tell()

    @property
    def _places(self) -> int:
        """Chunks that may be sent at a time."""
        return max(1, min(self._allowed // _TO_A_CHUNK, _MOST_CHUNKS))

    def mail(self, campaign: Campaign, now: datetime) -> tuple[Mail, Edition | None] | None:
        """As `frozen.current_mail`, kept from one chunk to the next."""
        kept, content = self._mails.get(campaign.id), campaign.content_hash
        if kept is not None and kept.content_hash == content and _is_true(kept.edition, now):
            return kept.mail, kept.edition
        found = current_mail(self.app, campaign, now)
        if found is not None:
            self._mails[campaign.id] = _Kept(content, *found)
        return found

    def paused(self, relay: str, seconds: float) -> None:
        """A relay was in trouble here: all leave it alone for so long. Where it asked for less, the lane tells that."""
        if self._lane(relay).share.throttle.is_asking:
            return
        task = asyncio.create_task(self._pause(relay, seconds))
        self._pauses.add(task)
        task.add_done_callback(self._pauses.discard)

    def outgrown_by(self, why: OutgrownError) -> None:
        """The tables are of a newer version: what is on the wire is finished, and nothing more begun."""
        self.outgrown = why
        self.app.stopping.set()

    @contextmanager
    def in_hand(self, campaign_id: int, number: int) -> Iterator[None]:
        """A chunk is being taken, sent and let go of; what is held here otherwise, the next sign of life lets go of."""
        self._in_hand[campaign_id, number] += 1
        try:
            yield
        finally:
            self._in_hand -= Counter([(campaign_id, number)])  # which keeps none of zero

    async def beat(self) -> None:
        """Give a sign of life, learn what this process may have of the relay, and let go of what it has not in hand.

        Raises:
            StoreError: when the store cannot be written.
        """
        in_use = [lane.open_slots.hold() for lane in self.lanes]
        try:
            shares = await asyncio.to_thread(self._sign, in_use)
        except StoreError:
            for lane, count in zip(self.lanes, in_use, strict=True):
                await lane.open_slots.allow(count)
            raise
        try:
            await asyncio.to_thread(self.app.store.require_known_tables)
        except OutgrownError as error:
            self.outgrown_by(error)
        self._allowed = sum(allowed for allowed, _ in shares)
        for lane, (allowed, paused) in zip(self.lanes, shares, strict=True):
            await lane.allow(allowed, paused)
        await self._look_at_relays()
        self._tell()
        await asyncio.to_thread(self._let_go_of_the_rest)

    async def beat_on(self) -> None:
        """Give signs of life until `end`; not cancelled, since a sign under way would come after the leaving."""
        told = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._cluster.heartbeat.total_seconds()):
                    await self._stirred.wait()
            self._stirred.clear()
            if self._ended:
                return
            try:
                await self.beat()
                told = False
            except StoreError as error:
                if not told:
                    log.warning("no sign of life could be given", error=str(error))
                told = True

    async def follow_relays(self) -> None:
        """Learn at once what others found out of the relays, until cancelled."""
        while True:
            await self._heard_of_relays.wait()
            self._heard_of_relays.clear()
            with suppress(StoreError):  # the next sign of life tells of that
                await self._look_at_relays()

    async def _look_at_relays(self) -> None:
        def read() -> tuple[Mapping[str, Throttle], float]:
            with self.app.store.read() as connection:
                return rates.throttles(connection, [lane.key for lane in self.lanes])

        throttles, now = await asyncio.to_thread(read)
        for lane in self.lanes:
            if lane.key in throttles:
                lane.learn(throttles[lane.key], now)

    def _lane(self, relay: str) -> Lane:
        (lane,) = (lane for lane in self.lanes if lane.name == relay)
        return lane

    def _hear(self, what: str) -> None:
        self.bell.ring()
        if what == RELAY:
            self._heard_of_relays.set()
        elif what != CAMPAIGN:
            self._stirred.set()

    def end(self) -> None:
        """Give no more signs of life."""
        self._ended = True
        self._stirred.set()

    async def leave(self) -> None:
        """Give back what this process has; what cannot be given back lapses."""
        await asyncio.gather(*self._pauses, *(lane.told() for lane in self.lanes), return_exceptions=True)
        with suppress(StoreError):
            await asyncio.to_thread(self._leave)

    def _sign(self, in_use: Sequence[int]) -> list[tuple[int, float]]:
        """By relay, how many connections this process may have, and for how many seconds it is to begin nothing."""
        rate = self._outcomes.rate()
        shares = {}
        with self.app.store.write() as connection:
            workers.sign(
                connection,
                self.id,
                name=self.name,
                kind=self._kind,
                version=workers.version_of(__version__),
                wants=self._wanting > 0,
                rate=rate,
                config=self.app.config.hash,
            )
            # In one order for all, so that nobody waits for who waits for them.
            for lane, count in sorted(zip(self.lanes, in_use, strict=True), key=lambda one: one[0].key):
                shares[lane.name] = rates.share(
                    connection,
                    lane.key,
                    self.id,
                    total=lane.smtp.connections,
                    in_use=count,
                    lost_after=self.lost_after,
                )
        return [shares[lane.name] for lane in self.lanes]

    def _let_go_of_the_rest(self) -> None:
        """Of what the store says is held here, and is not: it could not be written when a chunk was let go of.

        Or it is a standby that took the other's place, and has not heard of it. Nobody else would free such a chunk
        while this process is alive. What is in hand is looked at second: it is so before the store says it, and until
        the store says otherwise.
        """
        with self.app.store.read() as connection:
            held = chunks.held_by(connection, self.id)
        for campaign_id, lease in held:
            if not self._in_hand[campaign_id, lease.chunk]:
                with self.app.store.write() as connection:
                    campaign = campaigns.by_id(connection, campaign_id)
                    if campaign is not None:
                        chunks.let_go(connection, campaign, lease)

    def _leave(self) -> None:
        self._let_go_of_the_rest()
        for lane in self.lanes:
            lane.give_back()
        with self.app.store.write() as connection:
            workers.leave(connection, self.id)

    async def _pause(self, relay: str, seconds: float) -> None:
        key = self._lane(relay).key

        def write() -> None:
            with self.app.store.write() as connection:
                rates.pause(connection, key, seconds)

        with suppress(StoreError):  # this process pauses in any case
            await asyncio.to_thread(write)

    async def _heard(self) -> None:
        """Wait for news of the share, or for the end."""
        news = asyncio.ensure_future(self._shares.wait())
        stop = asyncio.ensure_future(self.app.stopping.wait())
        try:
            await asyncio.wait({news, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            stop.cancel()

    def _tell(self) -> None:
        self._shares.set()
        self._shares = asyncio.Event()


def _is_true(edition: Edition | None, now: datetime) -> bool:
    return edition is None or as_of(edition, now) == edition


@asynccontextmanager
async def taking_part(app: App, kind: str, now: datetime | None = None) -> AsyncIterator[Part]:
    """Be one of those who share campaigns while the context is open.

    Args:
        app: what to work with; its store is shared.
        kind: which command this is, for a reader: "worker", "run" or "send".
        now: the present to assume; the clock then runs on from there.

    Raises:
        OutgrownError: at the end, when it ended because the tables are of a newer version.
        StoreError: when no first sign of life can be given.
    """
    part = Part(app, kind, ahead=now - app.now if now is not None else timedelta())
    async with AsyncExitStack() as opened:
        for lane in part.lanes:
            relay = await opened.enter_async_context(open_relay(lane.smtp, app.mailbox, share=lane.share))
            lane.slots = Slots(relay.connect)
        part.open()
        await part.beat()
        beating, listening = asyncio.create_task(part.beat_on()), asyncio.create_task(part.listen())
        following = asyncio.create_task(part.follow_relays())
        try:
            yield part
        finally:
            part.end()
            listening.cancel()
            following.cancel()
            await asyncio.wait({beating, listening, following})
            for lane in part.lanes:
                await lane.open_slots.allow(0)
            await part.leave()
    if part.outgrown is not None:
        raise part.outgrown
