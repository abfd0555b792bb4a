"""The fitted weights, as they ship: read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The fitted numbers, for each kind."""

    bias: tuple[float, ...]
    signs: Mapping[str, tuple[float, ...]]
    words: Mapping[str, tuple[float, ...]]
    closes: Mapping[str, float]  # what stands around a date -> for the one that a vacancy closes on
    starts: Mapping[str, float]  # the same for the one that an event starts on


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
