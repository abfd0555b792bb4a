"""Programmes: lines one below the other that each begin with a time of day; pure."""

from collections.abc import Iterator, Sequence

from digest.collect.evidence import Sentence

_FEWEST = 3  # lines


def programme_of(sentence: Sentence, spoken: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The lines of the programme to which a sentence belongs; nothing where it belongs to none."""
    return next((lines for lines in _programmes(spoken) if any(line is sentence for line in lines)), ())


def _programmes(spoken: Sequence[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    lines: list[Sentence] = []
    for one in (*(one for one in spoken if one.opens), None):
        if one is not None and _is_line(one):
            lines.append(one)
            continue
        if len(lines) >= _FEWEST:
            yield tuple(lines)
        lines = []


def _is_line(one: Sentence) -> bool:
    """Whether nothing but signs stands before its time."""
    return bool(one.times) and not one.dates and not one.text[: one.times[0].span[0]].strip(" \t|*-–•([")
