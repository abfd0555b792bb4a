"""Which relay carries which mail: by weight among those that fit and are well; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A relay as it stands when mail is shared out."""

    name: str
    weight: float = 1.0
    domains: frozenset[str] = frozenset()  # in lower case, whose people it is for; everybody's where empty
    left: int | None = None  # how many more it may be given today; None for any number
    is_well: bool = True  # else it is used only for what no other can carry


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """What of some mails goes where; each mail's place among them is in one of the two."""

    by_relay: Mapping[str, Sequence[int]]
    later: Sequence[int]  # every relay that fits has been given as many today as it may


class Choice:
    """Shares mails out, and remembers whose turn it is.

    Among the same relays each is given its part to within less than one mail above it, however few are shared out
    at a time: the next mail is for the one that is furthest behind its part.
    """

    def __init__(self) -> None:
        self._given: dict[frozenset[str], dict[str, float]] = {}  # by who could have had them: parts less mails

    def share_out(self, domains: Sequence[str], candidates: Sequence[Candidate]) -> Shared:
        """Say for each mail who carries it.

        A relay that names the mail's domain comes before those that are for everybody, and who is well before who is
        not; whoever may be given no more today is left out.

        Args:
            domains: of the recipients, in lower case.
            candidates: with different names.
        """
        by_relay: dict[str, list[int]] = {one.name: [] for one in candidates}
        later: list[int] = []
        left = {one.name: one.left for one in candidates}
        for place, domain in enumerate(domains):
            chosen = self._next(_among([one for one in candidates if left[one.name] != 0], domain))
            if chosen is None:
                later.append(place)
                continue
            by_relay[chosen].append(place)
            remaining = left[chosen]
            left[chosen] = None if remaining is None else remaining - 1
        return Shared(by_relay={name: places for name, places in by_relay.items() if places}, later=later)

    def _next(self, among: Sequence[Candidate]) -> str | None:
        if len(among) < 2:
            return among[0].name if among else None
        group = frozenset(one.name for one in among)
        behind = self._given.setdefault(group, dict.fromkeys(group, 0.0))
        total = sum(one.weight for one in among)
        for one in among:
            behind[one.name] += one.weight / total
        chosen = max(among, key=lambda one: behind[one.name]).name
        behind[chosen] -= 1
        return chosen


def _among(candidates: Sequence[Candidate], domain: str) -> Sequence[Candidate]:
    """Those of them that a mail to this domain goes to by weight."""
    named = [one for one in candidates if domain in one.domains]
    general = [one for one in candidates if not one.domains]
    well = ([one for one in group if one.is_well] for group in (named, general))
    return next((group for group in (*well, named, general) if group), ())
