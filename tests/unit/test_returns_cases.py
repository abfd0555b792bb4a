"""What comes back from the world's mail systems is read for what it is, and for whom."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.returns.message import read_message

CASES = Path(__file__).parents[1] / "cases" / "returns"
SECRET = "the secret of the cases"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def read(name, *, secret=SECRET):
    return read_message((CASES / f"{name}.eml").read_bytes(), secret=secret, now=NOW)


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.eml")))
def test_a_message_that_came_back_is_read_for_what_it_is(case):
    expected = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))
    found = read(case)
    assert expected.pop("says", "") in found.excerpt
    assert {
        "kind": found.kind,
        "bounce_class": found.bounce_class,
        "clarity": found.clarity,
        "status": found.status,
        "subscriber": found.subscriber_id,
        "evidence": sorted({hint.evidence for hint in found.hints}),
        "reported": found.reported_address,
    } == expected


def test_there_are_cases_and_each_has_its_expectation():
    assert len(list(CASES.glob("*.eml"))) >= 80
    assert {path.stem for path in CASES.glob("*.eml")} == {path.stem for path in CASES.glob("*.json")}
