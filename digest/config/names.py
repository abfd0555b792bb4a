"""How things in config.toml are named: one shape for each kind of name."""

from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
Title = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]  # BCP 47


def _known_language(tag: str) -> str:
    try:
        Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError('is not a language we know the dates of; write a tag such as "en-US" or "de"') from None
    return tag


KnownLanguage = Annotated[Language, AfterValidator(_known_language)]
