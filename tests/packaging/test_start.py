"""The command line is quick to start: what a command needs is imported by that command."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
from pathlib import Path
from struct import unpack

import pytest

import digest.core

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


ROOMS = sorted(path.parent.name for path in Path(digest.core.__path__[0]).glob("*/__init__.pyi"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_verb_is_there_and_any_room_may_be_the_first_that_is_entered(room):
    look = f"from digest.core import {room}; [getattr({room}, name) for name in {room}.__all__]"
    command = [sys.executable, "-W", "error", "-c", look]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unbuffered", [{}, {"PYTHONUNBUFFERED": "1"}])
def test_a_command_that_is_stopped_in_the_middle_of_its_output_goes_on_and_loses_nothing(tmp_path, unbuffered):
    entries = (f"Thought {number}\n\nAdded by Una\n\n{'Hedges are alive. ' * 40}\n" for number in range(400))
    (tmp_path / "posts.txt").write_text("\n".join(entries))
    (tmp_path / "config.toml").write_text(
        '[network]\nname = "Growers"\n[sender]\nemail = "digest@example.org"\n'
        '[[sources]]\nname = "posts"\nkind = "export"\npath = "posts.txt"\n'
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | unbuffered
    digest = [sys.executable, "-m", "digest"]
    subprocess.run([*digest, "collect"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    with subprocess.Popen(
        [*digest, "items", "--json"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE
    ) as process:
        until_full(process)
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        process.send_signal(signal.SIGCONT)
        os.waitpid(process.pid, os.WCONTINUED)
        while state_of(process) in "RD":  # it takes note of having been stopped, and is back at writing or done
            pass
        assert len(json.loads(process.stdout.read())) == 400


def until_full(process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process cannot write more, since nobody reads."""
    waiting = b"\0" * 4
    most = fcntl.fcntl(process.stdout, fcntl.F_GETPIPE_SZ)
    while unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, waiting))[0] < most:
        assert process.poll() is None


def state_of(process: "subprocess.Popen[bytes]") -> str:
    """R: it runs; S: it waits; Z: it has ended (proc(5))."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
