"""The fitted weights, as they ship: read once."""

import tomllib
from collections.abc import Mapping
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
    table = tomllib.loads(files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))
    english, known, unknown = (_of_kinds(table[name]) for name in ("english", "known", "unknown"))
    return Weights(english=english, known=known, unknown=unknown, closes=table["closes"], starts=table["starts"])


def _of_kinds(table: Mapping[str, Any]) -> OfKinds:
    signs, words = (
        {name: tuple(several) for name, several in table.get(part, {}).items()} for part in ("signs", "words")
    )
    return OfKinds(bias=tuple(table["bias"]), signs=signs, words=words)


def closing_weights() -> Mapping[str, float]:
    """For the date that a vacancy closes on."""
    return weights().closes


def starting_weights() -> Mapping[str, float]:
    """For the date that an event starts on."""
    return weights().starts
