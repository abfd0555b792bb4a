"""Pictures as we keep them: made anew from what was fetched or given, under the hash of their bytes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureFile:
    """One file: what `/picture/NAME` answers with."""

    name: str  # the hash of its bytes, and how they are coded: "3f2a....jpg"
    width: int  # pixels
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture in its two sizes, which are one file where it is small."""

    large: PictureFile  # for the whole width of a mail
    small: PictureFile  # to stand beside a text
