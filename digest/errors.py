"""Everything this product raises on purpose.

An exception's text is the message a person reads: what is wrong, where, and the way out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model.told import Told


class DigestError(Exception):
    """The work could not be done; the message says what and why. Exit code 1."""

    exit_code = 1


class StoppedError(DigestError):
    """The process was told to stop before this was done; what was not done is done when it is asked for again."""


class UsageError(DigestError):
    """A command named something that does not exist, or that cannot be done as asked. Exit code 2."""

    exit_code = 2


class OutdatedError(UsageError):
    """Something was changed since whoever asks looked at it: nothing was done, and the message says what changed."""

    def __init__(self, message: str, changes: Sequence[str]) -> None:
        self.changes = tuple(changes)
        told = Told.joined(self.changes, "; ") if self.changes else Told("changed_by_sources")
        super().__init__(Told("says", place=message, why=told))


class NotAllowedError(DigestError):
    """Whoever asks may not do this; a page answers as if there were no such thing, so that names tell nothing."""


class ChangedError(DigestError):
    """Something is not what whoever decides was shown; nothing was done."""


class UnknownItemError(UsageError):
    """No stored item goes by what was asked for; the message names the nearest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with what an admin wrote, with its place and the way out."""

    where: str  # "config.toml: smtp.port" or "members.csv, line 7"
    what: str  # the offending value and why it is wrong
    fix: str = ""  # what would be right

    def __str__(self) -> str:
        return str(self.told)

    @property
    def told(self) -> Told:
        """The same in one sentence, which can be told in another language as far as its parts can."""
        if not self.fix:
            return Told("problem", where=self.where, what=self.what)
        return Told("problem_fix", where=self.where, what=self.what, fix=self.fix)


class ConfigError(DigestError):
    """Everything wrong with the configuration or a file it names, at once. Exit code 2.

    A branch of its own, so that no code which retries or reports the failure of one mail, one source
    or one tick can take a mistake of the configuration for it.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(Told.joined((problem.told for problem in self.problems), "\n"))


class TakenError(DigestError):
    """Another process is at it; nothing was done here."""


class StoreError(DigestError):
    """The database cannot do its work: it is locked for long, full or gone. Later it may; nothing was done."""


class OutgrownError(DigestError):
    """A newer version than this process's has brought the tables up to date: it finishes what it began, and ends."""


class SourceError(DigestError):
    """A source could not be fetched or understood; the message names the source, the place and the cause."""


def without_source(message: str, source: str) -> str:
    """The text of a `SourceError` where the source's name stands before it already."""
    facts = message.facts if isinstance(message, Told) else {}
    place, why = facts.get("place"), facts.get("why")
    if isinstance(place, Told) and place.phrase == "reason_of_source" and why is not None:
        return Told("says", place=place.facts["why"], why=why)
    if isinstance(message, Told) and message.phrase == "reason_of_source" and isinstance(why, str):
        return why
    return message.removeprefix(f"source {source}").removeprefix(":").lstrip()


class TemplateError(DigestError):
    """A template could not be rendered; the message names file and line."""


class DeliveryError(DigestError):
    """Sending stopped as a whole (no connection, login refused); what was not sent stays queued."""


class UnreachableError(DeliveryError):
    """No connection could be made, for a reason that may pass by itself; another attempt may do."""


class RefusedError(DeliveryError):
    """The server refuses our mail whoever it is for; to go on would only cost more people theirs."""


class TokenError(DigestError):
    """A link's token is not one of ours, or not meant for what it was used for."""


class ReturnsError(DigestError):
    """What came back could not be read; the message says where it lies and why. What was not read is read next time."""


class UnverifiedError(DigestError):
    """A post that says it is from a provider, and cannot be shown to be, or is too old to be believed."""
