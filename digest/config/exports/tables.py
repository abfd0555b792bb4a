"""Exports that are CSV files: plain ones, and those of listmonk, Buttondown and Mailchimp; pure.

listmonk: ``uuid,email,name,attributes,status``, attributes as JSON. Buttondown: ``email,metadata,type`` or
``subscriber_type``, metadata as JSON. Mailchimp: an archive of one file for each standing, told by its name.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from digest.config.columns import FIELD_LENGTH, LANGUAGE_WORDINGS, find_columns
from digest.config.csv_files import CsvFile, Row, columns_named, one_line, plain, read_csv
from digest.config.exports.person import BY_WORD, Exported, Stood
from digest.config.spoken import Spoken
from digest.errors import ConfigError, Problem
from digest.model import Recipient

MAX_ARCHIVE = 500_000_000  # bytes, unpacked

_STATUS = {
    "csv": ("status", "subscription_status", "subscriber_status"),
    "listmonk": ("status",),
    "buttondown": ("subscriber_type", "type"),
}
_MORE = ("attributes", "metadata", "attribs")
_BY_NAME = {
    "subscribed": Stood.SUBSCRIBED,
    "unsubscribed": Stood.LEFT,
    "cleaned": Stood.BOUNCED,
    "nonsubscribed": Stood.UNCONFIRMED,
}
_BY_COLUMN = {"unsub_time": Stood.LEFT, "clean_time": Stood.BOUNCED}


def read_table(
    content: bytes,
    *,
    place: str,
    named: Mapping[str, str],
    fields: Sequence[str],
    stood: Stood | None = None,
    spoken: Spoken | None = None,
    tool: str = "csv",
) -> Iterator[Exported]:
    """Everybody in a CSV file.

    Args:
        content: the file.
        place: its name.
        named: what its header calls our columns, as in ``[[lists]] columns``.
        fields: what is kept besides, where the file has it.
        stood: how everybody in it stood; else a column tells, and of a plain file without one everybody was subscribed.
        spoken: finds what it calls a language; None where people have none to choose.
        tool: what wrote it.

    Raises:
        ConfigError: with every row that cannot be taken, such as one whose status nobody knows.
    """
    file = read_csv(content, place=place)
    kept = [name for name in fields if _has(file, named, name)]
    columns = find_columns(file, named=named, fields=kept, spoken=spoken)
    status = next(columns_named(file.header, _STATUS[tool]), None) if stood is None else None
    if stood is None and status is None and tool != "csv":
        what = f"no column is named {' or '.join(_STATUS[tool])}, so that it is not told how people stood"
        raise ConfigError([Problem(where=file.where(1), what=what, fix="export it with that column, or say --as")])
    more = next(columns_named(file.header, _MORE), None)
    problems = list(file.problems)
    for row in file.rows:
        try:
            person, astray = _with_more(columns.person(row), _at(row, more), fields, spoken)
            yield Exported(
                person=person,
                stood=stood or _stood(row, status),
                where=file.where(row.line),
                astray=astray or columns.astray(row),
            )
        except ValueError as error:
            fix = "mend the line, or delete it"
            problems.append(Problem(where=file.where(row.line), what=str(error), fix=fix))
    if problems:
        raise ConfigError(problems)


def read_mailchimp(
    content: bytes,
    *,
    place: str,
    named: Mapping[str, str],
    fields: Sequence[str],
    stood: Stood | None = None,
    spoken: Spoken | None = None,
) -> Iterator[Exported]:
    """Everybody in an archive of Mailchimp's, or in one of its files.

    Raises:
        ConfigError: as `read_table`; or when it is not told how people stood.
    """
    for name, part in _parts(content, place):
        header = {plain(column) for column in read_csv(part, place=name).header}
        by_name = _BY_NAME.get(PurePosixPath(name).name.split("_", 1)[0].casefold())
        found = stood or by_name or next((those for column, those in _BY_COLUMN.items() if column in header), None)
        if found is None and "optin_time" not in header:
            fix = "leave the file its name, such as cleaned_members_export_1.csv, or say --as"
            raise ConfigError([Problem(where=name, what="it is not told how people stood", fix=fix)])
        so = found or Stood.SUBSCRIBED
        yield from read_table(part, place=name, named=named, fields=fields, stood=so, spoken=spoken)


def _parts(content: bytes, place: str) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(b"PK"):
        yield place, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if sum(one.file_size for one in files) > MAX_ARCHIVE:
                raise ConfigError([Problem(where=place, what=f"it unpacks to more than {MAX_ARCHIVE:,} bytes")])
            for one in files:
                with archive.open(one) as opened:
                    yield f"{place}/{one.filename}", opened.read(one.file_size)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise ConfigError([Problem(where=place, what=f"the archive cannot be read: {error}")]) from None


def _has(file: CsvFile, named: Mapping[str, str], name: str) -> bool:
    return next(columns_named(file.header, (plain(named.get(name, name)),)), None) is not None


def _at(row: Row, place: int | None) -> str:
    return row.values[place] if place is not None and place < len(row.values) else ""


def _stood(row: Row, status: int | None) -> Stood:
    if status is None:
        return Stood.SUBSCRIBED
    word = _at(row, status)
    found = BY_WORD.get(plain(word))
    if found is None:
        raise ValueError(f"nobody knows what the status {word!r} means; write subscribed, left, bounced or complained")
    return found


def _with_more(person: Recipient, more: str, fields: Sequence[str], spoken: Spoken | None) -> tuple[Recipient, str]:
    """The fields that are kept, and the language, may stand in one column, as JSON; the latter as it is, if unknown."""
    try:
        told = json.loads(more) if more.startswith("{") else {}
    except (ValueError, RecursionError):
        told = {}
    by_name = {plain(str(name)): value for name, value in told.items() if isinstance(value, str | int | float)}
    found = {name: one_line(str(by_name[name]), at_most=FIELD_LENGTH) for name in fields if name in by_name}
    words = [str(by_name[name]) for name in LANGUAGE_WORDINGS if name in by_name] if spoken else []
    language = spoken(words[0]) if spoken and words else None
    if found or language:
        person = replace(person, fields={**person.fields, **found}, language=language or person.language)
    return person, words[0] if words and not language else ""
