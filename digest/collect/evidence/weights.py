"""The fitted weights, as they ship: read once.

Those of signs and dates are in `weights.toml`, those of single words and pairs of words, forty times as many, in
`words.tsv`: a word, and what it adds to a post, an event and a vacancy.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True)
class OfKinds:
    """What speaks for each kind."""

    bias: tuple[float, ...]
    signs: Mapping[str, tuple[float, ...]]
    words: Mapping[str, tuple[float, ...]]

    def beside(self, other: "OfKinds", share: float) -> "OfKinds":
        """These for a share of a post and others for the rest of it; the words are those of this share anyway."""
        if share == 1:
            return self
        nothing = (0.0,) * len(self.bias)
        signs = {
            name: _between(self.signs.get(name, nothing), other.signs.get(name, nothing), share)
            for name in {**self.signs, **other.signs}
        }
        return OfKinds(bias=_between(self.bias, other.bias, share), signs=signs, words=self.words)


def _between(one: Sequence[float], other: Sequence[float], share: float) -> tuple[float, ...]:
    return tuple(share * mine + (1 - share) * theirs for mine, theirs in zip(one, other, strict=True))


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The fitted numbers."""

    english: OfKinds  # signs and single words
    known: OfKinds  # for a post in another language that has a file: signs alone
    unknown: OfKinds  # for one in a language without a file: labels, dates and shape
    closes: Mapping[str, float]  # what stands around a date -> for the one that a vacancy closes on
    starts: Mapping[str, float]  # the same for the one that an event starts on


@cache
def weights() -> Weights:
    """The numbers that ship."""
    table = tomllib.loads(_shipped("weights.toml"))
    return Weights(
        english=_of_kinds(table["english"], _words(_shipped("words.tsv"))),
        known=_of_kinds(table["known"], {}),
        unknown=_of_kinds(table["unknown"], {}),
        closes=table["closes"],
        starts=table["starts"],
    )


def _shipped(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _of_kinds(table: Mapping[str, Any], words: Mapping[str, tuple[float, ...]]) -> OfKinds:
    signs = {name: tuple(several) for name, several in table["signs"].items()}
    return OfKinds(bias=tuple(table["bias"]), signs=signs, words=words)


def _words(lines: str) -> Mapping[str, tuple[float, ...]]:
    rows = (line.split("\t") for line in lines.splitlines() if not line.startswith("#"))
    return {word: tuple(map(float, weights)) for word, *weights in rows}


def closing_weights() -> Mapping[str, float]:
    """For the date that a vacancy closes on."""
    return weights().closes


def starting_weights() -> Mapping[str, float]:
    """For the date that an event starts on."""
    return weights().starts
