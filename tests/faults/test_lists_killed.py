"""kill -9 at any statement of a change of lists: all of it is done, or nothing."""

import signal
import subprocess
import sys

import pytest

from digest.app import open_app
from digest.config import load_config
from digest.core import people

CONFIG = """
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[[lists]]
name = "members"
file = "members.csv"
fields = ["region"]
max_removals = 1
"""
BEFORE = "email,name,region\n" + "".join(f"m{number}@example.org,M,Fife\n" for number in range(300))
AFTER = "email,name,region\n" + "".join(f"m{number}@example.org,N,Tayside\n" for number in range(150, 700))

APPLY = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from digest.app import open_app
from digest.config import load_config
from digest.core import people
from digest.model import ITSELF

left = int(sys.argv[1])

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    left -= statement.startswith(("INSERT", "UPDATE"))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

with open_app(load_config(Path("config.toml"))) as app:
    if sys.argv[2:]:
        content = Path(sys.argv[2]).read_bytes()
        found = people.read_people(app, content, tool="csv", place="export.csv", list_name="members")
        people.import_people(app, found, app.now, list_name="members", tool="csv", by=ITSELF)
    else:
        people.apply_lists(app, app.now, by=ITSELF)
"""


def apply(folder, statements, *imported):
    words = [sys.executable, "-c", APPLY, str(statements), *imported]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode


def held(folder):
    with open_app(load_config(folder / "config.toml")) as app:
        return {
            (one.recipient.address, one.recipient.name, one.recipient.fields.get("region"), one.status.value)
            for one in people.members(app, "members")
        }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "members.csv").write_text(BEFORE)
    assert apply(tmp_path, -1) == 0
    (tmp_path / "members.csv").write_text(AFTER)
    return tmp_path


def test_it_is_killed_at_each_statement_and_nothing_is_done_until_it_all_is(folder):
    before, deaths = held(folder), 0
    while (code := apply(folder, deaths + 1)) == -signal.SIGKILL:
        deaths += 1
        assert held(folder) == before
    assert (code, deaths >= 5) == (0, True)
    active = {one for one in held(folder) if one[3] == "active"}
    assert active == {(f"m{number}@example.org", "N", "Tayside", "active") for number in range(150, 700)}


def test_an_import_is_killed_at_each_statement_and_nobody_comes_until_everybody_does(folder):
    rows = (f"i{number}@example.org,{('active', 'left', 'bounced')[number % 3]}\n" for number in range(9))
    (folder / "export.csv").write_text("email,status\n" + "".join(rows))
    before, deaths = held(folder), 0
    while (code := apply(folder, deaths + 1, "export.csv")) == -signal.SIGKILL:
        deaths += 1
        assert held(folder) == before
    assert (code, deaths >= 6) == (0, True)
    come = {(one[0], one[3]) for one in held(folder) - before}
    assert come == {
        *((f"i{number}@example.org", "active") for number in (0, 3, 6)),
        *((f"i{number}@example.org", "unsubscribed") for number in (1, 4, 7)),
    }
