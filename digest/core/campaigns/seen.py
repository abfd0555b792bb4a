"""Workers and relays as whoever looks after them sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app import App
from digest.config import RelayConfig, Smtp
from digest.core.campaigns.lane import key_of
from digest.core.campaigns.lookup import cluster_of
from digest.store.outbox import relays, workers
from digest.store.outbox.relays import Standing
from digest.store.outbox.workers import Seen

__all__ = ["Seen", "SeenRelay", "otherwise_configured", "outdated", "seen_relays", "seen_workers"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenRelay:
    """A relay and how it stands for all workers."""

    name: str
    state: str  # "ok", "paused", "failing", or "full": it is given no more today
    until: float  # seconds for which it is paused or let be, else 0
    failure: str  # why it was last let be; "" once it has taken a mail
    rate: float | None  # mails a second of all workers together; None for no limit
    connections: int  # likewise
    today: int  # mails that it was given today
    maximum: int | None  # that it may be given today

    @property
    def today_told(self) -> str:
        """Its day in words; "" for one of which nothing is counted."""
        if self.maximum is not None:
            return f"{self.today} of {self.maximum} today"
        return f"{self.today} today" if self.today else ""


def seen_workers(app: App) -> tuple[Seen, ...]:
    """The workers there are; none where nobody shares campaigns."""
    if not app.store.shared:
        return ()
    with app.store.read() as connection:
        return workers.seen(connection, cluster_of(app).lost_after)


def outdated(seen: Sequence[Seen]) -> str:
    """What is to be done about workers of an older version that are alive; "" where there are none."""
    names = [one.name for one in seen if one.is_alive and one.is_outdated]
    if not names:
        return ""
    many = len(names) > 1
    are = f"workers {', '.join(names)} are" if many else f"worker {names[0]} is"
    return f"{are} of an older version than the tables; upgrade and start {'them' if many else 'it'} again"


def otherwise_configured(app: App, seen: Sequence[Seen]) -> str:
    """Which workers are alive and go by another configuration than this process; "" where there are none."""
    names = [one.name for one in seen if one.is_alive and one.config not in (None, app.config.hash)]
    if not names:
        return ""
    go = f"workers {', '.join(names)} go" if len(names) > 1 else f"worker {names[0]} goes"
    return f"{go} by another config.toml than this one: they are to be the same on every machine, and read at the start"


def seen_relays(app: App, now: datetime) -> tuple[SeenRelay, ...]:
    """The relays in use, in the order of config.toml; the server of `[smtp]` where there are none."""
    servers = app.config.servers
    keys = {name: key_of(app.config, name, smtp) for name, smtp in servers.items()}
    day = now.astimezone(app.config.network.zone).date()
    with app.store.read() as connection:
        standings = relays.standings(connection, keys.values(), day)
    return tuple(_seen(name, smtp, standings[keys[name]]) for name, smtp in servers.items())


def _seen(name: str, smtp: Smtp, known: Standing) -> SeenRelay:
    maximum = smtp.maximum(known.days) if isinstance(smtp, RelayConfig) else None
    states = {
        "failing": known.failing > 0,
        "paused": known.paused > 0,
        "full": maximum is not None and known.today >= maximum,
        "ok": True,
    }
    return SeenRelay(
        name=name,
        state=next(state for state, holds in states.items() if holds),
        until=max(known.failing, known.paused),
        failure=known.failure,
        rate=smtp.rate,
        connections=smtp.connections,
        today=known.today,
        maximum=maximum,
    )
