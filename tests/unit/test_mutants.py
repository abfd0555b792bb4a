"""The changes by which `make mutants` measures the tests."""

import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "mutants"
ROOT = TOOL.parents[1]


@pytest.fixture
def tool(monkeypatch):
    """The tool's pure modules, which it imports from its own folder."""
    monkeypatch.syspath_prepend(TOOL)
    import changes  # noqa: PLC0415
    import promises  # noqa: PLC0415

    yield changes.changes, promises.PROMISES
    for name in ("changes", "promises", "tree"):
        sys.modules.pop(name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = a and not b", {"x = ((not b))", "x = ((a))", "x = a and (b)"}),
        ("x = 'é', a == 'queued'", {"x = 'é', a != 'queued'", "x = 'é', a == 'not queued'"}),
        (
            "q = select(t).where(one, two)",
            {"q = select(t)", "q = select(t).where(two)", "q = select(t).where(one)"},
        ),
        ("f(a, where=b, set_=c)", {"f(a,  set_=c)", "pass"}),
        ("x = State.QUEUED, State.SENT", {"x = State.SENT, State.SENT", "x = State.QUEUED, State.QUEUED"}),
        ("x: int = 1", {"x: int = 2"}),
        ("def f(a: Literal['b'] = True):\n    'words'\n    return", {"False", "pass"}),
        ("raise Wrong('number', 1)", {"pass"}),
    ],
)
def test_each_change_is_one_thing_that_a_test_could_notice(tool, source, expected):
    changes, _ = tool
    found = {change.applied(source) for change in changes(source)}
    if source.startswith("def"):
        assert {change.new for change in changes(source)} == expected
    else:
        assert found == expected


def test_what_is_measured_is_there_with_its_tests(tool):
    _, promises = tool
    named = [*promises, *{test for tests in promises.values() for test in tests}]
    assert [path for path in named if not (ROOT / path).is_file()] == []
