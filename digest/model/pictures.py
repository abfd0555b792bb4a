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


@dataclass(frozen=True, kw_only=True, slots=True)
class NotedPicture:
    """A picture of an editor's note."""

    named: str  # how the note names it: by its address, or as "/picture/NAME"
    file: PictureFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Unshown:
    """A picture that a text names and that we do not have: its words stand there as a link."""

    named: str  # its address, or a file
    where: str  # "notice.md, line 4"
    asked: bool  # it was asked for, and could not be had
