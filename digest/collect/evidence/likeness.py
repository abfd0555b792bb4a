"""What makes posts of one network alike: who wrote them, where they came from, and their words; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from digest.collect.evidence.words import Part, Words

_SHARES = {"source": 0.2, "author": 0.2, "category": 0.15, "title": 0.2, "word": 0.25}
"""How much of a likeness each can be; where a post has none of one, the others share it."""

_SHORTEST = {"title": 3, "word": 4}  # letters; shorter words are in every post
_MOST_WORDS = 60  # of the body, from its beginning


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """Where a post comes from."""

    source: str
    author: str | None = None
    categories: tuple[str, ...] = ()


def features(words: Words, provenance: Provenance) -> tuple[str, ...]:
    """What others may have in common with a post: names such as "source: jobs" and "title: rota"."""
    groups = {
        "source": {provenance.source},
        "author": {provenance.author.casefold()} if provenance.author else set(),
        "category": {name.casefold() for name in provenance.categories},
        "title": set(_words(words, title=True)),
        "word": _first(_words(words, title=False)),
    }
    return tuple(f"{group}: {name}" for group, names in groups.items() for name in sorted(names))


def vector(names: Sequence[str]) -> dict[str, float]:
    """A post of these features as a vector of length 1, each group of them with its share.

    The scalar product of two is their likeness: 1 of a post and its twin, next to 0 of posts with nothing in common.
    """
    groups = [name.partition(":")[0] for name in names]
    count = Counter(groups)
    there = sum(_SHARES[group] for group in count)
    value = {group: sqrt(_SHARES[group] / there / number) for group, number in count.items()}
    return {name: value[group] for name, group in zip(names, groups, strict=True)}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """From 0 to 1, of the vectors of two posts."""
    return sum(value * other[name] for name, value in one.items() if name in other)


def _words(words: Words, *, title: bool) -> Iterator[str]:
    shortest = _SHORTEST["title" if title else "word"]
    for sentence in words.spoken:
        if (sentence.part is Part.TITLE) == title:
            yield from (token for token in sentence.tokens if len(token) >= shortest and token.isalpha())


def _first(several: Iterator[str]) -> set[str]:
    found: set[str] = set()
    for word in several:
        found.add(word)
        if len(found) == _MOST_WORDS:
            break
    return found
