"""Labelled posts: our own, those of the rules' tests, and whatever else is given."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

TESTS = Path(__file__).parents[1]
OWN = TESTS / "cases/reading"
SHORT = TESTS / "cases/prose"
REAL_LABELS = TESTS / "reading/real_labels.json"
"""Labels of real posts that came without, by a hash of their names: their texts are not ours to keep."""

_LABEL = ("kind", "also", "closes", "starts", "ends")
_A_POST = ("post", (), None, None, None)  # as what is not named there is
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads the same nine times as quickly
_SHORT_SEEN = "2026-11-23T08:00+00:00"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A post and what a careful editor makes of it."""

    group: str  # where it comes from
    site: str = ""  # of a real post
    id: str
    title: str
    text: str
    author: str
    categories: tuple[str, ...]
    at: datetime
    zone: str
    kind: str
    also: tuple[str, ...]  # kinds that would do as well
    closes: str | None
    starts: str | None
    ends: str | None
    debatable: tuple[str, ...]


def yaml_cases(folder: Path, group: str) -> Iterator[Case]:
    """Of every .yaml file of a folder."""
    for file in sorted(folder.glob("*.yaml")):
        for case in yaml.load(file.read_text(encoding="utf-8"), _LOADER):
            debatable = tuple(case.get("debatable") or ())
            yield Case(
                group=group,
                id=case["id"],
                title=case["title"],
                text=case["body"],
                author=case["author"] or "",
                categories=(case["under"],) if case["under"] else (),
                at=datetime.fromisoformat(str(case["at"])),
                zone=case.get("zone") or "Europe/London",
                kind=case["kind"],
                also=("post", "event", "vacancy") if "kind" in debatable else (),
                closes=case["closes"],
                starts=case["starts"],
                ends=case["ends"],
                debatable=debatable,
            )


def json_cases(file: Path, group: str) -> Iterator[Case]:
    """Of a JSON list, but for those whose labels contradict the conventions; what has no label has ours."""
    known = json.loads(REAL_LABELS.read_text(encoding="utf-8"))
    for bare in json.loads(file.read_text(encoding="utf-8")):
        name = sha256(f"{bare['id']} {bare['published']}".encode()).hexdigest()[:12]
        if name in known["left_out"]:
            continue
        case = dict(zip(_LABEL, known["stream"].get(name, _A_POST), strict=True)) | bare
        yield Case(
            group=group,
            site=f"{group} {case.get('source', '').partition(' ')[0]}",
            id=case["id"],
            title=case["title"],
            text=case["text"],
            author=case["author"] or "",
            categories=tuple(case["categories"]),
            at=datetime.fromisoformat(f"{case['published'][:10]}T09:00+00:00"),
            zone="UTC",
            kind=case["kind"],
            also=tuple(case["also"]),
            closes=case["closes"],
            starts=case["starts"],
            ends=case["ends"],
            debatable=(),
        )


def short_cases() -> Iterator[Case]:
    """The one or two sentences of each case of tests/cases/prose."""
    for file in sorted(SHORT.glob("*.txt")):
        title, _, body = file.read_text(encoding="utf-8").partition("\n")
        expected: dict[str, Any] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        yield Case(
            group="short",
            id=file.stem,
            title=title,
            text=body,
            author="",
            categories=(),
            at=datetime.fromisoformat(_SHORT_SEEN),
            zone="Europe/London",
            kind=expected["kind"],
            also=(),
            closes=_last_day(expected.get("closes_at")),
            starts=expected.get("starts_at"),
            ends=expected.get("ends_at"),
            debatable=(),
        )


def _last_day(closes_at: str | None) -> str | None:
    """A midnight that ends a day as that day."""
    if closes_at is None:
        return None
    moment = datetime.fromisoformat(closes_at)
    return (moment - timedelta(minutes=1)).date().isoformat() if moment.time() == time(0) else closes_at
