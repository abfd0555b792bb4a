"""The words of each language, one TOML file for each; a further language is a further file (docs/languages.md).

Those that ship are beside this module. A network's own are read by `digest.collect.languages.own`, and hold within
`added`: a file of a language that ships adds to what it has.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from importlib.resources import files
from typing import Any, TypeVar

from digest.collect.languages.mutation import with_mutations

T = TypeVar("T")
Table = Mapping[str, Mapping[str, Any]]

_KEPT = 4  # sets of languages that are kept; a process has one, a test several


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageFile:
    """A language's file, as text that was found to be sound."""

    code: str
    text: str


_added: ContextVar[tuple[LanguageFile, ...]] = ContextVar("_added", default=())


@contextmanager
def added(own: tuple[LanguageFile, ...]) -> Iterator[None]:
    """Within it, these languages are known beside those that ship."""
    before = _added.set(own)
    try:
        yield
    finally:
        _added.reset(before)


def of_all_languages(make: Callable[[], T]) -> Callable[[], T]:
    """Make something of the words of all languages, once for each set of languages."""
    kept = lru_cache(maxsize=_KEPT)(lambda _own: make())
    return wraps(make)(lambda: kept(_added.get()))


@of_all_languages
def tables() -> Mapping[str, Table]:
    """Every known language's sections by its code, in the order of the codes, English first."""
    found: dict[str, Table] = dict(_shipped())
    for one in _added.get():
        found[one.code] = _joined(found.get(one.code, {}), with_mutations(tomllib.loads(one.text)))
    return {code: found[code] for code in sorted(found, key=lambda code: (code != "en", code))}


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Table]:
    found = (one for one in files(__name__).iterdir() if one.name.endswith(".toml"))
    return {
        one.name.removesuffix(".toml"): with_mutations(tomllib.loads(one.read_text(encoding="utf-8"))) for one in found
    }


def _joined(first: Table, more: Table) -> Table:
    joined = {name: dict(section) for name, section in first.items()}
    for name, section in more.items():
        into = joined.setdefault(name, {})
        for key, several in section.items():
            into[key] = [*into.get(key, ()), *several]
    return joined
