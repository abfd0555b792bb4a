"""Every fixed wording that a member reads in a mail or on a page, in one place, and how it is said in a language; pure.

A phrase is a template for ``str.format``, or the two forms that follow a count. What is filled in is never
read as a template again, so a title with braces in it stays as it is. In a catalog (``templates/locales/*.po``)
the name of the phrase is its context (``msgctxt``) and the English words are its ``msgid``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from digest.render.archive_phrases import ARCHIVE_PHRASES
from digest.render.console_phrases import CONSOLE_PHRASES
from digest.render.desk_phrases import DESK_PHRASES
from digest.render.doubt_phrases import DOUBT_PHRASES
from digest.render.evidence_phrases import EVIDENCE_PHRASES
from digest.render.finding_phrases import FINDING_PHRASES
from digest.render.letter_phrases import LETTER_PHRASES
from digest.render.mail_phrases import MAIL_PHRASES
from digest.render.people_phrases import PEOPLE_PHRASES
from digest.render.reason_phrases import REASON_PHRASES

PHRASES: Mapping[str, str | tuple[str, str]] = {
    **MAIL_PHRASES,
    **PEOPLE_PHRASES,
    **LETTER_PHRASES,
    **ARCHIVE_PHRASES,
    **CONSOLE_PHRASES,
    **DESK_PHRASES,
    **EVIDENCE_PHRASES,
    **DOUBT_PHRASES,
    **FINDING_PHRASES,
    **REASON_PHRASES,
}
"""All of them; each part has a catalog of its own: members' in ``locales``, the console's in folders there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrases:
    """The wordings of one language; what its catalogs leave out is said in English."""

    locale: Locale
    translations: NullTranslations  # what the catalogs say; of NullTranslations itself: nothing
    untranslated: frozenset[str] = frozenset()  # names of the phrases that no catalog says
    unknown: tuple[str, ...] = ()  # "cy.po, line 7": translations of what is not (or no longer) a phrase

    @property
    def english(self) -> bool:
        """Whether members read English words, be it for want of a catalog."""
        return self.locale.language == "en" or len(self.untranslated) == len(PHRASES)

    def say(self, name: str, count: int | None = None, /, **values: Any) -> str:
        """The phrase of that name; where it has several forms, `count` chooses and may be written.

        Raises:
            KeyError: for a phrase that is not in the table, or a value that it needs and was not given.
        """
        phrase = PHRASES[name]
        if isinstance(phrase, str):
            template = self.translations.pgettext(name, phrase)
        elif count is None:
            raise KeyError("count")
        else:
            template = self.translations.npgettext(name, *phrase, count)
        return template.format(count=None if count is None else format_decimal(count, locale=self.locale), **values)

    def gaps(self) -> Iterator[str]:
        """What the catalogs leave to be done, one sentence each, for whoever keeps them."""
        language = self.locale.language
        missing = [name for name in PHRASES if name in self.untranslated] if language != "en" else []
        if len(missing) == len(PHRASES):
            yield f"members read English words: there is no {language}.po in a folder locales of paths.templates"
        elif missing:
            rest = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            yield f"said in English: {', '.join(missing[:3])}{rest}; translate them in {language}.po"
        for place in self.unknown:
            yield f"{place}: translates no phrase of ours; compare msgctxt and msgid with messages.pot"

    def listed(self, parts: Sequence[str]) -> str:
        """Several things in one sentence, as in "Jobs, Members and Organisers"."""
        # Where "and" depends on the sound that follows, CLDR leaves the choice to the reader: "a(c)" in Welsh.
        if "(" in self.locale.list_patterns["standard"]["2"]:
            return ", ".join(parts)
        return format_list(list(parts), locale=self.locale)


IN_ENGLISH = Phrases(locale=Locale("en", "GB"), translations=NullTranslations())
"""For what programs read, which is the same in every network."""
