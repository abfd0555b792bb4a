"""Translations of the phrases: gettext catalogs (``.po``), an admin's own before the shipped ones.

A catalog is named by its language, ``cy.po`` or ``pt_BR.po``, and read as it is: nothing has to be compiled. Each
phrase is taken from the first catalog that says it. What would break a mail at sending is refused at loading.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from digest.errors import ConfigError, Problem
from digest.render.phrases import PHRASES, Phrases

_LINE = re.compile(r'#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"(?:[^"\\]|\\.)*"|')
_COUNTS = range(201)  # every plural rule of CLDR has shown all its forms by then


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What one catalog says."""

    translations: GNUTranslations
    names: frozenset[str]
    unknown: tuple[str, ...]


def load_phrases(locale: Locale, folders: Iterable[Path]) -> Phrases:
    """The phrases in a language; in the first folder stands what counts most.

    Raises:
        ConfigError: for a catalog that cannot be read, or whose translations cannot be filled in, with file and line.
    """
    paths = (folder / f"{name}.po" for folder in folders for name in _names(locale))
    catalogs = [_read(path, locale) for path in paths if path.is_file()]
    translations = NullTranslations()
    for catalog in reversed(catalogs):
        catalog.translations.add_fallback(translations)
        translations = catalog.translations
    return Phrases(
        locale=locale,
        translations=translations,
        untranslated=frozenset(PHRASES).difference(*(catalog.names for catalog in catalogs)),
        unknown=tuple(place for catalog in catalogs for place in catalog.unknown),
    )


def catalog_folders(templates: Sequence[Path]) -> tuple[Path, ...]:
    """Where catalogs stand in folders of templates: in ``locales``, and the shipped ones by part in folders there."""
    found = [folder / "locales" for folder in templates]
    return (*found, *sorted(path for folder in found for path in folder.glob("*") if path.is_dir()))


def _names(locale: Locale) -> Sequence[str]:
    """The names a catalog may have, the narrowest first: zh_Hant_TW, zh_TW, zh_Hant, zh; with "-" as well."""
    language, script, territory = locale.language, locale.script, locale.territory
    tags = [(language, script, territory), (language, territory), (language, script), (language,)]
    names = ["_".join(part for part in tag if part) for tag in tags]
    return list(dict.fromkeys(spelled for name in names for spelled in (name, name.replace("_", "-"))))


def _read(path: Path, locale: Locale) -> _Read:
    catalog = _parse(path, locale)
    names, unknown, problems = set(), [], []
    for message in list(catalog):
        if not message.id:
            continue
        strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        name = message.context or ""
        if name not in PHRASES or _id(message) != PHRASES[name]:
            unknown += [f"{path.name}, line {message.lineno}"] if any(strings) else []
        elif not all(strings) or message.fuzzy:
            catalog.delete(message.id, message.context)  # not finished: said by the next catalog, or in English
        else:
            names.add(name)
            problems += [_problem(path, message, what) for what in _unfillable(name, strings)]
    if problems:
        raise ConfigError(problems)
    return _Read(translations=_compile(path, catalog), names=frozenset(names), unknown=tuple(unknown))


def _parse(path: Path, locale: Locale) -> Catalog:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 at byte {error.start}"
        raise ConfigError([Problem(where=str(path), what=what, fix="save it as UTF-8")]) from None
    except OSError as error:
        raise ConfigError([Problem(where=str(path), what=f"cannot be read: {error.strerror}")]) from None
    fix = "an editor for catalogs, such as Poedit, writes them right"
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line.strip()):
            what = f"{line.strip()[:60]} is not a line of a catalog"
            raise ConfigError([Problem(where=f"{path}, line {number}", what=what, fix=fix)])
    try:
        catalog = read_po(lines, locale=locale, ignore_obsolete=True, abort_invalid=True)
    except PoFileError as error:
        what = str(error).rpartition(" on ")[0]
        raise ConfigError([Problem(where=f"{path}, line {error.lineno + 1}", what=what, fix=fix)]) from None
    except (ValueError, LookupError, TypeError) as error:
        what = f"is not a catalog: {error}"
        raise ConfigError([Problem(where=str(path), what=what, fix=fix)]) from None
    catalog.charset, catalog.locale = "utf-8", locale  # whatever its header says
    return catalog


def _compile(path: Path, catalog: Catalog) -> GNUTranslations:
    compiled = BytesIO()
    try:
        write_mo(compiled, catalog)
        compiled.seek(0)
        translations = GNUTranslations(compiled)
        for count in _COUNTS:
            translations.ngettext("", "", count)
    except (ValueError, ArithmeticError) as error:
        what, fix = f"Plural-Forms cannot be used: {error}", "copy that line from another catalog of the language"
        raise ConfigError([Problem(where=str(path), what=what, fix=fix)]) from None
    return translations


def _id(message: Message) -> str | tuple[str, ...]:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _unfillable(name: str, strings: Sequence[str]) -> Iterable[str]:
    """Why translations of a phrase cannot be filled in as the phrase itself is."""
    phrase = PHRASES[name]
    forms = (phrase,) if isinstance(phrase, str) else phrase
    wanted = frozenset[str]().union(*(_places(form) for form in forms))
    for string in strings:
        try:
            found = _places(string)
        except ValueError as error:
            yield f'"{string}": {error}'
            continue
        # One form may leave the number out: "no vacancies", "a vacancy".
        if found != wanted and not (len(forms) > 1 and found == wanted - {"count"}):
            yield f'"{string}" has {_told(found)} where "{forms[-1]}" has {_told(wanted)}'


def _places(template: str) -> frozenset[str]:
    """What stands in braces."""
    return frozenset(
        field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, field, spec, conversion in Formatter().parse(template)
        if field is not None
    )


def _told(places: Iterable[str]) -> str:
    return " and ".join(f"{{{place}}}" for place in sorted(places)) or "nothing in braces"


def _problem(path: Path, message: Message, what: str) -> Problem:
    fix = "keep what stands in braces as it is in the original"
    return Problem(where=f"{path}, line {message.lineno}", what=what, fix=fix)
