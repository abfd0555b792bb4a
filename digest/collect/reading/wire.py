"""What passes between the process that reads and the one that asked.

A task is pickled, because who asks is trusted. An answer is not: it is frames of JSON, each with a kind and a size.
"""

import json
import pickle
import struct
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, time
from enum import IntEnum
from typing import Any

from digest.collect.pictures import Made
from digest.collect.reading.task import PictureTask, Read, Task
from digest.model import Doubt, kept

HEAD = struct.Struct(">BI")  # a frame's kind, and how many bytes follow
SIZE = struct.Struct(">Q")  # of a task
FILE = struct.Struct(">3sHH")  # a picture's suffix, width and height, before its bytes

OUT_OF_MEMORY = 3
"""The exit code that says so: without memory nothing else could be told."""

LONGEST_MESSAGE = 10_000
"""Characters of a line that tells what is wrong."""

LONGEST_TOLD = 4 * LONGEST_MESSAGE
"""Characters of such a line with what tells it in another language, as JSON."""

_BATCH = 1_000_000  # bytes of items in a frame: so much is checked at a time, while pages must be answered


class Frame(IntEnum):
    """What a frame tells."""

    READY = 1  # the process can be asked
    ITEMS = 2  # some of the items, in order
    END = 3  # no more items; what could not be read, and by how many bytes the process has grown
    FAILED = 4  # a SourceError, as text
    BROKEN = 5  # a mistake of ours, as text
    PICTURE = 6  # one size of a picture: the large one, then the small one


def pack_task(task: Task | PictureTask) -> bytes:
    """A task as bytes."""
    packed = pickle.dumps(task)
    return SIZE.pack(len(packed)) + packed


def unpack_task(packed: bytes) -> Task | PictureTask:
    """The task; only for bytes that come from who started the process."""
    task: Task | PictureTask = pickle.loads(packed)  # noqa: S301
    return task


def pack(kind: Frame, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return HEAD.pack(kind, len(payload)) + payload


def pack_text(kind: Frame, text: str) -> bytes:
    """A frame that tells why there is no answer."""
    return pack(kind, _json(_told(text)))


def pack_read(read: Read, grown: int) -> Iterator[bytes]:
    """An answer as frames.

    Args:
        read: what came of the task.
        grown: how many bytes more the process needs than before it first read something.
    """
    batch: list[bytes] = []
    size = 0
    for item in read.items:
        batch.append(_json(item))
        size += len(batch[-1])
        if size > _BATCH:
            yield pack(Frame.ITEMS, b"[" + b",".join(batch) + b"]")
            batch, size = [], 0
    if batch:
        yield pack(Frame.ITEMS, b"[" + b",".join(batch) + b"]")
    yield pack(Frame.END, _json([[_told(line) for line in read.unreadable], grown]))


def pack_made(made: Made, grown: int) -> Iterator[bytes]:
    """A picture as frames; `grown` as for `pack_read`."""
    for one in (made.large, made.small):
        yield pack(Frame.PICTURE, FILE.pack(one.suffix.encode(), one.width, one.height) + one.content)
    yield pack(Frame.END, _json([[], grown]))


def _told(sentence: str) -> object:
    """A sentence with what tells it in another language, unless that is too long."""
    told = kept(sentence)
    short = told is not None and len(json.dumps(told, ensure_ascii=False)) <= LONGEST_TOLD
    return told if short else sentence[:LONGEST_MESSAGE]


def _json(value: object) -> bytes:
    return _encoded(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> object:
    """What JSON has no form for: times and the model's dataclasses."""
    if isinstance(value, date | time):
        return value.isoformat()
    return {field.name: _kept(getattr(value, field.name)) for field in fields(value)}


def _kept(value: object) -> object:
    """Doubts with their names and facts; everything else as it is."""
    return [one.kept if isinstance(one, Doubt) else one for one in value] if isinstance(value, tuple) else value


def _encoded(text: str) -> bytes:
    """In UTF-8; lone surrogates are no characters, and become "?"."""
    return text.encode("utf-8", "replace")
