"""Where config.toml names what it defines elsewhere: names that stand twice, and names that stand nowhere.

Read from the tables as they were written, so that one mistyped value hides no mistyped name.
"""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NAMED_TABLES = ("categories", "sources", "lists", "digests")

Astray = tuple[str, str, str]
"""The place in config.toml, what is wrong there, and a way out."""


def astray_references(raw: Mapping[str, Any]) -> Iterator[Astray]:
    """Every name that is given to two things of a kind, and every reference to what is not configured.

    What is no table, no name or not there at all is passed over: validation tells that.
    """
    for table in _NAMED_TABLES:
        for name, count in Counter(name.casefold() for name in _names(raw, table)).items():
            if count > 1:
                yield table, f'"{name}" stands {count} times', "give each a name of its own"
    lists, sources = _names(raw, "lists"), _names(raw, "sources")
    for number, digest in enumerate(_entries(raw, "digests"), 1):
        place = f"digests[{number}]" + (f' "{digest["name"]}"' if isinstance(digest.get("name"), str) else "")
        yield from _unknown(f"{place}.lists", digest.get("lists"), lists)
        yield from _alternative(place, digest, _entries(raw, "digests"))
        for part, section in enumerate(_entries(digest, "sections"), 1):
            yield from _unknown(f"{place}.sections[{part}].sources", section.get("sources"), sources)
    for number, organiser in enumerate(_entries(raw, "organisers"), 1):
        yield from _unknown(f"organisers[{number}].lists", organiser.get("lists"), lists)


def _alternative(place: str, digest: Mapping[str, Any], digests: Sequence[Mapping[str, Any]]) -> Iterator[Astray]:
    """A digest that goes to those who chose it in the place of another has to reach them on the same lists."""
    wanted = digest.get("instead_of")
    if not isinstance(wanted, str):
        return
    others = [one for one in digests if one.get("name") != digest.get("name") and isinstance(one.get("name"), str)]
    other = next((one for one in others if one["name"] == wanted), None)
    if other is None:
        yield from _unknown(f"{place}.instead_of", [wanted], [one["name"] for one in others])
    elif "instead_of" in other:
        fix = f'write instead_of = "{other["instead_of"]}" here, too'
        yield f"{place}.instead_of", f'"{wanted}" itself stands in the place of another', fix
    elif isinstance(lists := digest.get("lists"), list) and lists != other.get("lists"):
        fix = f"write lists = {other.get('lists')} here, too".replace("'", '"')
        yield f"{place}.lists", f'who chooses it in the place of "{wanted}" would be lost: the lists differ', fix


def _entries(table: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """The tables of an array, an empty one in the place of what is none, so that numbers stay true."""
    value = table.get(key)
    return [entry if isinstance(entry, Mapping) else {} for entry in value] if isinstance(value, list) else []


def _names(raw: Mapping[str, Any], table: str) -> list[str]:
    return [entry["name"] for entry in _entries(raw, table) if isinstance(entry.get("name"), str)]


def _unknown(place: str, names: Any, known: Sequence[str]) -> Iterator[Astray]:
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str) and name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            fix = f'did you mean "{nearest[0]}"?' if nearest else f"known: {', '.join(known) or 'none yet'}"
            yield place, f'"{name}" is not configured', fix
