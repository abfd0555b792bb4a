"""What strangers send takes a bounded time and memory, counted case by case."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hostile.corpus import CASES

SECONDS = 2.0  # of CPU, on a machine at rest
MEGABYTES = 150


@pytest.fixture(scope="module")
def cost():
    command = [sys.executable, "-m", "hostile.reading"]
    tests = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=tests, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:

        def ask(name):
            server.stdin.write(f"{name}\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())

        yield ask
        server.stdin.close()


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_sent_is_read_or_refused_within_the_budget(cost, name):
    told = cost(name)
    for _ in range(2):  # what disturbed the machine may have come and gone; the quietest run tells
        if told["seconds"] > SECONDS:
            told = cost(name)
    assert told["state"].startswith(("read: ", "refused: source s: ", "refused: source s\n")), told
    assert len(told["state"]) < 4_000, "one clear message"
    assert told["seconds"] <= SECONDS, told
    assert told["megabytes"] <= MEGABYTES, told
