"""Languages as those call them who speak them; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError


def own_names(tags: Sequence[str]) -> Mapping[str, str]:
    """The name of each language in itself, by its tag: "English", "Cymraeg"; with the country where two are alike.

    Args:
        tags: BCP 47, each once.
    """
    plain = {tag: _locale(tag).get_language_name() or tag for tag in tags}
    alike = Counter(plain.values())
    names = {tag: name if alike[name] == 1 else _locale(tag).get_display_name() or tag for tag, name in plain.items()}
    return {tag: name[:1].upper() + name[1:] for tag, name in names.items()}


def _locale(tag: str) -> Locale:
    """A territory that Babel does not know falls back to the language."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(tag.replace("_", "-").partition("-")[0])
