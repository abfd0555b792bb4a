"""Which of the network's languages a word in somebody's file means: "cy", "cy_GB", "Welsh", "Cymraeg"; pure."""

from collections.abc import Iterable, Iterator, Sequence

from babel import Locale, UnknownLocaleError

from digest.config.csv_files import plain
from digest.errors import Problem


class Spoken:
    """Finds a language by what files call it: its tag, its name in any of these languages or in English."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self._known: dict[str, str | None] = {}
        locales = {tag: locale for tag in languages if (locale := _locale(tag)) is not None}
        ways = (
            {tag: [tag] for tag in languages},
            {tag: [locale.get_display_name("en")] for tag, locale in locales.items()},
            {tag: [locale.get_display_name(), *_names(locale, locales.values())] for tag, locale in locales.items()},
            {tag: [locale.language] for tag, locale in locales.items()},
        )
        for way in ways:  # the surest first: of two with one name, the first of the network's has it
            for tag, names in way.items():
                for name in names:
                    self._known.setdefault(plain(name or ""), tag)
        self._by_first = {locale.language: tag for tag, locale in reversed(locales.items())}

    def __call__(self, told: str) -> str | None:
        """The one that is meant; None where it is none of them."""
        if told not in self._known:
            name = plain(told)
            self._known[told] = self._known.get(name) or self._by_first.get(_first_of(told))
        return self._known[told]

    def astray(self, found: Iterable[tuple[str, str]]) -> Iterator[Problem]:
        """What to say of those that it does not find: once each, at the first place.

        Args:
            found: where each stands, and what.
        """
        places: dict[str, list[str]] = {}
        for where, told in found:
            places.setdefault(told, []).append(where)
        offered = ", ".join(self.languages)
        for told, all_places in places.items():
            more = f" ({len(all_places)} lines, this the first)" if len(all_places) > 1 else ""
            what = f"{told[:40]!r} is none of the network's languages, {offered}{more}"
            fix = "who is listed so reads that of their list; mend it, or add it to [network] languages"
            yield Problem(where=all_places[0], what=what, fix=fix)


def _names(locale: Locale, those: Iterable[Locale]) -> Iterator[str | None]:
    yield locale.get_language_name("en")
    for other in those:
        yield locale.get_language_name(other)


def _locale(tag: str) -> Locale | None:
    for way in (tag.replace("_", "-"), _first_of(tag)):
        try:
            return Locale.parse(way, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def _first_of(tag: str) -> str:
    """The language in a tag such as ``en-US``, ``en_US.UTF-8``, ``en-GB-oxendict``."""
    return tag.replace("_", "-").partition("-")[0].strip().casefold()
