"""A text cut into words, numbers and signs, and tables of phrases looked up in it; pure and linear."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")
_TOKEN = re.compile(r"\s*(?:[ap]\. ?m\b\.?|[^\W\d_]+(?:'[^\W\d_]+)*|[0-9]+|\S)", re.IGNORECASE)
_AHEAD = 8  # empty words behind the last, so that looking a few words ahead needs no care


class Scan:
    """The words of a text in small letters, and of each where it begins and ends, and what stands before it.

    Whether that is nothing, `glued` tells, and `breaks` whether it is a line's end or nothing at all.
    """

    __slots__ = ("breaks", "ends", "glued", "size", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        found = _TOKEN.findall(text.rstrip().replace("’", "'"))  # what is left always matches, and once
        bare = [one.strip() for one in found]
        after = [len(text)] * _AHEAD
        self.size = len(found)
        self.words = "\n".join(bare).lower().split("\n") if found else []
        self.words += [""] * _AHEAD
        self.ends = list(accumulate(map(len, found)))
        self.starts = [end - len(word) for end, word in zip(self.ends, bare, strict=True)] + after
        self.ends += after
        self.glued = [len(one) == len(word) for one, word in zip(found, bare, strict=True)] + [False] * _AHEAD
        self.glued[0] = False
        self.breaks = ["\n" in one for one in found] + [False] * _AHEAD
        self.breaks[0] = True

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the words from one place up to another stand in the text."""
        return self.starts[start], self.ends[end - 1]

    def parted(self, place: int) -> bool:
        """Whether an empty line stands before a word."""
        return self.breaks[place] and place > 0 and self.text.count("\n", self.ends[place - 1], self.starts[place]) > 1

    def capital(self, place: int) -> bool:
        """Whether a word begins with a capital."""
        return self.text[self.starts[place] : self.starts[place] + 1].isupper()

    def number(self, place: int, digits: int = 2) -> int | None:
        """The number at a place, if it has so many digits at most."""
        word = self.words[place]
        return int(word) if word and len(word) <= digits and word[0] in "0123456789" else None


class Meanings(Generic[T]):
    """Phrases of one or more words, each with what it means; the longest that fits is found."""

    __slots__ = ("_by_first",)

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, meaning in phrases:
            first, *rest = (word.strip() for word in _TOKEN.findall(phrase.lower()))
            self._by_first.setdefault(first, []).append((tuple(rest), meaning))
        for known in self._by_first.values():
            known.sort(key=lambda one: -len(one[0]))

    def __contains__(self, word: str) -> bool:
        return word in self._by_first

    @property
    def first_words(self) -> frozenset[str]:
        """The words with which a phrase may begin."""
        return frozenset(self._by_first)

    def match(self, scan: Scan, place: int) -> tuple[T, int] | None:
        """What the phrase at a place means, and the place behind it; an empty line ends a phrase."""
        known = self._by_first.get(scan.words[place])
        if known is None:
            return None
        for rest, meaning in known:
            end = place + 1
            if not rest:
                return meaning, end
            if scan.words[end] == rest[0] and scan.words[end : end + len(rest)] == list(rest):
                end += len(rest)
                if not any(scan.parted(one) for one in range(place + 1, end)):
                    return meaning, end
        return None

    def skip(self, scan: Scan, place: int) -> int:
        """The place behind a phrase, or the same where none stands."""
        found = self.match(scan, place)
        return found[1] if found else place


@lru_cache(maxsize=2)
def scan_of(text: str) -> Scan:
    """A text cut into words; dates and times of the same sentence are looked for one after the other."""
    return Scan(text)
