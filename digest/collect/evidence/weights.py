"""The lexicon of phrases and the fitted weights, as they ship: read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from digest.collect.evidence.phrases import Phrases
from digest.collect.evidence.signs import Lexicon

LANGUAGES = ("english",)


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The fitted numbers, for each kind."""

    bias: tuple[float, ...]
    signs: Mapping[str, tuple[float, ...]]
    words: Mapping[str, tuple[float, ...]]
    closes: Mapping[str, float]  # what stands around a date -> for the one that a vacancy closes on
    starts: Mapping[str, float]  # the same for the one that an event starts on


@cache
def lexicon() -> Lexicon:
    """The phrases of every language there is."""
    phrases: dict[str, list[str]] = {}
    dates: dict[str, list[str]] = {}
    categories: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for language in LANGUAGES:
        table = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
        for part, into in (("phrases", phrases), ("dates", dates), ("categories", categories)):
            for name, several in table[part].items():
                into.setdefault(name, []).extend(several)
        for name, several in table["labels"].items():
            labels |= {label: name for line in several for label in line.split("|")}
    return Lexicon(
        phrases=Phrases(phrases), dates=Phrases(phrases | dates), categories=Phrases(categories), labels=labels
    )


@cache
def weights() -> Weights:
    """The numbers that ship."""
    table = tomllib.loads(files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))
    signs, words = ({name: tuple(several) for name, several in table[part].items()} for part in ("signs", "words"))
    return Weights(bias=tuple(table["bias"]), signs=signs, words=words, closes=table["closes"], starts=table["starts"])


def closing_weights() -> Mapping[str, float]:
    """For the date that a vacancy closes on."""
    return weights().closes


def starting_weights() -> Mapping[str, float]:
    """For the date that an event starts on."""
    return weights().starts
