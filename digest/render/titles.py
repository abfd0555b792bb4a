"""Titles without what stands beside them anyway: employer, pay and place, where an item's own lines tell them; pure."""

import re
from collections.abc import Iterable, Sequence

from digest.render.plain import one_line

_BETWEEN = re.compile(r"(\s[-\u2013\u2014|\u00b7\u2022/]+\s)")
_MONEY = re.compile(r"[£$€]\s?\d")


def freed(title: str, told: Iterable[str | None]) -> str:
    """The title without the parts that one of the lines beside it tells.

    A part is what stands between dashes, bars or dots with spaces around them. It goes where it says the very same as a
    line, or names money that one names ("£27,400" beside "£27,400 pro rata"). What goes is told in full
    beside it, nothing else changes, and a title of such parts alone stays as it is.

    Args:
        title: in one line.
        told: the lines that stand beside it, None for those that do not.
    """
    lines = [_plain(one) for one in told if one]
    pieces = _BETWEEN.split(title)  # parts, and between each two what parted them
    parts = list(zip(pieces[::2], ["", *pieces[1::2]], strict=True))
    kept = [(part, before) for part, before in parts if not _is_told(_plain(part), lines)]
    if len(kept) == len(parts) or not any(part.strip() for part, _ in kept):
        return title
    (first, _), *others = kept
    return (first + "".join(before + part for part, before in others)).strip()


def _is_told(part: str, lines: Sequence[str]) -> bool:
    if not part:
        return False
    spaced = f" {part} "
    return any(part == line or (_MONEY.search(part) and spaced in f" {line} ") for line in lines)


def _plain(words: str) -> str:
    return one_line(words).casefold().strip(" .,;:")
