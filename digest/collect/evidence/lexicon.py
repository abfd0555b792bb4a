"""What the languages of a post have for phrases, signs and small words; made once for each set of languages."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.collect.evidence.phrases import Phrases
from digest.collect.evidence.words import Sentence
from digest.collect.languages import of_all_languages, tables

_KEPT = 16  # sets of languages of a post


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The phrases of some languages, the names of categories and of labels, and their small words."""

    phrases: Phrases
    dates: Phrases  # the same, and what says which date of several is which
    booking: Phrases  # what says until when an event wants to be booked
    abstracts: Phrases  # the same of abstracts, papers and the like
    categories: Phrases  # of all languages
    labels: Mapping[str, str]  # of all languages: a label in small letters -> what it is a sign of
    of_whom: frozenset[str]  # a role behind these is of whom is spoken, not what is offered
    beside: Mapping[str, str]  # a small word before a date -> what it is called
    shape: Mapping[str, frozenset[str]]  # "you", "i", "we", "will" and "past"
    past_endings: tuple[str, ...]
    labels_alone: bool  # for a post in a language that is not known: what it says beside labels is not understood

    def heard(self, sentence: Sentence) -> Sequence[str]:
        """The words of a sentence in which phrases are looked for."""
        if not self.labels_alone:
            return sentence.tokens
        return sentence.tokens[: len(sentence.label.split())] if sentence.label in self.labels else ()


def lexicon_of(codes: frozenset[str]) -> Lexicon:
    """Of the languages with these codes, of all where there is none; labels and categories are always of all."""
    return _lexicons()(codes)


def names_a_role(name: str) -> bool:
    """Whether a name ends in what the lexicon of any language knows as a role: "Library Assistant"."""
    tokens = re.findall(r"[^\W\d_]+", name.lower())
    found = lexicon_of(frozenset()).phrases.find(tokens)
    return any(match.name == "role" and match.end == len(tokens) for match in found)


@of_all_languages
def _lexicons() -> Callable[[frozenset[str]], Lexicon]:
    known = tables()

    @lru_cache(maxsize=_KEPT)
    def made(codes: frozenset[str]) -> Lexicon:
        def listed(section: str, languages: frozenset[str]) -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            for code, table in known.items():
                if code in languages:
                    for name, several in table.get(section, {}).items():
                        found.setdefault(name, []).extend(several)
            return found

        every = frozenset(known)
        phrases, booking = (listed(name, codes or every) for name in ("phrases", "booking"))
        small = {name: frozenset(words) for name, words in listed("language", codes).items()}
        beside = listed("beside", codes)
        return Lexicon(
            phrases=Phrases(phrases),
            dates=Phrases(phrases | listed("which_date", codes or every)),
            booking=Phrases(booking),
            abstracts=Phrases({"by": booking.get("by", [])} | listed("abstracts", codes or every)),
            categories=Phrases(listed("categories", every)),
            labels=dict(_labels(listed("labels", every))),
            of_whom=small.get("of_whom", frozenset()),
            beside={word: name for name, words in beside.items() for word in words},
            shape={name: small.get(name, frozenset()) for name in ("you", "i", "we", "will", "past")},
            past_endings=tuple(sorted(small.get("past_endings", ()))),
            labels_alone=not codes,
        )

    return made


def _labels(labels: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, several in labels.items():
        yield from ((label, name) for line in several for label in line.split("|"))
