"""Who asked to be written to, or was invited, and has yet to confirm: asked, counted, confirmed, erased.

What a stranger asks is written down without a look at whom the address belongs to, so that the work, and with it the
time, is the same for every address. Whether a letter goes to it is found when the letter is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from digest.config.addresses import address_key
from digest.store.sql.upsert import insert_for
from digest.store.tables import sign_ups

VALID = timedelta(days=7)
"""How long a sign-up may be confirmed; then it is erased."""

COUNTED = timedelta(days=1)
"""The time within which sign-ups are counted against the limits."""


def _number(name: str, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    late = sign_ups.c.asked_at > bindparam("since")
    return select(func.count()).where(late, *conditions).scalar_subquery().label(name)


_COUNTS = select(
    _number("address", sign_ups.c.address_key == bindparam("key")),
    _number("domain", sign_ups.c.domain == bindparam("domain")),
    _number("network", sign_ups.c.network == bindparam("network"), sign_ups.c.network != ""),
    _number("site", sign_ups.c.domain != ""),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignUp:
    """One wish to be written to, or an invitation."""

    id: int
    address: str
    name: str
    list_names: tuple[str, ...]
    network: str  # where it came from, such as "192.0.2.0/24"; "" where that is not known
    language: str | None  # that it was asked in; None where none was wanted
    invited: bool  # by an organiser; else somebody asked for it
    asked_at: datetime
    confirmed_at: datetime | None
    attempts: int  # of the letter that waits

    @property
    def expires_at(self) -> datetime:
        """Until when it may be confirmed."""
        return self.asked_at + VALID


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is asked for."""

    address: str
    name: str
    list_names: tuple[str, ...]
    network: str = ""
    language: str | None = None  # that they read the form in, where they wanted one
    invited: bool = False
    proof: str | None = None  # of work, 64 characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Sign-ups of late."""

    address: int
    domain: int
    network: int  # 0 where it is not known
    site: int


def count(connection: Connection, wish: Wish, now: datetime) -> Counts:
    """How many there were within `COUNTED`, also those that came to nothing; one statement, whatever is asked.

    An invitation counts for its address alone.
    """
    own = {"key": address_key(wish.address), "domain": _domain(wish), "network": wish.network, "since": now - COUNTED}
    row = connection.execute(_COUNTS, own).one()
    return Counts(address=row.address, domain=row.domain, network=row.network, site=row.site)


def ask(connection: Connection, wish: Wish, now: datetime, *, letter: bool) -> int | None:
    """Write a sign-up down, and whether a letter is to go; its id, or None where its proof of work has served.

    Of two that bring one proof at the same instant one is written down.
    """
    values = {
        "address": wish.address,
        "address_key": address_key(wish.address),
        "domain": "" if wish.invited else _domain(wish),
        "network": wish.network,
        "name": wish.name,
        "list_names": list(wish.list_names),
        "language": wish.language,
        "invited": wish.invited,
        "asked_at": now.replace(microsecond=0),  # as links hold it
        "letter_at": now if letter else None,
        "proof": wish.proof,
    }
    written = insert_for(connection, sign_ups).values(**values).on_conflict_do_nothing(index_elements=["proof"])
    return connection.execute(written.returning(sign_ups.c.id)).scalar_one_or_none()


def find(connection: Connection, sign_up_id: int, asked_at: datetime) -> SignUp | None:
    """A sign-up by what its link holds: ids are given anew once the last are erased."""
    row = connection.execute(
        select(sign_ups).where(sign_ups.c.id == sign_up_id, sign_ups.c.asked_at == asked_at)
    ).one_or_none()
    return None if row is None else _read(row)


def of_address(connection: Connection, address: str) -> Sequence[SignUp]:
    """What is held of an address, the oldest first."""
    query = select(sign_ups).where(sign_ups.c.address_key == address_key(address)).order_by(sign_ups.c.id)
    return [_read(row) for row in connection.execute(query)]


def confirm(connection: Connection, sign_up: SignUp, now: datetime) -> bool:
    """Write down that it is confirmed, and that the letter of welcome is to go; False where it was already."""
    own = update(sign_ups).where(sign_ups.c.id == sign_up.id, sign_ups.c.confirmed_at.is_(None))
    return connection.execute(own.values(confirmed_at=now, letter_at=now, attempts=0)).rowcount > 0


def next_letter(connection: Connection, now: datetime, *, only: int | None = None) -> SignUp | None:
    """The sign-up whose letter has waited longest, if any is due."""
    query = select(sign_ups).where(sign_ups.c.letter_at <= now).order_by(sign_ups.c.letter_at, sign_ups.c.id).limit(1)
    row = connection.execute(query if only is None else query.where(sign_ups.c.id == only)).one_or_none()
    return None if row is None else _read(row)


def put_letter_off(connection: Connection, sign_up: SignUp, until: datetime) -> None:
    """Write down that its letter is tried, and when again if nothing more is heard of it."""
    own = update(sign_ups).where(sign_ups.c.id == sign_up.id)
    connection.execute(own.values(letter_at=until, attempts=sign_up.attempts + 1))


def end_letter(connection: Connection, sign_up: SignUp) -> None:
    """Write down that its letter has gone, or is not to; one that became due in between stays."""
    same = sign_ups.c.confirmed_at.is_not_distinct_from(sign_up.confirmed_at)
    connection.execute(update(sign_ups).where(sign_ups.c.id == sign_up.id, same).values(letter_at=None))


def erase_expired(connection: Connection, now: datetime) -> int:
    """Erase what can be confirmed no more; how much that was."""
    return connection.execute(delete(sign_ups).where(sign_ups.c.asked_at < now - VALID)).rowcount


def _domain(wish: Wish) -> str:
    return address_key(wish.address).rpartition("@")[2]


def _read(row: Row[Any]) -> SignUp:
    return SignUp(
        id=row.id,
        address=row.address,
        name=row.name,
        list_names=tuple(row.list_names),
        language=row.language,
        network=row.network,
        invited=row.invited,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        attempts=row.attempts,
    )
