"""Who runs the network's mail, and who did what when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class Via(StrEnum):
    """How somebody acts on the network's mail."""

    COMMAND = "command"  # the command line, by a user of the machine
    ORGANISER = "organiser"  # the console, by who is signed in
    SCHEDULE = "schedule"  # the running service, when something is due
    LINK = "link"  # a signed link in a mail
    PROVIDER = "provider"  # what carries our mail, as it posts what came back
    ITSELF = "itself"  # the product, for what it found: an anomaly, a refusal, nothing left to send


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who acts: every verb that changes something takes one."""

    via: Via
    name: str = ""  # the user's, where there is one

    @property
    def is_itself(self) -> bool:
        """Whether nobody acted but the product."""
        return self.via is Via.ITSELF

    def __str__(self) -> str:
        return f"{self.via} {self.name}".rstrip()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read back what `str` made."""
        via, _, name = text.partition(" ")
        return cls(via=Via(via), name=name)


class Role(StrEnum):
    """What an organiser may do, the least first; each may do all that stands before it."""

    EDITOR = "editor"  # reviews editions and items, and sends nothing
    ORGANISER = "organiser"  # everything of the lists that are named with them
    ADMIN = "admin"  # everything

    def includes(self, other: "Role") -> bool:
        """Whether who has this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, kw_only=True, slots=True)
class Organiser:
    """Somebody who runs the network's mail."""

    email: str
    name: str = ""
    role: Role
    lists: tuple[str, ...] = ()  # by name; an admin has them all, whatever stands here
    language: str | None = None  # of what they are shown and written; None: as their browser or the network says

    @property
    def by(self) -> By:
        """What they do is put down under this."""
        return By(via=Via.ORGANISER, name=self.email)


ITSELF = By(via=Via.ITSELF)
BY_SCHEDULE = By(via=Via.SCHEDULE)
BY_LINK = By(via=Via.LINK)


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """One thing that somebody did."""

    at: datetime
    by: By
    verb: str  # "approve", "unsubscribe"
    subject: str  # what it was done to: a campaign's name, a list's, SOURCE/KEY, an address
    detail: str = ""
