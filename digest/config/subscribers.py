"""Who is listed: inline subscribers and CSV files, read whole or refused whole."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.config.addresses import address_key
from digest.config.load import encoding_problem
from digest.config.model import Config, ListConfig, SubscriberLine
from digest.config.values import parse_address
from digest.errors import ConfigError, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One list as config.toml and its file state it; each address once, the first line wins."""

    name: str
    title: str
    subscribers: tuple[SubscriberLine, ...]
    max_removals: float
    repeated: tuple[Problem, ...] = ()  # addresses that stand more than once; worth a warning


def read_lists(config: Config) -> tuple[Listed, ...]:
    """All lists of the configuration.

    Raises:
        ConfigError: with every line that cannot be taken, in every file. Nothing of a list is used then: a
            mistyped line must not look like a person who left.
    """
    problems: list[Problem] = []
    listed = []
    for entry in config.lists:
        inline = [(f'config.toml: list "{entry.name}"', line) for line in entry.subscribers]
        from_file = list(_read_file(config, entry, problems))
        listed.append(_without_repeats(entry, [*inline, *from_file]))
    if problems:
        raise ConfigError(problems)
    return tuple(listed)


def _without_repeats(entry: ListConfig, lines: Sequence[tuple[str, SubscriberLine]]) -> Listed:
    first: dict[str, tuple[str, SubscriberLine]] = {}
    repeated = []
    for where, line in lines:
        key = address_key(line.email)
        if key in first:
            repeated.append(Problem(where=where, what=f"{line.email} stands already at {first[key][0]}"))
        else:
            first[key] = (where, line)
    return Listed(
        name=entry.name,
        title=entry.title or entry.name,
        subscribers=tuple(line for _, line in first.values()),
        max_removals=entry.max_removals,
        repeated=tuple(repeated),
    )


def _read_file(config: Config, entry: ListConfig, problems: list[Problem]) -> Iterator[tuple[str, SubscriberLine]]:
    if entry.file is None:
        return
    place = str(entry.file)
    try:
        text = config.resolve(entry.file).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(encoding_problem(place, error))
        return
    except OSError as error:
        problems.append(Problem(where=place, what=str(error.strerror), fix=f'named by list "{entry.name}"'))
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [column.strip().lower() for column in next(rows, [])]
        if "email" not in header:
            problems.append(
                Problem(where=f"{place}, line 1", what="no column is named email", fix="the header is: email,name")
            )
            return
        for row in rows:
            if any(cell.strip() for cell in row):
                yield from _read_row(f"{place}, line {rows.line_num}", header, row, problems)
    except csv.Error as error:
        problems.append(Problem(where=f"{place}, line {rows.line_num}", what=str(error), fix="check its quotes"))


def _read_row(
    where: str, header: Sequence[str], row: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[str, SubscriberLine]]:
    if len(row) > len(header):
        what = f"{len(row)} values, but the header names {len(header)} columns"
        problems.append(Problem(where=where, what=what, fix="put quotes around a value that holds a comma"))
        return
    values = dict(zip(header, (cell.strip() for cell in row), strict=False))
    if not values.get("email"):
        what = "no address in this row"
        problems.append(Problem(where=where, what=what, fix="add it in the column email, or delete the line"))
        return
    try:
        address = parse_address(values["email"])
    except ValueError as error:
        problems.append(Problem(where=where, what=f"{values['email']!r}: {error}", fix="mend or delete the line"))
        return
    yield (
        where,
        SubscriberLine.model_construct(
            email=address, name=" ".join(re.sub(r"[\x00-\x1f\x7f]", " ", values.get("name", "")).split())
        ),
    )


def _delimiter(text: str) -> str:
    """Spreadsheets of many languages write semicolons; the header tells."""
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)
