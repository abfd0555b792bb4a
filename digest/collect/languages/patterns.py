"""The words of all languages within patterns: those of ``[facts]``, letter for letter; pure."""

import re

from digest.collect.languages import tables


def any_of(name: str) -> str:
    """A pattern of what a list of ``[facts]`` has in any language; ``word*`` is any that begins so.

    To be taken within what `digest.collect.languages.of_all_languages` makes, as the words are those of the moment.
    """
    return "(?:" + "|".join(map(_spelt, dict.fromkeys(_listed(name)))) + ")"


def all_of(name: str) -> frozenset[str]:
    """The words themselves, of a list that has no ``word*``."""
    return frozenset(_listed(name))


def _listed(name: str) -> list[str]:
    return [word for table in tables().values() for word in table.get("facts", {}).get(name, ())]


def _spelt(word: str) -> str:
    letters = re.escape(word.removesuffix("*")).replace("'", "['’]")
    return letters + r"\w{0,12}" if word.endswith("*") else letters
