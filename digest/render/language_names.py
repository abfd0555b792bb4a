"""Languages: their forms, and what those call them who speak them; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError

from digest.errors import ConfigError, Problem


def locale_of(language: str) -> Locale:
    """The forms of a language (BCP 47); a territory that Babel does not know falls back to the language.

    Raises:
        ConfigError: for a language that Babel does not know.
    """
    tag = language.replace("_", "-")
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        pass
    try:
        return Locale.parse(tag.split("-", maxsplit=1)[0])
    except (UnknownLocaleError, ValueError):
        what, fix = f"{language!r} is not a language we know the dates of", 'write a tag such as "en-GB" or "de"'
        raise ConfigError([Problem(where="config.toml: network.language", what=what, fix=fix)]) from None


def own_names(tags: Sequence[str]) -> Mapping[str, str]:
    """The name of each language in itself, by its tag: "English", "Cymraeg"; with the country where two are alike.

    Args:
        tags: BCP 47, each once.
    """
    plain = {tag: locale_of(tag).get_language_name() or tag for tag in tags}
    alike = Counter(plain.values())
    names = {tag: name if alike[name] == 1 else locale_of(tag).get_display_name() or tag for tag, name in plain.items()}
    return {tag: name[:1].upper() + name[1:] for tag, name in names.items()}
