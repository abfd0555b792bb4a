"""The command line is quick to start: what a command needs is imported by that command."""

import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "alembic", "pydantic", "jinja2", "httpx2", "aiosmtplib", "starlette", "apscheduler", "premailer")


TYPERS_OWN = "pydantic"  # Typer checks a command's options with it


@pytest.mark.parametrize(
    ("words", "allowed"),
    [(["--help"], []), (["--version"], []), (["send", "--help"], [TYPERS_OWN]), (["run", "--help"], [TYPERS_OWN])],
)
def test_help_imports_nothing_heavy(words, allowed):
    program = (
        "import sys; from digest.cli import main; sys.argv[0] = 'digest'\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        f"print('IMPORTED', *sorted(sys.modules.keys() & {set(HEAVY)!r}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()[-1].split()) <= {"IMPORTED", *allowed}
