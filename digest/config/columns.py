"""Which column of a file holds what, whatever its header calls it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.config.csv_files import CsvFile, Row, columns_named, one_line, plain
from digest.config.spoken import Spoken
from digest.config.values import parse_address
from digest.errors import ConfigError, Problem
from digest.model import Recipient, Told

NAME_LENGTH, FIELD_LENGTH = 500, 500  # characters

_NO_FIELDS: Mapping[str, str] = {}  # one for all: a large list is full of people of whom nothing more is known

LANGUAGE_WORDINGS = (
    *("language", "lang", "locale", "preferred_language", "language_preference", "mail_language"),
    *("iaith", "dewis_iaith", "sprache", "langue"),
)
"""What files call the language that somebody reads, as `csv_files.plain` writes it."""

_WORDINGS: Mapping[str, tuple[str, ...]] = {
    "email": (
        *("email", "e_mail", "mail", "email_address", "e_mail_address", "mail_address", "emailaddress"),
        *("subscriber_email", "primary_email", "e_mail_1_value", "email_1"),
        *("ebost", "cyfeiriad_ebost", "e_mail_adresse", "adresse_e_mail"),
    ),
    "name": ("name", "full_name", "fullname", "display_name", "real_name", "your_name", "subscriber_name", "enw"),
    "first_name": ("first_name", "firstname", "given_name", "forename", "fname", "first", "enw_cyntaf", "vorname"),
    "last_name": ("last_name", "lastname", "family_name", "surname", "lname", "last", "cyfenw", "nachname"),
    "language": LANGUAGE_WORDINGS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """The places of what is read, counted from 0."""

    email: int
    names: tuple[int, ...] = ()  # one, or first and last name
    fields: Mapping[str, int] = field(default_factory=dict)
    language: int | None = None
    spoken: Spoken | None = None  # finds what a row calls a language; None where people have none to choose

    def person(self, row: Row) -> Recipient:
        """Who a row is.

        Raises:
            ValueError: when it has no address, or none that can be taken, with what is wrong.
        """
        parts = [_value(row, place) for place in self.names]
        return Recipient(
            address=parse_address(_value(row, self.email)),
            name=one_line(" ".join(parts), at_most=NAME_LENGTH),
            fields={name: one_line(_value(row, at), at_most=FIELD_LENGTH) for name, at in self.fields.items()}
            if self.fields
            else _NO_FIELDS,
            language=self.spoken(_value(row, self.language)) if self.spoken and self.language is not None else None,
        )

    def astray(self, row: Row) -> str:
        """What a row calls the language where that is none that can be chosen; or ""."""
        if self.spoken is None or self.language is None:
            return ""
        told = _value(row, self.language)
        return "" if self.spoken(told) else told

    def has_address(self, row: Row) -> bool:
        """Whether anything stands where the address should."""
        return bool(_value(row, self.email))


def find_columns(
    file: CsvFile, *, named: Mapping[str, str], fields: Sequence[str], spoken: Spoken | None = None
) -> Columns:
    """Find the columns of a list's file by its header.

    Args:
        file: with its header.
        named: what the header calls them, for those that it calls otherwise than we do.
        fields: further columns that are kept.
        spoken: finds what the file calls a language; None where people have none to choose, and so no column tells it.

    Raises:
        ConfigError: when the address or a field is in no column, or could be in several.
    """
    problems: list[Problem] = []

    def place(name: str, *, needed: bool) -> int | None:
        wordings = (plain(named[name]),) if name in named else _WORDINGS.get(name, (name,))
        found = list(columns_named(file.header, wordings))
        exact = [number for number in found if plain(file.header[number]) == wordings[0]]
        match exact or found:
            case [only]:
                return only
            case [] if needed or name in named:
                problems.append(_missing(file, name, named.get(name)))
            case [_, _, *_] as several:
                told = " and ".join(f'"{file.header[number]}"' for number in several)
                what, fix = Told("column_several", columns=told, name=name), Told("column_several_fix", name=name)
                problems.append(Problem(where=file.where(1), what=what, fix=fix))
        return None

    email = place("email", needed=True)
    places = {name: place(name, needed=False) for name in ("name", "first_name", "last_name")}
    kept = {name: place(name, needed=True) for name in fields}
    language = place("language", needed=False) if spoken else None
    if email is None or problems:
        raise ConfigError(problems)
    whole = places.pop("name")
    return Columns(
        email=email,
        names=(whole,) if whole is not None else tuple(number for number in places.values() if number is not None),
        fields={name: number for name, number in kept.items() if number is not None},
        language=language,
        spoken=spoken,
    )


def _missing(file: CsvFile, name: str, wanted: str | None) -> Problem:
    there = ", ".join(column for column in file.header[:20] if column) or Told("none")
    if name == "email" and wanted is None:
        return Problem(where=file.where(1), what=Told("column_email", there=there), fix=Told("column_email_fix"))
    what = Told("column_none", name=wanted or name, there=there)
    return Problem(where=file.where(1), what=what, fix=Told("column_none_fix", name=name))


def _value(row: Row, place: int) -> str:
    return row.values[place] if place < len(row.values) else ""
