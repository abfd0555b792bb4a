"""The relays of `[[relays]]` as one process has them: who gets which deliveries of a chunk, for all workers to see."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from digest.app import App
from digest.config import RelayConfig
from digest.deliver import Candidate, Choice, FairShare, Relay, kept, open_relay
from digest.model import Delivery
from digest.store.campaigns import Campaign
from digest.store.outbox import rates
from digest.store.outbox import relays as standing
from digest.store.outbox.relays import Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What of some deliveries each relay gets."""

    by_relay: Mapping[str, Sequence[Delivery]]
    later: Sequence[Delivery]  # that none of them may be given today
    standings: Mapping[str, Standing]  # of each, before
    well: frozenset[str]
    day: date  # on which they count


@dataclass(frozen=True, kw_only=True, slots=True)
class Carriers:
    """What this process sends over, and whose turn it is."""

    relays: Mapping[str, Relay]  # by name, at least one
    is_alone: bool = False  # it is the server of [smtp]: nothing is shared out
    choice: Choice = field(default_factory=Choice)

    def share_out(
        self,
        app: App,
        campaign: Campaign,
        deliveries: Sequence[Delivery],
        now: datetime,
        *,
        is_open: Mapping[str, bool],
        without: Collection[str],
    ) -> Parts | None:
        """Give deliveries of one chunk to relays; those that none may be given today wait for tomorrow.

        Where relays failed just now, nobody waits so long for want of them.

        What is given counts for the day at once, so that all workers together stay within a relay's maximum.

        Args:
            app: what to work with.
            campaign: whose.
            deliveries: at least one.
            now: decides which day it is.
            is_open: by relay, whether this process may send over it now.
            without: relays that failed just now.

        Returns:
            None where another has taken over the chunk.
        """
        zone = app.config.network.zone
        day = now.astimezone(zone).date()
        configs = {one.name: one for one in app.config.relays if one.name in self.relays and one.name not in without}
        with app.store.write() as connection:
            standing.lock_day(connection, configs, day)
            standings = standing.standings(connection, configs, day)
            candidates = [_candidate(one, standings[name], is_open[name]) for name, one in configs.items()]
            domains = [one.recipient.address.rpartition("@")[2].casefold() for one in deliveries]
            shared = self.choice.share_out(domains, candidates)
            by_relay = {name: [deliveries[place] for place in places] for name, places in shared.by_relay.items()}
            if not standing.give(connection, campaign, by_relay):
                return None
            standing.count_given(connection, {name: len(given) for name, given in by_relay.items()}, day)
            later = [deliveries[place] for place in shared.later]
            if later and not without:
                standing.put_off(connection, campaign, later, datetime.combine(day + timedelta(days=1), time(), zone))
        well = frozenset(one.name for one in candidates if one.is_well)
        return Parts(by_relay=by_relay, later=later, standings=standings, well=well, day=day)


@asynccontextmanager
async def open_carriers(app: App) -> AsyncIterator[Carriers]:
    """What this process sends over, where it is alone; as many connections as are configured."""
    if not app.config.relays:
        async with open_relay(app.config.smtp, app.mailbox) as relay:
            yield Carriers(relays={relay.name: relay}, is_alone=True)
        return
    servers = app.config.servers
    relays = {name: kept(name, one, FairShare(one.connections, one.rate, one.burst)) for name, one in servers.items()}
    try:
        for name, relay in relays.items():
            await relay.allow(servers[name].connections)
        yield Carriers(relays=relays)
    finally:
        for relay in relays.values():
            await relay.allow(0)


def settle(app: App, name: str, day: date, *, back: int, paused: float, recovered: bool, failure: str | None) -> None:
    """Write down what a relay's part of a chunk came to, where that is worth a word.

    Args:
        app: what to work with.
        name: of the relay.
        day: on which the part was counted.
        back: how many of it were not sent, or put off by the server.
        paused: seconds for which it is to be left alone still.
        recovered: it took a mail, having failed before.
        failure: why it takes nothing now.
    """
    if not (back or paused or recovered or failure):
        return
    with app.store.write() as connection:
        if back:
            standing.count_given(connection, {name: -back}, day)
        if paused:
            rates.pause(connection, name, paused)
        if failure:
            standing.fail(connection, name, failure)
        elif recovered:
            standing.recover(connection, name)


def of_relay(told: str, name: str) -> str:
    """What is told of the one server of `[smtp]`, as it is of this relay."""
    return told.replace("[smtp]", f'[[relays]] "{name}"')


def _candidate(relay: RelayConfig, known: Standing, is_open: bool) -> Candidate:
    maximum = relay.maximum(known.days)
    return Candidate(
        name=relay.name,
        weight=relay.weight,
        domains=frozenset(relay.domains),
        left=None if maximum is None else max(maximum - known.today, 0),
        is_well=is_open and not known.paused and not known.failing,
    )
