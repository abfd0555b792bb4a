"""What a post is: its signs and words weighed, how sure that is, and why; pure.

A multinomial logistic regression whose weights were fitted on labelled posts (docs/reading.md). No sign decides alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, sqrt

from digest.collect.evidence.dated import Candidate, candidates
from digest.collect.evidence.days_ahead import signs_of_days
from digest.collect.evidence.languages import is_mostly, shows
from digest.collect.evidence.lexicon import lexicon_of
from digest.collect.evidence.signs import Sign, signs_of
from digest.collect.evidence.weights import OfKinds, Weights, weights
from digest.collect.evidence.words import Part, Words
from digest.model import Kind

KINDS = (Kind.POST, Kind.EVENT, Kind.VACANCY)  # in the order of the weights
_FEW_WORDS = 40  # as many more are reckoned, so that the words of a tiny post do not say everything

_TOLD = 12  # pieces of evidence
_WORDS_OF = "en"  # the language whose single words have weights; the signs are the same in all
_CLEAR = 0.7  # chance from which it is believed of a post in a language that is not known


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
    understood: bool  # whether it is in a language that is known

    @property
    def believed(self) -> Kind:
        """The kind, but of a post that is not understood only where labels, dates and shape say clearly what it is."""
        return self.kind if self.understood or self.confidence >= _CLEAR else Kind.POST


def words_in(words: Words) -> Iterator[str]:
    """The single words and pairs of a post that may weigh: "title: x", "x" and "x y"; some come again.

    Of a post in several languages only the sentences count that show small words of English.
    """
    if _WORDS_OF not in words.languages:
        return
    whole = is_mostly(_WORDS_OF, [token for sentence in words.spoken for token in sentence.tokens])
    for sentence in words.spoken:
        tokens = sentence.tokens
        if not whole and not (shows(_WORDS_OF, tokens) and is_mostly(_WORDS_OF, tokens)):
            continue
        if sentence.part is Part.TITLE:
            yield from (f"title: {token}" for token in tokens)
        else:
            yield from tokens
        yield from (f"{one} {other}" for one, other in pairwise(tokens))


def word_value(count: int) -> float:
    """How much one of so many words and pairs is of a post; those of a long one weigh less each."""
    return 1 / sqrt(count + _FEW_WORDS)


def evidence_in(words: Words, categories: Sequence[str], dates: Sequence[Candidate], by: Weights) -> dict[str, Sign]:
    """All signs of a post, those of its dates among them.

    Args:
        words: of the post.
        categories: that its author gave it.
        dates: of the post.
        by: says which date looks like what.
    """
    signs = signs_of(words, categories, lexicon_of(words.languages))
    return signs | {name: Sign(value=value) for name, value in signs_of_days(dates, by.closes, by.starts)}


def speaking_of(words: Words, by: Weights) -> OfKinds:
    """The weights that hold for a post in its language."""
    if not words.languages:
        return by.unknown
    return by.english if next(words_in(words), None) is not None else by.known


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
    signs = evidence_in(words, categories, candidates(words), by)
    single = dict.fromkeys(words_in(words))
    kinds = speaking_of(words, by)
    scores = [one + more for one, more in zip(kinds.bias, moved or (0.0,) * len(KINDS), strict=True)]
    pieces = [
        (name, sign.value, weight, tuple(sign.words))
        for name, sign in signs.items()
        if (weight := kinds.signs.get(name)) is not None
    ]
    value = word_value(len(single))
    pieces += [(f'"{word}"', value, weight, ()) for word in single if (weight := kinds.words.get(word)) is not None]
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
        understood=bool(words.languages),
    )


def softmax(scores: Sequence[float]) -> list[float]:
    """Scores as chances."""
    most = max(scores)
    raised = [exp(score - most) for score in scores]
    return [one / sum(raised) for one in raised]
