"""Which of the known languages a post is in, by its small words and by words that one language alone has; pure.

Nothing is guessed of a language that is not known: a post in which hardly a word is known is in none of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.collect.languages import Table, of_all_languages, tables

_FEW = 12  # words, up to which a post may be in any language
_ALONE = 0.17  # share of small words that no other language has, from which a post is in a language,
_KNOWN = 0.32  # or the share of all words that its file has, for terse posts; measured: docs/reading.md
_BESIDE = 0.04  # the former share, from which a language stands beside another
_MOST = 300  # words that are looked up in whole files
_MOSTLY = 3  # so many times the small words of all others
_SHORTEST = 4  # letters of "recruit*" that count as knowing the word
_WORD = re.compile(r"[^\W\d_]+\*?")
_SECTIONS = ("phrases", "which_date", "labels", "categories", "months", "weekdays")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Vocabulary:
    common: frozenset[str]  # small words
    alone: frozenset[str]  # those that no other language has
    words: frozenset[str]
    beginnings: tuple[str, ...]

    def knows(self, word: str) -> bool:
        """Whether the language has a word, as far as its file tells."""
        return word in self.words or (len(word) >= _SHORTEST and word.startswith(self.beginnings))


def languages_of(title: Sequence[str], tokens: Sequence[str]) -> frozenset[str]:
    """The codes of the languages that a post is in; none where it is in a language that is not known.

    Args:
        title: its words.
        tokens: all words, those of the title among them.
    """
    known = _vocabularies()
    words = [token for token in tokens if token.isalpha()]
    if len(words) <= _FEW:
        return frozenset(known)
    alone = {code: _share(words, one.alone) for code, one in known.items()}
    first = words[:_MOST]
    if not any(
        alone[code] >= _ALONE or sum(map(one.knows, first)) >= _KNOWN * len(first) for code, one in known.items()
    ):
        return frozenset()
    spoken = (code for code, share in alone.items() if share >= _BESIDE)
    return frozenset((*spoken, *_of_title(title, known))) or frozenset(known)


def is_mostly(code: str, tokens: Sequence[str]) -> bool:
    """Whether the small words of a text are nearly all of one language; also where it has none."""
    known = _vocabularies()
    others = sum(_share(tokens, one.alone) for other, one in known.items() if other != code)
    return _share(tokens, known[code].alone) >= _MOSTLY * others


def shows(code: str, tokens: Sequence[str]) -> bool:
    """Whether a text has small words of a language."""
    return not _vocabularies()[code].alone.isdisjoint(tokens)


def _share(tokens: Sequence[str], words: frozenset[str]) -> float:
    return sum(token in words for token in tokens) / max(1, len(tokens))


def _of_title(title: Sequence[str], known: Mapping[str, _Vocabulary]) -> Iterator[str]:
    """The languages of words that no other has."""
    for token in title:
        knowing = [code for code, one in known.items() if one.knows(token)]
        if len(knowing) == 1:
            yield knowing[0]


@of_all_languages
def _vocabularies() -> Mapping[str, _Vocabulary]:
    common = {code: frozenset(table.get("language", {}).get("common", ())) for code, table in tables().items()}
    return {
        code: _vocabulary(table, common[code], [words for other, words in common.items() if other != code])
        for code, table in tables().items()
    }


def _vocabulary(table: Table, common: frozenset[str], others: Sequence[frozenset[str]]) -> _Vocabulary:
    lines = [line for name in _SECTIONS for several in table.get(name, {}).values() for line in several]
    written = {word for line in lines for word in _WORD.findall(line.lower())}
    return _Vocabulary(
        common=common,
        alone=common.difference(*others),
        words=common | {word for word in written if not word.endswith("*")},
        beginnings=tuple(sorted(word[:-1] for word in written if word.endswith("*") and len(word) > _SHORTEST)),
    )
