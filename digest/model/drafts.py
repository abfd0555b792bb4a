"""Drafts: announcements that are being written, as the store keeps them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.organisers import By


class DraftState(StrEnum):
    """Where a draft stands."""

    WRITTEN = "written"
    SCHEDULED = "scheduled"
    SENT = "sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An announcement that is being written: a file's text, with who wrote it and when it goes."""

    id: int
    name: str  # as of a file without its suffix; part of the campaign's name
    text: str  # Markdown with front matter
    version: int  # rises with every change; who changes an older one is refused
    created_at: datetime
    created_by: By
    changed_at: datetime
    changed_by: By
    correcting: str | None = None  # the campaign whose readers get it
    send_at: datetime | None = None  # when it goes by itself
    trouble: str = ""  # why it did not go when it was to
    campaign: str | None = None  # what it became

    @property
    def state(self) -> DraftState:
        """Where it stands."""
        if self.campaign is not None:
            return DraftState.SENT
        return DraftState.WRITTEN if self.send_at is None else DraftState.SCHEDULED
