"""What a network's editors said of its posts, and how far that moves what others like them are taken for; pure.

The answers are facts, and what follows from them is computed anew from all of them, whatever their order. It is a
logistic regression that starts from the verdicts of the weights that ship, over features of this network alone
(`digest.collect.evidence.likeness`), with an L2 penalty and bounds. Why so: docs/decisions/answers.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log

from digest.collect.called_off import as_it_was_announced, standing
from digest.collect.dates import writes_month_first
from digest.collect.evidence.likeness import Provenance, features, likeness, vector
from digest.collect.evidence.verdict import KINDS, Verdict, judge, softmax
from digest.collect.evidence.words import Words, words_of
from digest.collect.found import Answer, Wording
from digest.model import Kind

MOST_BY_ONE = 2.9  # log odds by which one answer moves its own twin; a verdict above 0.95 has log(0.95 / 0.05) = 2.94
MOST_BY_ALL = 4.5  # log odds; a verdict above 0.99 has 4.59
_MOST_WEIGHT = 2.0  # log odds for a feature of value 1; one alone has at most the square root of a half
_STRENGTH = 3.0  # inverse of the L2 penalty
_ROUNDS = 12
_ENOUGH = 0.01  # log odds; a round that changes less is the last
_ALIKE = 0.45  # likeness from which a post is "like" another in words for people
_LEAST_CHANCE = 1e-9
_LEAST_TOLD = 0.05  # log odds

Moved = tuple[float, ...]
"""What is added to the score of each kind, in the order of KINDS (log odds)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """What editors called a post and others like it, and how much that speaks for the verdict on it (log odds)."""

    kind: Kind
    weight: float  # to hundredths
    own: bool  # the post itself was called so
    titles: tuple[str, ...]  # of the others, the most alike first


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What follows from all answers of a network."""

    weights: Mapping[str, Moved]
    answered: Sequence[tuple[Answer, Mapping[str, float]]] = field(repr=False)
    places: frozenset[tuple[str, str]]  # source and key of each

    def moves(self, words: Words, provenance: Provenance) -> Moved:
        """How far a post is moved, between no two kinds by more than MOST_BY_ALL."""
        return _within(_scores(self.weights, vector(features(words, provenance))), MOST_BY_ALL)

    def has(self, source: str, key: str) -> bool:
        """Whether a post is itself answered: it is what it was called, and taken back it is read as if it never was."""
        return (source, key) in self.places

    def told(self, post: Wording, verdict: Verdict, moved: Moved) -> Alike | None:
        """What moved the verdict on a stored item; None where that is next to nothing.

        Args:
            post: the item.
            verdict: on it.
            moved: how far that was moved.
        """
        first, second = KINDS.index(verdict.kind), KINDS.index(verdict.runner_up)
        weight = round(moved[first] - moved[second], 2)  # once: a line and JSON round the same number
        if abs(weight) < _LEAST_TOLD:
            return None
        favoured = verdict.kind if weight > 0 else verdict.runner_up
        mine = vector(features(words_again(post), provenance_of(post)))
        near = [(likeness(mine, theirs), answer) for answer, theirs in self.answered if answer.kind is favoured]
        near.sort(key=lambda one: (-one[0], _place(one[1])))
        like = [other for share, other in near if share >= _ALIKE]
        others = [other.title for other in like if (other.source, other.key) != (post.source, post.key)]
        return Alike(kind=favoured, weight=weight, own=len(others) < len(like), titles=tuple(others))


def words_again(post: Wording) -> Words:
    """The words that a stored item was read from."""
    said = standing(post.title)
    text = post.text if said.title == post.title else as_it_was_announced(post.text)
    return words_of(said.title, text, reference=post.seen, month_first=writes_month_first(post.language))


def provenance_of(post: Wording) -> Provenance:
    """Where a stored item comes from."""
    return Provenance(source=post.source, author=post.author, categories=post.categories)


@lru_cache(maxsize=1)
def learned(answers: tuple[Answer, ...]) -> Learned | None:
    """What follows from these answers; nothing without any.

    Each answer pulls its post towards what it was called, the more the less that was expected. They are taken in turn
    until they agree (coordinate descent on the dual), which is the same for every order they are given in.
    """
    if not answers:
        return None
    ordered = sorted(answers, key=_place)
    vectors = [vector(answer.features) for answer in ordered]
    pulls = [[0.0] * len(KINDS) for _ in ordered]
    weights: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        largest = 0.0
        for answer, mine, pull in zip(ordered, vectors, pulls, strict=True):
            moved = _scores(weights, mine)
            chances = softmax([one + more for one, more in zip(answer.scores, moved, strict=True)])
            wanted = _within(
                [_STRENGTH * ((kind is answer.kind) - chance) for kind, chance in zip(KINDS, chances, strict=True)],
                MOST_BY_ONE,
            )
            step = [(goal - now) / (1 + _STRENGTH / 2) for goal, now in zip(wanted, pull, strict=True)]
            for number, change in enumerate(step):
                pull[number] += change
            for name, value in mine.items():
                weight = weights.setdefault(name, [0.0] * len(KINDS))
                for number, change in enumerate(step):
                    weight[number] += value * change
            largest = max(largest, *map(abs, step))
        if largest < _ENOUGH:
            break
    bounded = {name: _within(weight, _MOST_WEIGHT) for name, weight in weights.items()}
    answers_again = tuple(zip(ordered, vectors, strict=True))
    return Learned(weights=bounded, answered=answers_again, places=frozenset(map(_place, ordered)))


def answered(post: Wording, kind: Kind) -> Answer:
    """What an answer teaches: the post is read for it once, which takes as long as reading any."""
    words = words_again(post)
    return Answer(
        source=post.source,
        key=post.key,
        title=post.title,
        kind=kind,
        features=features(words, provenance_of(post)),
        scores=tuple(round(log(max(chance, _LEAST_CHANCE)), 4) for chance in judge(words, post.categories).chances),
    )


def _place(answer: Answer) -> tuple[str, str]:
    return answer.source, answer.key


def _scores(weights: Mapping[str, Sequence[float]], mine: Mapping[str, float]) -> list[float]:
    post, event, vacancy = 0.0, 0.0, 0.0
    for name, value in mine.items():
        if (weight := weights.get(name)) is not None:
            post += value * weight[0]
            event += value * weight[1]
            vacancy += value * weight[2]
    return [post, event, vacancy]


def _within(scores: Sequence[float], most: float) -> Moved:
    """Scores shrunk until no two differ by more."""
    apart = max(scores) - min(scores)
    return tuple(one * most / apart for one in scores) if apart > most else tuple(scores)
