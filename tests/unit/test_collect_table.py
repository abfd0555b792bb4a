import json
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Document, Fetched, Found, parse
from digest.collect.resolve import resolve
from digest.config import SourceConfig
from digest.errors import SourceError
from digest.model import Event, Post, Vacancy

CASES = Path(__file__).parents[1] / "cases" / "table"
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DEFAULTS = Found(key="", title="")
CSV = SourceConfig(name="notes", kind="table", path=Path("notes.csv"))
DATABASE = SourceConfig(name="notes", kind="table", url="sqlite:///notes.sqlite", query="SELECT 1")


def rows(content, source=CSV):
    document = Document(name="notes.csv" if source.path else "sqlite:///notes.sqlite", content=content)
    return parse(source, Fetched(documents=(document,)), around=NOW)


@pytest.mark.parametrize(("language", "starts"), [("en-US", date(2027, 3, 4)), ("en-GB", date(2027, 4, 3))])
def test_numeric_dates_follow_the_sources_language(language, starts):
    source = CSV.model_copy(update={"language": language})
    (found,) = rows(b"title,starts\nFair,03/04/2027\n", source).found
    assert found.starts_at == starts


def told(found):
    """Everything that differs from an empty item, as JSON has it."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    shown = {name: value for name, value in values.items() if value != getattr(DEFAULTS, name)}
    return json.loads(json.dumps(shown, default=lambda moment: moment.isoformat()))


def outcome(case):
    """The items of a case and what cannot be read, or the message that refuses it."""
    source = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))["source"]
    try:
        parsed = rows((CASES / f"{case}.csv").read_bytes(), CSV.model_validate(CSV.model_dump() | source))
    except SourceError as error:
        return {"source": source, "error": str(error).splitlines()}
    missing = {"unreadable": [*parsed.unreadable]} if parsed.unreadable else {}
    return {"source": source, "items": [told(one) for one in parsed.found], **missing}


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.csv")))
def test_a_table_is_read_row_by_row_or_refused_with_every_mistake(case):
    assert outcome(case) == json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))


def test_rows_become_what_they_say_they_are():
    note, meeting, job = (
        resolve(one, source=CSV, first_seen_at=NOW, zone=LONDON)
        for one in rows((CASES / "mixed-kinds.csv").read_bytes()).found
    )
    assert isinstance(note, Post)
    assert note.image_url == "https://example.org/1.png"
    assert isinstance(meeting, Event)
    assert meeting.starts_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert isinstance(job, Vacancy)
    assert job.closes_at == datetime(2026, 12, 4, 17, tzinfo=UTC)


def test_a_row_keeps_its_key_when_its_title_changes_and_it_has_an_id_or_an_address():
    for table in ("id,title\n1,{}\n", "title,url\n{},https://example.org/1\n"):
        (before,), (after,) = (rows(table.format(title).encode()).found for title in ("Taps", "Taps mended"))
        assert before.key == after.key


def test_what_a_database_gave_is_read_with_its_own_types():
    table = {
        "columns": ["ID", "title", "categories", "starts", "cancelled", "salary"],
        "rows": [[1, "Fair", ["Growing", "Trees"], "2026-12-05", True, None], [2, 7, None, None, None, 25900]],
    }
    fair, seven = rows(json.dumps(table).encode(), DATABASE).found
    assert (fair.key, fair.categories, f"{fair.starts_at}", fair.cancelled) == (
        "1",
        ("Growing", "Trees"),
        "2026-12-05",
        True,
    )
    assert (seven.title, seven.salary, seven.kind) == ("7", "25900", "vacancy")


def test_many_mistakes_are_counted():
    with pytest.raises(SourceError, match="and 5 more") as caught:
        rows(b"title,starts\n" + b"x,never\n" * 25)
    assert len(str(caught.value).splitlines()) == 21


def test_many_mistakes_beside_a_good_row_are_counted():
    parsed = rows(b"title,starts\nFair,2026-12-05\n" + b"x,never\n" * 1025)
    assert [one.title for one in parsed.found] == ["Fair"]
    assert (len(parsed.unreadable), parsed.unreadable[-1]) == (21, "and 1,005 more")


GOOD = "Fair,2026-12-05"
BAD = ["Walk,never", ",2026-12-05", "Supper,2026-12-05,Leeds"]


@given(st.lists(st.sampled_from([GOOD, *BAD]), max_size=30).filter(lambda lines: GOOD in lines))
def test_every_row_is_found_or_complained_of_at_its_line(lines):
    parsed = rows("\n".join(["id,title,starts", *(f"{n},{line}" for n, line in enumerate(lines, 2))]).encode())
    assert [int(one.key) for one in parsed.found] == [n for n, line in enumerate(lines, 2) if line == GOOD]
    bad = [n for n, line in enumerate(lines, 2) if line != GOOD]
    complained = {int(told.split()[1].strip(",:")) for told in parsed.unreadable if told.startswith("line")}
    assert complained <= set(bad)
    assert len(complained) == min(len(bad), 20)


CELLS = st.text(max_size=12) | st.sampled_from(["2026-12-01", "99991231", "yes", "vacancy", "https://example.org/x"])
COLUMNS = st.lists(
    st.sampled_from(["title", "starts", "ends", "closes", "kind", "url", "key", "cancelled", "body", "date"]),
    max_size=6,
)
JSON = st.none() | st.booleans() | st.integers() | st.floats() | CELLS | st.lists(CELLS, max_size=2)


@given(COLUMNS, st.lists(st.lists(JSON, max_size=6), max_size=4))
def test_any_rows_of_a_database_are_read_or_refused(columns, cells):
    read_or_refused(json.dumps({"columns": columns, "rows": cells}).encode("utf-8", "replace"), DATABASE)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    for source in (CSV, DATABASE):
        read_or_refused(content, source)
    read_or_refused(b"title,starts,body\n" + content, CSV)


def read_or_refused(content, source):
    try:
        found = rows(content, source).found
    except SourceError as error:
        assert str(error).startswith("source notes: ")  # noqa: PT017
        return
    for one in found:
        resolve(one, source=source, first_seen_at=NOW, zone=LONDON)
