"""What this process has on the wire, noted where its death leaves it readable: a mapped file, which costs no flush.

The ledger alone says of everything claimed that it is perhaps delivered. The note tells which of it had been begun, so
that after a killed process the rest goes on by itself. It is believed only of a process that is dead (its lock is
free), under the same boot of this machine (after a power cut nothing that was not flushed is true), and only about a
delivery whose chunk has the fence that it was claimed with. Without a note, or without a place in it, everything
claimed stays in doubt: a note can only ever make a doubt smaller.

A place is two words of eight bytes, each written by one store, so that no end leaves half of one: the delivery's id,
then its fence and state together. Claimed is noted before the claim is committed, begun before a byte leaves, and a
place is free again only once what came of it is durable.
"""

import fcntl
import mmap
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import Self

from digest.model import Accepted, Delivery, Lease, Outcome, Unknown
from digest.store.engine import Store

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MAGIC = b"digest on the wire 1"
_HEADER = struct.Struct("20s 36s 16s 24x")  # magic, boot, store; a multiple of a place, so that words are aligned
_PLACE = 16  # bytes
_PLACES = 4096  # more than twice as many as any process has connections; who finds none is not noted
_STATES = 8  # what the fence is multiplied by


class State(IntEnum):
    """How far a delivery had come; 0 is a free place."""

    CLAIMED = 1  # nothing of it has left
    BEGUN = 2  # the server may have it
    ACCEPTED = 3  # the server has it
    REFUSED = 4  # the server has said that it does not


_KNOWN = frozenset(int(state) for state in State)


@dataclass(frozen=True, slots=True)
class Noted:
    """What the note of a dead process says of one delivery."""

    delivery_id: int
    fence: int
    state: State


class WireNote:
    """The note of one ledger; made by `open`. Where it cannot be kept, nothing is noted and all is as without it."""

    def __init__(self, file: "_File | None") -> None:
        self._file = file
        self._places: dict[int, int] = {}  # of a delivery's id: where it stands
        self._free = list(range(_PLACES)) if file is not None else []

    @classmethod
    def open(cls, store: Store) -> Self:
        """Begin a note, in a file of its own."""
        if (boot := _boot()) is None:
            return cls(None)
        folder = _folder(store)
        header = _HEADER.pack(_MAGIC, boot, _of(store))
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            return cls(_File(folder / token_hex(8), header))
        except OSError:  # a disk that is full, a folder that may not be written: everything claimed is in doubt then
            return cls(None)

    def claimed(self, deliveries: Iterable[Delivery]) -> None:
        """To be said before the claim is committed."""
        for delivery in deliveries:
            if self._file is None or not self._free or delivery.id in self._places:
                continue  # what stands here may be on the wire already; that is not to be taken back
            place = self._places[delivery.id] = self._free.pop()
            self._file.words[2 * place] = delivery.id
            self._set(place, delivery.lease, State.CLAIMED)

    def begun(self, delivery: Delivery) -> None:
        """To be said before anything of it leaves."""
        if (place := self._places.get(delivery.id)) is not None:
            self._set(place, delivery.lease, State.BEGUN)

    def answered(self, delivery: Delivery, outcome: Outcome) -> None:
        """The server has said what it makes of it."""
        place = self._places.get(delivery.id)
        if place is not None and not isinstance(outcome, Unknown):
            self._set(place, delivery.lease, State.ACCEPTED if isinstance(outcome, Accepted) else State.REFUSED)

    def settled(self, deliveries: Iterable[Delivery]) -> None:
        """What came of them is durable, or that nothing did."""
        for delivery in deliveries:
            if self._file is not None and (place := self._places.pop(delivery.id, None)) is not None:
                self._file.words[2 * place + 1] = 0
                self._free.append(place)

    def close(self) -> None:
        """End it; what is still noted is kept for whoever comes next."""
        file, self._file = self._file, None
        if file is not None:
            file.close(keep=bool(self._places))

    def _set(self, place: int, lease: Lease, state: State) -> None:
        if self._file is not None:
            self._file.words[2 * place + 1] = lease.fence * _STATES + state


class _File:
    """A mapped file that its owner's lock tells from those of the dead."""

    def __init__(self, path: Path, header: bytes) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(self._handle, 0, len(header) + _PLACES * _PLACE)  # a full disk would end us later
            self._map = mmap.mmap(self._handle, len(header) + _PLACES * _PLACE)
        except OSError:
            os.close(self._handle)
            path.unlink()
            raise
        self._all = memoryview(self._map)
        self.words = self._all[len(header) :].cast("Q")
        self._map[: len(header)] = header

    def close(self, *, keep: bool) -> None:
        self.words.release()
        self._all.release()
        self._map.close()
        if not keep:
            self._path.unlink(missing_ok=True)
        os.close(self._handle)


@dataclass(frozen=True, slots=True)
class Left:
    """What dead processes have left."""

    noted: tuple[Noted, ...]
    paths: tuple[Path, ...]  # of the notes, those of earlier boots among them, which say nothing any more


def left_by_the_dead(store: Store) -> Left:
    """Read every note whose owner is gone; where two disagree on a delivery, the server may have it."""
    found: dict[tuple[int, int], Noted] = {}
    paths = []
    for path in _paths(store):
        noted = _read(path, _boot(), _of(store))
        if noted is None:
            continue
        paths.append(path)
        for one in noted:
            key = one.delivery_id, one.fence
            agreed = found.setdefault(key, one) == one
            found[key] = one if agreed else Noted(*key, State.BEGUN)
    return Left(tuple(found.values()), tuple(paths))


def clear_away(left: Left) -> None:
    """What they have left is settled, or is to be believed no more."""
    for path in left.paths:
        path.unlink(missing_ok=True)


def _read(path: Path, boot: bytes | None, store: bytes) -> tuple[Noted, ...] | None:
    """What a note says: nothing where it is not to be believed; None where its owner lives, or it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        content = os.pread(handle, _HEADER.size + _PLACES * _PLACE, 0)
    except OSError:
        return None
    finally:
        os.close(handle)
    if boot is None or len(content) != _HEADER.size + _PLACES * _PLACE:
        return ()
    of = _HEADER.unpack_from(content)
    return tuple(_places(content)) if of == (_MAGIC, boot, store) else ()


def _places(content: bytes) -> Iterator[Noted]:
    words = struct.unpack_from(f"={2 * _PLACES}Q", content, _HEADER.size)
    for delivery_id, word in zip(words[::2], words[1::2], strict=True):
        fence, state = divmod(word, _STATES)
        if state in _KNOWN:
            yield Noted(delivery_id, fence, State(state))


def _paths(store: Store) -> list[Path]:
    try:
        return sorted(path for path in _folder(store).iterdir() if path.is_file())
    except OSError:
        return []


def _folder(store: Store) -> Path:
    return store.lock_folder / "wire"


def _of(store: Store) -> bytes:
    """Which store the ids are of, without telling its secret."""
    return blake2b(store.secret().encode(), digest_size=16, person=b"wire").digest()


def _boot() -> bytes | None:
    """This boot of this machine; None where the system does not tell."""
    try:
        boot = _BOOT_ID.read_bytes().strip()
    except OSError:
        return None
    return boot if len(boot) == 36 else None
