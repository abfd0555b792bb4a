"""Kind ``folder``: Markdown files with front matter, one item each."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from digest.collect.dates import WrittenTime, find_dates, find_times, read_date, read_time, writes_month_first
from digest.collect.decode import NotTextError, decode
from digest.collect.found import Fetched, Found, Moment, Source, told
from digest.errors import Problem, SourceError
from digest.model import Kind, Told, said
from digest.text.markup import FrontMatterError, html_to_text, markdown_to_html, one_line, split_front_matter

_TEXTS = ("title", "author", "location", "url", "employer", "salary", "picture", "picture_alt")
_LINES = ("title", "author", "location", "employer", "salary", "picture_alt")  # which may hold a colon without quotes
_DATES = ("date", "starts", "ends", "closes")
_KEYS = (*_TEXTS, *_DATES, "categories", "kind", "cancelled")
_HEADING = re.compile(r"\A\s*+#\s++(?P<title>.+)")
_MAX_DATE = 1_000  # characters
YES = frozenset({"1", "true", "yes", "y", "t", "cancelled", "canceled"})
NO = frozenset({"", "0", "false", "no", "n", "f", "none", "null"})
_YAML_FIX = Told("yaml_fix")
_PICTURE_FIX = Told("picture_fix")
_DATE_FIX = Told("date_fix")


def parse_folder(source: Source, fetched: Fetched) -> tuple[Found | Problem, ...]:
    """The items of a folder, in the order of the files' names, and every mistake with its line and the way out.

    Raises:
        SourceError: when there are files and none can be read, with what is wrong with them.
    """
    found: list[Found] = []
    problems: list[Problem] = []
    for document in fetched.documents:
        try:
            text = decode(source, document)
            file = _File(source.name, document.name, text, month_first=writes_month_first(source.language))
        except NotTextError as error:
            problems.append(error.problem)
            continue
        item = file.read()
        problems += file.problems
        if item is not None:
            found.append(item)
    if not found and (unreadable := (*fetched.unreadable, *problems)):
        raise SourceError(Told("of_source", source=source.name, why=Told.joined(told(unreadable), "\n")))
    return (*found, *problems)


class _File:
    """One file being read; mistakes gather in ``problems``."""

    def __init__(self, source: str, name: str, text: str, *, month_first: bool) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._name = name
        self._text = text
        self._month_first = month_first
        self._lines: dict[str, int] = {}  # of each key its first

    def read(self) -> Found | None:
        try:
            values, body = split_front_matter(self._text, texts=_LINES)
        except FrontMatterError as error:
            where = Told("line_of", name=self._name, number=str(error.line))
            self.problems.append(Problem(where=where, what=said(error), fix=_YAML_FIX))
            return None
        head = self._text[: len(self._text) - len(body)]
        for number, line in enumerate(head.splitlines(), 1):
            self._lines.setdefault(line.partition(":")[0], number)
        for key in values:
            if key not in _KEYS:
                nearest = difflib.get_close_matches(str(key)[:40], _KEYS, n=1)
                fix = Told("mean", word=nearest[0]) if nearest else Told("known", words=", ".join(_KEYS))
                self._problem(key, Told("no_key"), fix)
        texts = {key: self._one_text(values, key) for key in _TEXTS}
        dates = {key: self._moment(values, key) for key in _DATES}
        heading = _HEADING.match(body)
        if not texts["title"] and heading:
            body = body[heading.end() :]
        title = texts["title"] or (
            html_to_text(markdown_to_html(heading["title"].rstrip().rstrip("#"))) if heading else ""
        )
        if not title:
            self._problem("title", Told("no_title"), Told("title_fix"))
        kind = self._kind(values, dates)
        cancelled = self._cancelled(values)
        picture = self._picture(texts["picture"])
        if dates["starts"] and dates["ends"] and _day(dates["ends"]) < _day(dates["starts"]):
            self._problem("ends", Told("ends_before"), Told("ends_fix"))
        if self.problems:
            return None
        return Found(
            key=self._name.removesuffix(".md"),
            title=title,
            author=texts["author"] or None,
            categories=self._categories(values),
            url=texts["url"] or None,
            html=markdown_to_html(body),
            published_at=dates["date"],
            kind=kind,
            starts_at=dates["starts"],
            ends_at=dates["ends"],
            closes_at=dates["closes"],
            location=texts["location"] or None,
            employer=texts["employer"] or None,
            salary=texts["salary"] or None,
            image_url=picture or None,
            image_alt=texts["picture_alt"],
            cancelled=cancelled,
        )

    def _kind(self, values: Mapping[str, Any], dates: Mapping[str, Moment | None]) -> Kind | None:
        stated = self._one_text(values, "kind").lower()
        if stated and stated not in set(Kind):
            self._problem("kind", Told("not_known", words=f'"{stated}"'), Told("write", words=", ".join(Kind)))
            return None
        vacancy = dates["closes"] is not None or "employer" in values or "salary" in values
        deduced = Kind.EVENT if dates["starts"] else Kind.VACANCY if vacancy else None
        kind = Kind(stated) if stated else deduced
        if kind is Kind.EVENT and "starts" not in values:
            self._problem("kind", Told("event_date"), Told("event_date_fix"))
        if kind is not Kind.EVENT and dates["starts"]:
            self._problem("starts", Told(f"starts_not_{kind or Kind.POST}"), Told("starts_fix"))
        return kind

    def _picture(self, text: str) -> str:
        """An address on the web, or a file beside this one or below the folder, as its source knows it."""
        if not text or re.match(r"https?://\S+$", text):
            return text
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or PurePosixPath(text).is_absolute() or "\\" in text:
            self._problem("picture", Told("picture_neither", words=repr(text[:100])), _PICTURE_FIX)
            return ""
        parts: list[str] = []
        for part in (PurePosixPath(self._name).parent / text).parts:
            if part == "..":
                if not parts:
                    self._problem("picture", Told("picture_out", words=repr(text[:100])), _PICTURE_FIX)
                    return ""
                parts.pop()
            else:
                parts.append(part)
        return f"file:{self._source}/{'/'.join(parts)}"

    def _cancelled(self, values: Mapping[str, Any]) -> bool:
        text = self._one_text(values, "cancelled").lower()
        if text not in YES | NO:
            self._problem("cancelled", Told("yes_no", words=repr(text[:60])), Told("yes_no_fix"))
        return text in YES

    def _one_text(self, values: Mapping[str, Any], key: str) -> str:
        value = values.get(key, "")
        if not isinstance(value, str):
            self._problem(key, Told("a_list"), Told("a_list_fix"))
            return ""
        text = one_line(value)
        if key == "url" and text and not re.match(r"https?://\S+$", text):
            self._problem(key, Told("no_web_address", words=repr(text[:100])), Told("write", words="https://..."))
        return text

    def _categories(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        value = values.get("categories", "")
        if isinstance(value, dict) or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
            self._problem("categories", Told("a_table"), Told("a_table_fix"))
            return ()
        names = value if isinstance(value, list) else str(value).split(",")
        return tuple(dict.fromkeys(name for name in (one_line(str(name)) for name in names) if name))

    def _moment(self, values: Mapping[str, Any], key: str) -> Moment | None:
        text = self._one_text(values, key)
        if not text:
            return None
        moment = read_moment(text[:_MAX_DATE], month_first=self._month_first)
        if isinstance(moment, str):
            self._problem(key, Told("of_words", words=repr(text[:100]), what=moment), _DATE_FIX)
            return None
        return moment

    def _problem(self, key: str, what: str, fix: str) -> None:
        number = self._lines.get(key)
        where = Told("line_of", name=self._name, number=str(number)) if number else self._name
        told = Told("of_key", key=key, what=what) if number else what
        self.problems.append(Problem(where=where, what=told, fix=fix))


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _iso(text: str) -> Moment | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def read_moment(text: str, *, month_first: bool = False) -> Moment | str:
    """A date that must be whole: ISO 8601 or as people write it, with its year; else what is wrong with it."""
    if re.match(r"(?:19|20)\d\d-", text):
        return _iso(text) or Told("no_date")
    dates = find_dates(text, numeric=True, month_first=month_first)
    if len(dates) != 1 or dates[0].last_day is not None:
        return Told("not_one_date")
    if not dates[0].year:
        return Told("no_year")
    read = read_date(dates[0], reference=date(dates[0].year, 1, 1))
    if read is None:
        return Told("no_such_day")
    if read.doubts:
        return f"contradicts itself: {read.first.day} {read.first:%B %Y} is a {read.first:%A}"
    return _on_day(find_times(text), read.first)


def _on_day(times: Sequence[WrittenTime], day: date) -> Moment | str:
    """The one time of day that is written beside a date, on that day; aware where a zone is written."""
    if len(times) > 1 or any(one.midnight or one.until is not None for one in times):
        return Told("several_times")
    if not times:
        return day
    if times[0].zone is None:
        return datetime.combine(day, times[0].clock)
    moment = read_time(times[0], day=day, zone=ZoneInfo("UTC"))
    return f"is doubtful: {moment.doubts[0]}" if moment.doubts else moment.starts
