"""What came of asking a source."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model.told import Told


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceResult:
    """What one collection of one source came to."""

    source: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    items: int | None = None  # in this answer; None where there was none
    items_before: int | None = None  # in the last successful answer before
    error: str | None = None  # the source failed; what it yielded before stays
    not_modified: bool = False  # the server said that nothing changed
    unreadable: tuple[str, ...] = ()  # a line for each part that could not be read; what it yielded before stays

    pictures: tuple[str, ...] = ()  # a line for each that could not be had; its item is shown without

    @property
    def complaint(self) -> str | None:
        """What is wrong with the source, where something is."""
        return self.error or (in_part(self.source, self.unreadable) if self.unreadable else None)


def in_part(source: str, unreadable: Sequence[str]) -> Told:
    """That a source could not be read in full, with what is missing and why."""
    return Told("source_in_part", source=source, why=Told.joined(unreadable, "\n"))
