"""What a post is: its signs and words weighed, how sure that is, and why; pure.

A multinomial logistic regression whose weights were fitted on labelled posts (docs/reading.md). No sign decides alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp

from digest.collect.evidence.signs import signs_of
from digest.collect.evidence.weights import Weights, lexicon, weights
from digest.collect.evidence.words import Part, Words
from digest.model import Kind

KINDS = (Kind.POST, Kind.EVENT, Kind.VACANCY)  # in the order of the weights
WORD_VALUE = 0.4  # of a single word that is there; a sign goes up to 1

_TOLD = 12  # pieces of evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One piece: what it is, where it was seen, and how much it speaks for the verdict (log odds)."""

    sign: str
    weight: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a post is most likely to be."""

    kind: Kind
    confidence: float  # the probability of the kind, calibrated
    runner_up: Kind
    chances: tuple[float, ...]  # in the order of KINDS
    evidence: tuple[Evidence, ...]  # against the runner-up, the weightiest first


def words_in(words: Words) -> Iterator[str]:
    """The single words and pairs of a post that may weigh: "title: x", "x" and "x y"; some come again."""
    for sentence in words.spoken:
        tokens = sentence.tokens
        if sentence.part is Part.TITLE:
            yield from (f"title: {token}" for token in tokens)
        else:
            yield from tokens
        yield from (f"{one} {other}" for one, other in pairwise(tokens))


def judge(
    words: Words, categories: Sequence[str], *, by: Weights | None = None, moved: Sequence[float] = ()
) -> Verdict:
    """Weigh a post.

    Args:
        words: of the post.
        categories: that its author gave it.
        by: the weights; those that ship unless given.
        moved: what is added to each kind, in the order of KINDS, for what the network's editors answered.
    """
    by = by or weights()
    signs = signs_of(words, categories, lexicon())
    scores = [one + more for one, more in zip(by.bias, moved or (0.0,) * len(KINDS), strict=True)]
    pieces = [
        (name, sign.value, weight, tuple(sign.words))
        for name, sign in signs.items()
        if (weight := by.signs.get(name)) is not None
    ]
    pieces += [
        (f'"{word}"', WORD_VALUE, weight, ())
        for word in dict.fromkeys(words_in(words))
        if (weight := by.words.get(word)) is not None
    ]
    for _, value, weight, _ in pieces:
        for number, one in enumerate(weight):
            scores[number] += value * one
    chances = softmax(scores)
    first, second = sorted(range(len(KINDS)), key=lambda number: -chances[number])[:2]
    told = (
        Evidence(sign=name, weight=value * (weight[first] - weight[second]), words=said)
        for name, value, weight, said in pieces
    )
    return Verdict(
        kind=KINDS[first],
        confidence=chances[first],
        runner_up=KINDS[second],
        chances=tuple(chances),
        evidence=tuple(sorted(told, key=lambda one: -abs(one.weight))[:_TOLD]),
    )


def softmax(scores: Sequence[float]) -> list[float]:
    """Scores as chances."""
    most = max(scores)
    raised = [exp(score - most) for score in scores]
    return [one / sum(raised) for one in raised]
