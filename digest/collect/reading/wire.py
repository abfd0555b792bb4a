"""What passes between the process that reads and the one that asked.

A task is pickled, because who asks is trusted. An answer is not: it is frames of JSON, each with a kind and a size,
checked by the types of the model, and what the reading has no say in is set by who asked.
"""

import json
import pickle
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import IntEnum
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from digest.collect.reading.task import Read, Task, bare
from digest.model import Item

T = TypeVar("T")

HEAD = struct.Struct(">BI")  # a frame's kind, and how many bytes follow
SIZE = struct.Struct(">Q")  # of a task

OUT_OF_MEMORY = 3
"""The exit code that says so: without memory nothing else could be told."""

_BATCH = 1_000_000  # bytes of items in a frame: so much is checked at a time, while the pages must be answered
_LONGEST_MESSAGE = 10_000  # characters
_MOST_LINES = 30  # of what could not be read
_TIMES = ("published_at", "starts_at", "ends_at", "closes_at")
_ITEMS: TypeAdapter[tuple[Item, ...]] = TypeAdapter(tuple[Annotated[Item, Field(discriminator="kind")], ...])
_ITEM: TypeAdapter[Item] = TypeAdapter(Annotated[Item, Field(discriminator="kind")])
_END: TypeAdapter[tuple[tuple[str, ...], int]] = TypeAdapter(tuple[tuple[str, ...], int])


class Frame(IntEnum):
    """What a frame tells."""

    READY = 1  # the process can be asked
    ITEMS = 2  # some of the items, in order
    END = 3  # no more items; what could not be read, and by how many bytes the process has grown
    FAILED = 4  # a SourceError, as text
    BROKEN = 5  # a mistake of ours, as text


class GarbledError(Exception):
    """The answer is none that a sound process gives."""


def pack_task(task: Task) -> bytes:
    """A task as bytes, without the secrets of its source."""
    packed = pickle.dumps(replace(task, source=bare(task.source)))
    return SIZE.pack(len(packed)) + packed


def unpack_task(packed: bytes) -> Task:
    """The task; only for bytes that come from who started the process."""
    task: Task = pickle.loads(packed)  # noqa: S301
    return task


def pack(kind: Frame, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return HEAD.pack(kind, len(payload)) + payload


def pack_text(kind: Frame, text: str) -> bytes:
    """A frame that tells why there is no answer."""
    return pack(kind, text[:_LONGEST_MESSAGE].encode("utf-8", "replace"))


def pack_read(read: Read, grown: int) -> Iterator[bytes]:
    """An answer as frames.

    Args:
        read: what came of the task.
        grown: how many bytes more the process needs than before it first read something.
    """
    batch: list[bytes] = []
    size = 0
    for item in read.items:
        # Lone surrogates are no characters, and become "?".
        row = json.dumps(_ITEM.dump_python(item, mode="json"), ensure_ascii=False).encode("utf-8", "replace")
        batch.append(row)
        size += len(row)
        if size > _BATCH:
            yield pack(Frame.ITEMS, b"[" + b",".join(batch) + b"]")
            batch, size = [], 0
    if batch:
        yield pack(Frame.ITEMS, b"[" + b",".join(batch) + b"]")
    unreadable = [line[:_LONGEST_MESSAGE] for line in read.unreadable]
    yield pack(Frame.END, json.dumps([unreadable, grown]).encode())


def unpack_items(payload: bytes, task: Task, first_seen: Mapping[str, datetime]) -> tuple[Item, ...]:
    """The items of a frame; only what a reading finds out is taken from it.

    Args:
        payload: of the frame.
        task: what was asked.
        first_seen: when the items that are known were seen first, by their keys.

    Raises:
        GarbledError: when they are no items, or their times are in no zone.
    """
    items = _checked(_ITEMS.validate_json, payload)
    for item in items:
        times = (getattr(item, name, None) for name in _TIMES)
        if any(time is not None and time.tzinfo is None for time in times):
            raise GarbledError
    return tuple(
        replace(
            item,
            source=task.source.name,
            first_seen_at=first_seen.get(item.key, task.now),
            origins=(),
            replaces=(),
            withdrawn=False,
            hidden=False,
            pinned=False,
            note="",
        )
        for item in items
    )


def unpack_end(payload: bytes) -> tuple[tuple[str, ...], int]:
    """What could not be read, and by how many bytes the process has grown.

    Raises:
        GarbledError: when it is anything else.
    """
    unreadable, grown = _checked(_END.validate_json, payload)
    return tuple(line[:_LONGEST_MESSAGE] for line in unreadable[:_MOST_LINES]), grown


def unpack_text(payload: bytes) -> str:
    """Why there is no answer."""
    return payload.decode("utf-8", "replace")[:_LONGEST_MESSAGE]


def _checked(check: Callable[[bytes], T], payload: bytes) -> T:
    try:
        return check(payload)
    except ValidationError:
        raise GarbledError from None
