"""Pictures that are kept, and what came of the addresses that sources give; `picture_files` has their bytes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, select, update

from digest.model import Picture, PictureFile
from digest.store.sql.upsert import upsert
from digest.store.tables import picture_addresses, pictures

_A_DAY = timedelta(days=1)
_AT_ONCE = 500  # names or addresses in a statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What came of an address."""

    picture: str | None  # the name of its large file; None where it could not be had
    version: str  # of a file on this machine
    asked_at: datetime
    failures: int  # in a row
    trouble: str  # why it could not be had, as it follows the address


def asked(connection: Connection, addresses: Iterable[str]) -> Mapping[str, Asked]:
    """Of these addresses those that were ever asked."""
    found: dict[str, Asked] = {}
    for some in _batches(addresses):
        query = select(picture_addresses).where(picture_addresses.c.address.in_(some))
        for row in connection.execute(query):
            found[row.address] = Asked(
                picture=row.picture,
                version=row.version,
                asked_at=row.asked_at,
                failures=row.failures,
                trouble=row.trouble,
            )
    return found


def failures(connection: Connection, address: str) -> int:
    """How often in a row an address gave none."""
    known = asked(connection, [address]).get(address)
    return known.failures if known else 0


def pictures_at(connection: Connection, addresses: Iterable[str]) -> Mapping[str, Picture]:
    """The pictures that these addresses gave."""
    found: dict[str, Picture] = {}
    for some in _batches(addresses):
        query = (
            select(picture_addresses.c.address, pictures)
            .join(pictures, pictures.c.name == picture_addresses.c.picture)
            .where(picture_addresses.c.address.in_(some))
        )
        found |= {row.address: _picture(row) for row in connection.execute(query)}
    return found


def named(connection: Connection, names: Iterable[str]) -> Mapping[str, Picture]:
    """The pictures whose large file has one of these names."""
    found: dict[str, Picture] = {}
    for some in _batches(names):
        query = select(pictures).where(pictures.c.name.in_(some))
        found |= {row.name: _picture(row) for row in connection.execute(query)}
    return found


def keep(connection: Connection, picture: Picture, now: datetime) -> None:
    """Remember a picture whose files are there."""
    large, small = picture.large, picture.small
    values = {
        "width": large.width,
        "height": large.height,
        "small_name": small.name,
        "small_width": small.width,
        "small_height": small.height,
        "used_at": now,
    }
    upsert(connection, pictures, {"name": large.name}, values)


def record_found(connection: Connection, address: str, picture: Picture, *, version: str, now: datetime) -> None:
    """The address gave this picture, which is kept."""
    values = {"picture": picture.large.name, "version": version, "asked_at": now, "failures": 0, "trouble": ""}
    upsert(connection, picture_addresses, {"address": address}, values)


def record_trouble(
    connection: Connection, address: str, trouble: str, *, version: str, failures: int, now: datetime
) -> None:
    """The address gave none; what it gave before stays shown."""
    values = {"version": version, "asked_at": now, "failures": failures, "trouble": trouble}
    upsert(connection, picture_addresses, {"address": address}, values)


def touch(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Note that these are in use, by the names of either file; to the day, since it is asked again and again."""
    for some in _batches(names):
        used = pictures.c.name.in_(some) | pictures.c.small_name.in_(some)
        noted = pictures.c.used_at < now - _A_DAY
        connection.execute(update(pictures).where(used, noted).values(used_at=now))


def unused(connection: Connection, before: datetime) -> frozenset[str]:
    """The names of the files of pictures that nothing was seen to use since then."""
    rows = connection.execute(select(pictures.c.name, pictures.c.small_name).where(pictures.c.used_at < before))
    return frozenset(name for row in rows for name in row)


def erase_unused(connection: Connection, before: datetime) -> int:
    """Forget the pictures that nothing has used since then, and the addresses that gave them; how many they were."""
    gone = select(pictures.c.name).where(pictures.c.used_at < before)
    connection.execute(delete(picture_addresses).where(picture_addresses.c.picture.in_(gone)))
    stale = picture_addresses.c.picture.is_(None) & (picture_addresses.c.asked_at < before)
    connection.execute(delete(picture_addresses).where(stale))
    return connection.execute(delete(pictures).where(pictures.c.used_at < before)).rowcount


def files(connection: Connection) -> frozenset[str]:
    """The names of all files that belong to a picture."""
    rows = connection.execute(select(pictures.c.name, pictures.c.small_name))
    return frozenset(name for row in rows for name in row)


def _picture(row: Row[tuple[object, ...]]) -> Picture:
    return Picture(
        large=PictureFile(name=row.name, width=row.width, height=row.height),
        small=PictureFile(name=row.small_name, width=row.small_width, height=row.small_height),
    )


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _AT_ONCE):
        yield distinct[start : start + _AT_ONCE]
