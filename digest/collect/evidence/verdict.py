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
from digest.collect.evidence.words import Part, Sentence, Words
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
    for sentence in _in_english(words):
        yield from _words_and_pairs(sentence)


def word_value(words: Words) -> float:
    """How much one word or pair is of a post, whatever language the others are in; those of a long one weigh less."""
    count = len({one for sentence in words.spoken for one in _words_and_pairs(sentence)})
    return 1 / sqrt(count + _FEW_WORDS)


def _in_english(words: Words) -> list[Sentence]:
    if _WORDS_OF not in words.languages:
        return []
    if is_mostly(_WORDS_OF, [token for sentence in words.spoken for token in sentence.tokens]):
        return list(words.spoken)
    return [one for one in words.spoken if shows(_WORDS_OF, one.tokens) and is_mostly(_WORDS_OF, one.tokens)]


def _words_and_pairs(sentence: Sentence) -> Iterator[str]:
    tokens = sentence.tokens
    yield from (f"title: {token}" for token in tokens) if sentence.part is Part.TITLE else tokens
    yield from (f"{one} {other}" for one, other in pairwise(tokens))


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
    """The weights that hold for a post in its language; of one that is in part English, in proportion."""
    if not words.languages:
        return by.unknown
    of_all, of_english = (sum(len(one.tokens) for one in several) for several in (words.spoken, _in_english(words)))
    return by.english.beside(by.known, of_english / of_all) if of_english else by.known


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
    value = word_value(words)
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
