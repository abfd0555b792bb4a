"""Who is listed: inline subscribers and CSV files, read whole or refused whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.config.addresses import address_key
from digest.config.columns import find_columns
from digest.config.csv_files import read_csv
from digest.config.lists import ListConfig
from digest.config.model import Config
from digest.config.spoken import Spoken
from digest.errors import ConfigError, Problem
from digest.model import Quoted, Recipient, Told, said


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One list as config.toml and its file state it; each address once, the first line wins."""

    name: str
    title: str
    subscribers: tuple[Recipient, ...]
    max_removals: float
    repeated: tuple[Problem, ...] = ()  # addresses that stand more than once; worth a warning
    astray: tuple[Problem, ...] = ()  # languages that are none of the network's; likewise


def read_lists(config: Config) -> tuple[Listed, ...]:
    """All lists of the configuration.

    Raises:
        ConfigError: with every line that cannot be taken, in every file. Nothing of a list is used then: a
            mistyped line must not look like a person who left.
    """
    problems: list[Problem] = []
    listed = []
    spoken = Spoken(config.languages) if len(config.languages) > 1 else None
    for entry in config.lists:
        place = f'config.toml: list "{entry.name}"'
        inline = [
            (place, Recipient(address=line.email, name=line.name, fields=line.fields)) for line in entry.subscribers
        ]
        astray: list[tuple[str, str]] = []
        from_file = list(_read_file(config, entry, spoken, problems, astray))
        warnings = tuple(spoken.astray(astray)) if spoken else ()
        listed.append(_without_repeats(entry, [*inline, *from_file], warnings))
    if problems:
        raise ConfigError(problems)
    return tuple(listed)


def _without_repeats(entry: ListConfig, lines: Sequence[tuple[str, Recipient]], astray: tuple[Problem, ...]) -> Listed:
    first: dict[str, tuple[str, Recipient]] = {}
    repeated = []
    for line in lines:
        where, person = line
        if (before := first.setdefault(address_key(person.address), line)) is not line:
            repeated.append(Problem(where=where, what=Told("list_repeated", address=person.address, where=before[0])))
    return Listed(
        name=entry.name,
        title=entry.title or entry.name,
        subscribers=tuple(person for _, person in first.values()),
        max_removals=entry.max_removals,
        repeated=tuple(repeated),
        astray=astray,
    )


def _read_file(
    config: Config,
    entry: ListConfig,
    spoken: Spoken | None,
    problems: list[Problem],
    astray: list[tuple[str, str]],
) -> Iterator[tuple[str, Recipient]]:
    if entry.file is None:
        return
    try:
        file = read_csv(config.resolve(entry.file).read_bytes(), place=str(entry.file))
        columns = find_columns(file, named=entry.columns, fields=entry.fields, spoken=spoken)
    except ConfigError as error:
        problems += error.problems
        return
    except OSError as error:
        what, fix = Quoted(error.strerror), Told("list_named", name=entry.name)
        problems.append(Problem(where=str(entry.file), what=what, fix=fix))
        return
    problems += file.problems
    for row in file.rows:
        where = file.where(row.line)
        if not columns.has_address(row):
            why = Told("list_no_address")
            problems.append(Problem(where=where, what=why, fix=Told("list_no_address_fix")))
            continue
        try:
            yield where, columns.person(row)
        except ValueError as error:
            why = Told("of_key", key=repr(row.values[columns.email]), what=said(error))
            problems.append(Problem(where=where, what=why, fix=Told("list_line_fix")))
        if unknown := columns.astray(row):
            astray.append((where, unknown))
