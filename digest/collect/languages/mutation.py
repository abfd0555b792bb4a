"""Words whose beginning changes with what stands before them, as in Welsh and Irish; pure.

``~swydd`` in a phrase is the word in any of its forms, by the language's ``[mutations]``: each beginning with what may
stand for it. Of several beginnings that fit the longest counts, so that ``ch = []`` keeps "chwarae" as it is.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_MARKED = re.compile(r"~([^\W\d_]+)(\*?)")
_LONGEST = 3  # characters of a beginning


def with_mutations(table: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """A language's table with every marked word as its forms."""
    by = table.get("mutations", {})
    return {
        name: {
            key: [_spelt_out(one, by) for one in several] if isinstance(several, list) else several
            for key, several in section.items()
        }
        for name, section in table.items()
        if name != "mutations"
    }


def forms(word: str, by: Mapping[str, Sequence[str]]) -> list[str]:
    """A word, and what may stand for it."""
    for length in range(_LONGEST, 0, -1):
        if (beginning := word[:length].lower()) in by:
            return [word, *(other + word[length:] for other in by[beginning])]
    return [word]


def _spelt_out(phrase: str, by: Mapping[str, Sequence[str]]) -> str:
    if "~" not in phrase:
        return phrase
    return _MARKED.sub(lambda marked: "|".join(f"{form}{marked[2]}" for form in forms(marked[1], by)), phrase)
