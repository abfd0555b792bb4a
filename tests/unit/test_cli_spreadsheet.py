"""A CSV that a spreadsheet takes for text, whatever stands in it."""

import codecs
import csv
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.cli.spreadsheet import write_csv
from digest.cli.visible import visible
from digest.errors import UsageError
from digest.store.outbox.outcomes import Row

LONDON = ZoneInfo("Europe/London")


def row(name="Ada", reply=""):
    finished = datetime(2026, 7, 1, 8, tzinfo=UTC)
    values = {"state": "accepted", "reason": "", "attempts": 1, "stage": "", "code": 250}
    return Row(address="ada@example.org", name=name, finished_at=finished, reply=reply, **values)


def test_a_row_has_its_headings_and_the_networks_time(tmp_path):
    file = tmp_path / "who.csv"
    assert write_csv(file, [row()], zone=LONDON) == 1
    assert file.read_bytes().startswith(codecs.BOM_UTF8)  # else Excel takes it for another encoding
    with file.open(encoding="utf-8-sig", newline="") as stream:
        (read,) = csv.DictReader(stream)
    assert read["finished_at"] == "2026-07-01T09:00:00+01:00"
    assert (read["address"], read["code"], read["attempts"]) == ("ada@example.org", "250", "1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8")))
@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", " =", ""])
def test_no_cell_is_a_formula_and_no_text_is_lost_but_what_steers_a_terminal(tmp_path, first, text):
    file = tmp_path / "who.csv"
    write_csv(file, [row(name=first + text, reply=first + text)], zone=LONDON)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        (read,) = csv.DictReader(stream)
    assert read["name"] == read["reply"]
    assert read["name"].removeprefix("'") == visible(first + text).removeprefix("'")
    assert not read["name"].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path):
    with pytest.raises(UsageError, match=r"none/who\.csv cannot be written: No such file"):
        write_csv(tmp_path / "none" / "who.csv", [row()], zone=LONDON)
