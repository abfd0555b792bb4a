"""The words of all languages within patterns: those of ``[facts]``, letter for letter; pure."""

import re

from digest.collect.languages import tables


def any_of(name: str) -> str:
    """A pattern of what a list of ``[facts]`` has in any language; ``word*`` is any that begins so.

    To be taken within what `digest.collect.languages.of_all_languages` makes, as the words are those of the moment.
    """
    words = [word for table in tables().values() for word in table.get("facts", {}).get(name, ())]
    return "(?:" + "|".join(map(_spelt, dict.fromkeys(words))) + ")"


def _spelt(word: str) -> str:
    letters = re.escape(word.removesuffix("*")).replace("'", "['’]")
    return letters + r"\w{0,12}" if word.endswith("*") else letters
