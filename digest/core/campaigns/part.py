"""Taking part: a process among those that share campaigns, with its sign of life and its share of the relay."""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

import structlog

from digest import __version__
from digest.app import App
from digest.compose import as_of
from digest.core.campaigns.frozen import current_mail
from digest.core.campaigns.lookup import cluster_of
from digest.core.mail.personal import Mail
from digest.deliver import FairShare, Relay, SharedPace, Slots, Starts, open_relay
from digest.errors import StoreError
from digest.model import Edition, Lease
from digest.store.campaigns import Campaign
from digest.store.outbox import chunks, rates, workers

log = structlog.get_logger("digest.worker")

_MADE_UP = 0.25  # seconds: what passes of the rate while nobody happens to ask for a slice


@dataclass(frozen=True, slots=True)
class _Kept:
    content_hash: str
    mail: Mail
    edition: Edition | None


class Part:
    """What a process needs to send chunks beside others. Made by `taking_part`."""

    def __init__(self, app: App, kind: str, *, ahead: timedelta) -> None:
        self.app = app
        self.id = token_hex(10)
        self.name = f"{socket.gethostname()} {os.getpid()}"
        self.places: Counter[int] = Counter()  # by campaign: how many connections the server last bore
        self._kind = kind
        self._ahead = ahead
        self._cluster = cluster_of(app)
        smtp = app.config.smtp
        self._relay_name = "embedded" if smtp.embedded else f"{smtp.host}:{smtp.port or ''}"
        self._pace = SharedPace(smtp.rate, smtp.burst, self._lease) if smtp.rate else None
        self._ahead_of_pace = max((smtp.burst - 1) / smtp.rate, _MADE_UP) if smtp.rate else 0.0  # seconds
        self._leased: rates.Slice | None = None  # the latest slice of the rate
        self.share = FairShare(smtp.connections, pace=self._pace)
        self._mails: dict[int, _Kept] = {}
        self._wanting = 0  # chunks that are sent, or wait for a place
        self._sending = 0
        self._allowed = 0
        self._stirred = asyncio.Event()  # have `_beat_on` look at once
        self._news = asyncio.Event()  # set once and replaced: the share has changed
        self._owed: list[tuple[Campaign, Lease]] = []  # chunks that could not be let go of
        self._ended = False
        self._pauses: set[asyncio.Task[None]] = set()
        self.slots: Slots | None = None

    def now(self) -> datetime:
        """The present as the command sees it."""
        return self.app.now + self._ahead

    @property
    def lost_after(self) -> timedelta:
        """Who gave no sign of life for so long holds nothing any more."""
        return self._cluster.lost_after

    @property
    def relay(self) -> Relay:
        """The relay, as far as it is this process's."""
        assert self.slots is not None  # noqa: S101  (`taking_part` sets it)
        return Relay(self.slots.connect, self.share)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Wait until a chunk more can be sent over what this process has of the relay; False when it is to stop."""
        self._wanting += 1
        self._stirred.set()
        try:
            while not self.app.stopping.is_set() and self._sending >= self._allowed:
                await self._heard()
            self._sending += 1
            try:
                yield not self.app.stopping.is_set()
            finally:
                self._sending -= 1
        finally:
            self._wanting -= 1
            self._tell()

    def mail(self, campaign: Campaign, now: datetime) -> tuple[Mail, Edition | None] | None:
        """As `frozen.current_mail`, kept from one chunk to the next."""
        kept, content = self._mails.get(campaign.id), campaign.content_hash
        if kept is not None and kept.content_hash == content and _is_true(kept.edition, now):
            return kept.mail, kept.edition
        found = current_mail(self.app, campaign, now)
        if found is not None:
            self._mails[campaign.id] = _Kept(content, *found)
        return found

    def paused(self, seconds: float) -> None:
        """The server asked this process for less: so it does all."""
        task = asyncio.create_task(self._pause(seconds))
        self._pauses.add(task)
        task.add_done_callback(self._pauses.discard)

    def owe(self, campaign: Campaign, lease: Lease) -> None:
        """Let go of a chunk as soon as the store can be written again."""
        self._owed.append((campaign, lease))

    async def beat(self) -> None:
        """Give a sign of life, and learn what this process may have of the relay.

        Raises:
            StoreError: when the store cannot be written.
        """
        assert self.slots is not None  # noqa: S101
        in_use = self.slots.hold()
        try:
            allowed, paused = await asyncio.to_thread(self._sign, in_use)
        except StoreError:
            await self.slots.allow(in_use)
            raise
        if paused:
            self.share.pause_until(asyncio.get_running_loop().time() + paused)
            await self.slots.close_idle()
        self._allowed = allowed
        self.share.allow(allowed)
        await self.slots.allow(allowed)
        self._tell()

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
                await asyncio.to_thread(self._pay)
                told = False
            except StoreError as error:
                if not told:
                    log.warning("no sign of life could be given", error=str(error))
                told = True

    def end(self) -> None:
        """Give no more signs of life."""
        self._ended = True
        self._stirred.set()

    async def leave(self) -> None:
        """Give back what this process has; what cannot be given back lapses."""
        await asyncio.gather(*self._pauses, return_exceptions=True)
        with suppress(StoreError):
            await asyncio.to_thread(self._leave)

    def _sign(self, in_use: int) -> tuple[int, float]:
        connections = self.app.config.smtp.connections
        with self.app.store.write() as connection:
            workers.sign(
                connection,
                self.id,
                name=self.name,
                kind=self._kind,
                version=__version__,
                wants=self._wanting > 0,
            )
            return rates.share(
                connection,
                self._relay_name,
                self.id,
                total=connections,
                in_use=in_use,
                lost_after=self.lost_after,
            )

    def _pay(self) -> None:
        while self._owed:
            with self.app.store.write() as connection:
                chunks.let_go(connection, *self._owed[-1])
            self._owed.pop()

    def _leave(self) -> None:
        self._pay()
        with self.app.store.write() as connection:
            if self._leased is not None and self._pace is not None and self._pace.unused:
                rates.give_back(connection, self._relay_name, self._leased, self._pace.unused)
            workers.leave(connection, self.id)

    async def _lease(self, count: int) -> Starts:
        def take() -> rates.Slice:
            interval = 1 / (self.app.config.smtp.rate or 1)
            with self.app.store.write() as connection:
                return rates.lease(connection, self._relay_name, count, interval=interval, ahead=self._ahead_of_pace)

        self._leased = await asyncio.to_thread(take)
        return Starts(self._leased.first_in, self._leased.interval, self._leased.count)

    async def _pause(self, seconds: float) -> None:
        def write() -> None:
            with self.app.store.write() as connection:
                rates.pause(connection, self._relay_name, seconds)

        with suppress(StoreError):  # this process pauses in any case
            await asyncio.to_thread(write)

    async def _heard(self) -> None:
        """Wait for news of the share, or for the end."""
        news = asyncio.ensure_future(self._news.wait())
        stop = asyncio.ensure_future(self.app.stopping.wait())
        try:
            await asyncio.wait({news, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            stop.cancel()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


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
        StoreError: when no first sign of life can be given.
    """
    part = Part(app, kind, ahead=now - app.now if now is not None else timedelta())
    async with open_relay(app.config.smtp, app.mailbox, share=part.share) as relay:
        part.slots = Slots(relay.connect)
        await part.beat()
        beating = asyncio.create_task(part.beat_on())
        try:
            yield part
        finally:
            part.end()
            await asyncio.wait({beating})
            await part.slots.allow(0)
            await part.leave()
