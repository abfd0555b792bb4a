"""Pictures as they leave the process that reads, and what may be kept of one; pure."""

from dataclasses import dataclass

LARGE = (1200, 1600)
"""The most pixels across and down of a picture for the whole width of a mail: twice what is shown."""

LARGE_BYTES = 80_000

SMALL = (480, 480)
"""The same of a picture that stands beside a text."""

SMALL_BYTES = 28_000
"""Thirty of them and the mail around them stay below a megabyte."""

SMALLEST = 120  # pixels across and down; what has fewer is an icon, a button or a counter of readers


class PictureError(Exception):
    """The picture cannot be used; the message is why, as it follows the picture's address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeFile:
    """A file that we made: nothing in it but pixels."""

    content: bytes
    suffix: str  # "jpg" or "png"
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A picture made anew, in its two sizes; one file where it is small."""

    large: MadeFile
    small: MadeFile
