"""An answer of the process that reads, which strangers' bytes may have taken over: believed as far as it must be."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args

from pydantic import Field, TypeAdapter, ValidationError

from digest.collect.pictures import LARGE, LARGE_BYTES, MadeFile
from digest.collect.reading.task import Task
from digest.collect.reading.wire import FILE, LONGEST_MESSAGE, LONGEST_TOLD
from digest.model import Event, Item, Post, Told, Vacancy

T = TypeVar("T")

_ITEMS: TypeAdapter[tuple[Item, ...]] = TypeAdapter(tuple[Annotated[Item, Field(discriminator="kind")], ...])
_Sentence = str | dict[str, Any]
_END: TypeAdapter[tuple[tuple[_Sentence, ...], int]] = TypeAdapter(tuple[tuple[_Sentence, ...], int])
_TEXT: TypeAdapter[_Sentence] = TypeAdapter(_Sentence)
_BEGINNINGS = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_MOST_LINES = 30  # of what could not be read
_TIMES = {
    field.name
    for kind in (Post, Event, Vacancy)
    for field in fields(kind)
    if datetime in (field.type, *get_args(field.type)) and field.name != "dates"  # which are several
}


class GarbledError(Exception):
    """The answer is none that a sound process gives."""


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
        times = [getattr(item, name, None) for name in _TIMES]
        times += item.dates if isinstance(item, Event) else ()
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


def unpack_end(payload: bytes) -> tuple[tuple[Told, ...], int]:
    """What could not be read, and by how many bytes the process has grown.

    Raises:
        GarbledError: when it is anything else.
    """
    unreadable, grown = _checked(_END.validate_json, payload)
    return tuple(_told(line) for line in unreadable[:_MOST_LINES]), grown


def unpack_picture(payload: bytes) -> MadeFile:
    """One size of a picture.

    Raises:
        GarbledError: when it is of another kind or larger than any that we make.
    """
    if len(payload) <= FILE.size:
        raise GarbledError
    coded, width, height = FILE.unpack_from(payload)
    content = payload[FILE.size :]
    suffix = next((one for one in _BEGINNINGS if coded == one.encode()), None)
    if suffix is None or not content.startswith(_BEGINNINGS[suffix]) or len(content) > LARGE_BYTES:
        raise GarbledError
    if not (0 < width <= LARGE[0] and 0 < height <= LARGE[1]):
        raise GarbledError
    return MadeFile(content=content, suffix=suffix, width=width, height=height)


def unpack_text(payload: bytes) -> Told:
    """Why there is no answer.

    Raises:
        GarbledError: when it is anything else.
    """
    return _told(_checked(_TEXT.validate_json, payload))


def _told(sentence: _Sentence) -> Told:
    """A sentence, with what tells it in another language where that is no longer than ours are."""
    if isinstance(sentence, str):
        return Told.of(sentence[:LONGEST_MESSAGE])
    says = str(sentence.get("says", ""))[:LONGEST_TOLD]
    is_ours = len(json.dumps(sentence, ensure_ascii=False)) <= LONGEST_TOLD
    return Told.read(says, sentence) if is_ours else Told.of(says[:LONGEST_MESSAGE])


def _checked(check: Callable[[bytes], T], payload: bytes) -> T:
    try:
        return check(payload)
    except ValidationError:
        raise GarbledError from None
