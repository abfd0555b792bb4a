"""How a title is made: what it begins and ends with, its length and its marks; pure."""

from collections.abc import Iterator

from digest.collect.evidence.lexicon import Lexicon
from digest.collect.evidence.words import Part, Words

_TELLING = frozenset(("role", "study", "event_noun", "vacancy_noun", "unpaid_role"))
_SECOND = 1  # place of the last word that a title still begins with: "Volunteer driver", "A talk"
_LONG = 12  # words
_MARKS = {":": "colon", ",": "comma", "(": "brackets"}


def signs_of_title(words: Words, lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    """Each sign with how much there is of it; some come again."""
    for title in words.spoken:
        if title.part is not Part.TITLE:
            continue
        tokens = lexicon.heard(title)
        for match in lexicon.phrases.find(tokens):
            if match.name in _TELLING and match.start <= _SECOND:
                yield f"title: begins with {match.name}", 1.0
            if match.name in _TELLING and match.end == len(tokens):
                yield f"title: ends with {match.name}", 1.0
        yield "title: length", min(1.0, len(title.tokens) / _LONG)
        if title.tokens and title.tokens[-1] == "?":
            yield "title: question", 1.0
        yield from ((f"title: {name}", 1.0) for mark, name in _MARKS.items() if mark in title.text)
        written = [title.text[start:end] for start, end in title.spans if title.text[start].isalpha()]
        if written:
            yield "title: capitals", sum(word[0].isupper() for word in written) / len(written)
