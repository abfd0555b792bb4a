"""Kind ``table``: rows of a database or of a CSV file, one item each."""

import csv
import difflib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digest.collect.dates import writes_month_first
from digest.collect.decode import decode
from digest.collect.folder import NO, YES
from digest.collect.found import Document, Fetched, Found, Moment, Source, refused, told
from digest.collect.stated import distinct, hashed_key, stated_body, stated_key, stated_moment, web_url
from digest.errors import Problem, SourceError
from digest.model import Kind, Quoted, Told
from digest.text.markup import one_line

FIELDS = (
    *("title", "author", "categories", "date", "kind", "starts", "ends", "location", "closes", "url", "employer"),
    *("salary", "summary", "body", "key", "cancelled", "image"),
)
_MAX_ROWS = 10_000
_MAX_COLUMNS = 1_000
_MAX_LINES = 1_000_000  # empty ones too
_NO_DATE = re.compile(r"0000-00-00(?:[T ].*)?")
_DATE_FIX = Told("date_fix")


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table as read: the names of its columns, and its rows with the place of each."""

    columns: tuple[str, ...]
    rows: Iterable[tuple[str, Sequence[Any]]]
    problems: Sequence[Problem] = ()  # of lines that are no rows, known when the rows have been gone through


def parse_table(source: Source, fetched: Fetched) -> tuple[Found | Problem, ...]:
    """The items of a table, in the order of its rows, and every mistake with its place and the way out.

    Rows with the same key, as a join with a table of categories gives, are one item with the categories of all.

    Raises:
        SourceError: when its columns are not understood, or there are rows and none can be read.
    """
    found: dict[str, Found] = {}
    problems: list[Problem] = []
    for document in fetched.documents:
        place = Told("of_source", source=source.name, why=document.name)
        table = _from_json(place, document) if source.url is not None else _from_csv(source, document)
        reader = _Reader(source, place, table.columns)
        items = [item for where, row in table.rows if (item := reader.read(where, row)) is not None]
        problems += [*reader.problems, *table.problems]
        if problems and not items:
            raise SourceError(Told("says", place=place, why=Told.joined(told(problems), "\n")))
        for item in items:
            first = found.setdefault(item.key, item)
            if first is not item:
                found[item.key] = replace(first, categories=distinct((*first.categories, *item.categories)))
    return (*found.values(), *problems)


def _from_json(place: str, document: Document) -> _Rows:
    try:
        table = json.loads(document.content)
        columns = tuple(str(name) for name in table["columns"])
        numbered = [(number, row) for number, row in enumerate(table["rows"], 1) if len(row) == len(columns)]
        rows = tuple((Told("row", number=str(number)), row) for number, row in numbered)
    except (ValueError, TypeError, LookupError, RecursionError):
        raise refused(place, "table_json") from None
    return _Rows(columns, rows)


def _from_csv(source: Source, document: Document) -> _Rows:
    """A CSV file with a header; spreadsheets of many languages write semicolons, and the header tells."""
    place, text = Told("of_source", source=source.name, why=document.name), decode(source, document)
    header = next(io.StringIO(text.lstrip("\r\n")), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    try:
        columns = next((tuple(cell.strip() for cell in row) for row in reader if any(map(str.strip, row))), ())
    except csv.Error as error:
        first = Told("of_source", source=source.name, why=Told("line_of", name=document.name, number="1"))
        raise refused(first, "table_quotes", said=Quoted(error)) from None
    if not columns:
        raise SourceError(Told("at", place=place, why=Told("table_empty")))
    if len(columns) > _MAX_COLUMNS:
        raise refused(place, "table_columns", number=f"{_MAX_COLUMNS:,}")
    problems: list[Problem] = []
    return _Rows(columns, _csv_rows(place, reader, columns, problems), problems)


def _csv_rows(
    place: str, reader: Any, columns: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[str, Sequence[Any]]]:
    """The rows below the header one by one, each as wide as it; what is no row gathers in ``problems``."""
    lines, count = reader.line_num, 0
    try:
        for row in reader:
            lines = reader.line_num
            if lines > _MAX_LINES:
                raise refused(place, "table_lines", number=f"{_MAX_LINES:,}")
            if not any(map(str.strip, row)):
                continue
            if len(row) > len(columns):
                what = Told("table_values", values=len(row), columns=len(columns))
                where = Told("line", number=str(lines))
                problems.append(Problem(where=where, what=what, fix=Told("table_comma")))
                continue
            count += 1
            if count > _MAX_ROWS:
                raise refused(place, "table_rows", number=f"{_MAX_ROWS:,}")
            yield Told("line", number=str(lines)), [*row, *[""] * (len(columns) - len(row))]
    except csv.Error as error:
        what, where = Told("table_ends", said=Quoted(error)), Told("line", number=str(lines + 1))
        problems.append(Problem(where=where, what=what, fix=Told("check_quotes")))


class _Reader:
    """Reads rows by the columns that hold each field; mistakes gather in ``problems``."""

    def __init__(self, source: Source, place: str, columns: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._month_first = writes_month_first(source.language)
        self._place = place
        self._columns = columns
        self._at = self._places()
        self._row: Sequence[Any] = ()
        self._where = ""

    def _places(self) -> Mapping[str, int]:
        """For each field its column: as mapped in config.toml, else the one of the same name."""
        mapped = self._source.columns
        where = f'config.toml: columns of source "{self._source.name}"'
        problems = []
        for field in mapped:
            if field not in FIELDS:
                near = difflib.get_close_matches(field, FIELDS, n=1)
                fix = Told("mean", word=near[0]) if near else Told("known", words=", ".join(FIELDS))
                problems.append(Problem(where=where, what=Told("no_field", field=field), fix=fix))
        by_name = {name.casefold(): number for number, name in reversed([*enumerate(self._columns)])}
        at: dict[str, int] = {}
        for field in FIELDS:
            number = by_name.get(mapped.get(field, field).casefold())
            if number is not None:
                at[field] = number
            elif field in mapped:
                fix = Told("its_columns", names=", ".join(self._columns))
                problems.append(Problem(where=where, what=Told("no_column", column=mapped[field]), fix=fix))
        if "key" not in at and "id" in by_name:
            at["key"] = by_name["id"]
        if not problems and "title" not in at:
            fix = Told("title_column_fix")
            problems.append(Problem(where=where, what=Told("no_title_column"), fix=fix))
        if problems:
            why = Told.joined((problem.told for problem in problems), "\n")
            raise SourceError(Told("says", place=self._place, why=why))
        return at

    def read(self, where: str, row: Sequence[Any]) -> Found | None:
        """One row as an item; None where something in it is wrong."""
        self._row, self._where = row, where
        before = len(self.problems)
        title = one_line(self._text("title"))
        if not title:
            self._problem("title", Told("no_title"), Told("row_title_fix"))
        starts, ends, closes = (self._moment(field) for field in ("starts", "ends", "closes"))
        employer, salary = self._text("employer"), self._text("salary")
        kind = self._kind() or (Kind.EVENT if starts else Kind.VACANCY if closes or employer or salary else None)
        url, image = self._url("url"), self._url("image")
        found = Found(
            key=stated_key(self._text("key") or url or hashed_key(title)),
            title=title,
            author=self._text("author") or None,
            categories=self._categories(),
            url=url,
            summary=self._text("summary"),
            published_at=self._moment("date"),
            kind=kind,
            starts_at=starts if kind is Kind.EVENT else None,
            ends_at=ends if kind is Kind.EVENT else None,
            closes_at=closes if kind is Kind.VACANCY else None,
            location=self._text("location") or None,
            employer=employer or None,
            salary=salary or None,
            cancelled=self._cancelled(),
            image_url=image,
            **stated_body(self._text("body")),
        )
        return found if len(self.problems) == before else None

    def _value(self, field: str) -> Any:
        return self._row[self._at[field]] if field in self._at else None

    def _text(self, field: str) -> str:
        value = self._value(field)
        return "" if value is None or isinstance(value, list | dict) else str(value).strip()

    def _moment(self, field: str) -> Moment | None:
        text = self._text(field)
        if not text or _NO_DATE.fullmatch(text):
            return None
        moment = stated_moment(text, month_first=self._month_first)
        if moment is None:
            self._problem(field, Told("of_words", words=repr(text[:60]), what=Told("no_date")), _DATE_FIX)
        return moment

    def _kind(self) -> Kind | None:
        text = self._text("kind").lower() or self._source.items
        known = {kind.value: kind for kind in Kind} | {
            "posts": Kind.POST,
            "events": Kind.EVENT,
            "vacancies": Kind.VACANCY,
        }
        if text and text not in known:
            self._problem("kind", Told("not_known", words=repr(text[:60])), Told("write", words=", ".join(Kind)))
        return known.get(text or "")

    def _url(self, field: str) -> str | None:
        text = self._text(field)
        url = web_url(text)
        if text and url is None:
            self._problem(field, Told("no_web_address", words=repr(text[:60])), Told("web_address_fix"))
        return url

    def _categories(self) -> tuple[str, ...]:
        value = self._value("categories")
        return distinct(map(str, value) if isinstance(value, list) else re.split(r"[,;]", self._text("categories")))

    def _cancelled(self) -> bool:
        text = self._text("cancelled").lower()
        if text not in YES | NO:
            self._problem("cancelled", Told("yes_no", words=repr(text[:60])), Told("yes_no_fix"))
        return text in YES

    def _problem(self, field: str, what: str, fix: str) -> None:
        column = self._columns[self._at[field]] if field in self._at else field
        self.problems.append(Problem(where=Told("column_of", where=self._where, column=column), what=what, fix=fix))
