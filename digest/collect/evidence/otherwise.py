"""What would make a post something else: the strongest signs of the next likely kind that it lacks; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from digest.collect.evidence.dated import candidates
from digest.collect.evidence.signs import Sign, length_of, value_of
from digest.collect.evidence.verdict import KINDS, Verdict, evidence_in, speaking_of
from digest.collect.evidence.weights import weights
from digest.collect.evidence.words import Words
from digest.model import Kind

COULD_HAVE = {
    Kind.POST: ("reported", "appointed", "survey", "calls", "asks", "news", "seeks_work", "goods", "closure"),
    Kind.EVENT: ("event_noun", "invites", "happening", "venue", "coming", "clock", "hours of day"),
    Kind.VACANCY: (*("role", "vacancy_noun", "seeks", "apply", "closing", "interview", "pay", "hours", "qualities"),),
}
"""The signs of each kind that a writer could have given."""

_IMPLIED = {"coming": ("date",), "hours of day": ("clock",)}
_PARTS = ("title", "lead", "body")
_MOST = 3
_LEAST = 0.2  # log odds; what adds less is not worth telling


@dataclass(frozen=True, kw_only=True, slots=True)
class Otherwise:
    """What speaks for the next likely kind, and is not there."""

    kind: Kind
    signs: tuple[str, ...]  # that a writer could have given, the strongest first
    enough: bool  # whether with them it would be of that kind, all else the same


def otherwise(words: Words, categories: Sequence[str], verdict: Verdict) -> Otherwise | None:
    """The fewest signs that would turn a verdict, at most three; None where nothing much would.

    What a sign adds is told by the weights as if it stood once where it weighs most.
    """
    there = evidence_in(words, categories, candidates(words), weights())
    first, second = KINDS.index(verdict.kind), KINDS.index(verdict.runner_up)
    gap = log(verdict.chances[first] / max(verdict.chances[second], 1e-9))
    by = speaking_of(words, weights()).signs
    length = length_of(words)
    gains = [
        (_gain(name, there, by, first, second, length=length), name)
        for name in COULD_HAVE[verdict.runner_up]
        if not _has(there, name)
    ]
    chosen: list[str] = []
    for gain, name in sorted(gains, reverse=True)[:_MOST]:
        if gain < _LEAST or gap < 0:
            break
        chosen.append(name)
        gap -= gain
    return Otherwise(kind=verdict.runner_up, signs=tuple(chosen), enough=gap < 0) if chosen else None


def _has(there: Mapping[str, Sign], name: str) -> bool:
    return any(f"any: {one}" in there for one in (name, f"{name}_hint", f"{name} spoken of"))


def _gain(
    name: str,
    there: Mapping[str, Sign],
    by: Mapping[str, Sequence[float]],
    first: int,
    second: int,
    *,
    length: float,
) -> float:
    """How much nearer to the second kind a post would be, in log odds."""

    def speaks(sign: str) -> float:
        weight = by.get(sign)
        return weight[second] - weight[first] if weight else 0.0

    new = [one for one in (name, *_IMPLIED.get(name, ())) if not _has(there, one)]
    once = {part: value_of(1, f"{part}: ", length) for part in (*_PARTS, "any")}
    stands = max(once[part] * sum(speaks(f"{part}: {one}") for one in new) for part in _PARTS)
    gain = stands + once["any"] * sum(speaks(f"any: {one}") for one in new)
    return gain - (speaks("dates: none") if "date" in _IMPLIED.get(name, ()) and "dates: none" in there else 0.0)
