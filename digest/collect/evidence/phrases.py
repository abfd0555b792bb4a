"""Many phrases looked for at once, word by word: the work grows with the words of a post alone; pure.

A phrase is words of a sentence in their order. In it ``a|b`` is one word or the other, ``recruit*`` any word that
begins so, ``..`` up to six words of any kind; ``{date}``, ``{time}``, ``{money}``, ``{number}`` and ``{link}`` stand
for what they say. Apostrophes and hyphens part words: "we're" is "we re".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

GAP = 6  # words
_REMEMBERED = 20_000  # words
_ONE = r"(?:\{[a-z]+\}|[^\W_]+\*?|[?!])"
_WORD = re.compile(rf"\.\.|{_ONE}(?:\|{_ONE})*")


@dataclass(slots=True)
class _Node:
    """A place in phrases; what follows it is made when a post first comes here, since most of it none ever reaches."""

    names: list[str] = field(default_factory=list)  # of the signs that a phrase which ends here is of
    _waiting: list[tuple[str, Sequence[str]]] = field(default_factory=list)  # names, and steps still to be made
    _words: dict[str, "_Node"] = field(default_factory=dict)
    _beginnings: dict[str, "_Node"] = field(default_factory=dict)
    _lengths: list[int] = field(default_factory=list)  # of the beginnings
    _gap: "_Node | None" = None

    def take(self, name: str, steps: Sequence[str]) -> None:
        """Let a phrase go on here, or end where it has no further steps."""
        if steps:
            self._waiting.append((name, steps))
        elif name not in self.names:
            self.names.append(name)

    def after(self, word: str) -> Iterator["_Node"]:
        """Where phrases go on behind a word."""
        self._make()
        if (following := self._words.get(word)) is not None:
            yield following
        for length in self._lengths:
            if (begun := self._beginnings.get(word[:length])) is not None:
                yield begun

    def after_any(self) -> "_Node | None":
        """Where phrases go on behind up to `GAP` words of any kind."""
        self._make()
        return self._gap

    def _make(self) -> None:
        for name, steps in self._waiting:
            for following in self._following(steps[0]):
                following.take(name, steps[1:])
        self._waiting.clear()

    def _following(self, step: str) -> Iterator["_Node"]:
        if step == "..":
            self._gap = self._gap or _Node()
            yield self._gap
            return
        for word in step.split("|"):
            if word.endswith("*"):
                if len(word) - 1 not in self._lengths:
                    self._lengths.append(len(word) - 1)
                yield self._beginnings.setdefault(word[:-1], _Node())
            else:
                yield self._words.setdefault(word, _Node())


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found."""

    name: str
    start: int  # the first of its words in the sentence
    end: int  # behind the last


class Phrases:
    """A lexicon: names, and the phrases of each."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Take them in.

        Raises:
            ValueError: naming the phrase that cannot be one.
        """
        self._root = _Node()
        self._begun: dict[str, tuple[_Node, ...]] = {}
        for name, several in phrases.items():
            for phrase in several:
                self._add(name, phrase)

    def _add(self, name: str, phrase: str) -> None:
        steps = _WORD.findall(phrase.lower().replace("’", "'"))
        if not steps or steps[0] == ".." or steps[-1] == "..":
            raise ValueError(f'"{phrase}" of {name} is no phrase: it begins and ends with a word')
        self._root.take(name, steps)

    def find(self, tokens: Sequence[str]) -> Iterator[Match]:
        """The phrases of a sentence; of one name that begins at one word the longest."""
        for start, word in enumerate(tokens):
            longest: dict[str, int] = {}
            for name, end in self._ends(self._begun_by(word), tokens, start + 1):
                longest[name] = max(end, longest.get(name, 0))
            for name, end in longest.items():
                yield Match(name, start, end)

    def _begun_by(self, word: str) -> tuple[_Node, ...]:
        """Where phrases that begin with a word go on; most words begin none, and come again and again."""
        if (known := self._begun.get(word)) is None:
            if len(self._begun) >= _REMEMBERED:
                self._begun.clear()
            known = self._begun[word] = tuple(self._root.after(word))
        return known

    @staticmethod
    def _ends(begun: Iterable[_Node], tokens: Sequence[str], start: int) -> Iterator[tuple[str, int]]:
        places = [(node, start) for node in begun]
        while places:
            node, place = places.pop()
            for name in node.names:
                yield name, place
            if place < len(tokens):
                places += [(after, place + 1) for after in node.after(tokens[place])]
            if (gap := node.after_any()) is not None:
                places += [(gap, later) for later in range(place, min(place + GAP, len(tokens)) + 1)]
