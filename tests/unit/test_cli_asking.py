"""What is asked before many people get a mail: their number, typed; a script says --yes."""

import io

import pytest

from digest.cli.answers import confirm, many
from digest.errors import UsageError


class Terminal(io.StringIO):
    def isatty(self):
        return True


def ask(monkeypatch, typed, **options):
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    confirm(lambda: "Send it?", **options)


@pytest.mark.parametrize(("people", "above", "number"), [(10, None, None), (10, 10, None), (11, 10, 11), (1, 0, 1)])
def test_the_number_is_asked_for_above_the_limit_alone(people, above, number):
    assert many(people, above) == number


def test_only_the_very_number_lets_it_go(monkeypatch):
    ask(monkeypatch, "1204\n", yes=False, number=lambda: 1204)
    for typed in ("y\n", "1205\n", "yes\n"):
        with pytest.raises(UsageError, match="is not 1204: nothing was sent"):
            ask(monkeypatch, typed, yes=False, number=lambda: 1204)


def test_yes_still_passes_and_a_script_without_it_does_not(monkeypatch):
    ask(monkeypatch, "", yes=True, number=lambda: 1204)
    monkeypatch.setattr("sys.stdin", io.StringIO("1204\n"))
    with pytest.raises(UsageError, match="add --yes"):
        confirm(lambda: "Send it?", yes=False, number=lambda: 1204)
