"""Reading in real processes: what comes back, what is too much, and that nothing is left of it."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from reading_processes import LONGEST, ends, export, one_that_reads, processes_of, task

from digest.collect.found import Known
from digest.collect.reading.limits import Limits
from digest.collect.reading.reader import Reader
from digest.collect.reading.task import read
from digest.errors import SourceError, StoppedError

CASES = Path(__file__).parents[1] / "cases"
SMALL = task(export(1))
LARGE = task(export(4000))  # seconds of work
HUGE = task("Hedges " * 6_000_000)
KINDS = {"calendar": "ics", "feed": "xml", "export": "input", "table": "csv", "vacancies": "html"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def never():
    return False


@pytest.fixture
def reader():
    with closing(Reader()) as made:
        yield made
    assert processes_of(os.getpid()) == []


async def read_here(asked):
    return read(asked)


async def told(reading):
    """What was read, or the message of why not."""
    try:
        return await reading
    except SourceError as error:
        return str(error)


def open_files():
    return {one.name for one in Path("/proc/self/fd").iterdir()}


def limited(**limits):
    return closing(Reader(Limits(**limits)))


async def test_every_kind_of_source_comes_back_as_it_would_be_read_here(reader):
    compared = 0
    for kind, suffix in KINDS.items():
        for path in sorted((CASES / kind).glob(f"*.{suffix}")):
            asked = task(path.read_bytes(), kind=kind)
            here = await told(read_here(asked))
            assert await told(reader.read(asked, stopping=never)) == here
            compared += 1
    assert compared > 40


async def test_what_is_known_keeps_when_it_was_first_seen(reader):
    (item,) = (await reader.read(SMALL, stopping=never)).items
    earlier = SMALL.now.replace(month=3)
    stored = Known(key=item.key, title=item.title, known_as=item.known_as, first_seen_at=earlier)
    (again,) = (await reader.read(replace(SMALL, known=(stored,)), stopping=never)).items
    assert (item.first_seen_at, again.first_seen_at) == (SMALL.now, earlier)


async def test_one_process_reads_one_source_after_another(reader):
    for _ in range(3):
        await reader.read(SMALL, stopping=never)
        assert len(processes_of(os.getpid())) == 1
    (process,) = processes_of(os.getpid())
    with pytest.raises(SourceError, match="HTML"):
        await reader.read(task("<html><body>Not found</body></html>", kind="feed"), stopping=never)
    assert processes_of(os.getpid()) == [process]


@pytest.mark.parametrize(
    ("limits", "asked", "told"),
    [
        ({"cpu": 0.3}, LARGE, "it took more than 0.3 s of processor time; look whether its address still leads"),
        ({"memory": 60_000_000}, HUGE, "it took more than 60 MB of memory; look whether its address still leads"),
        ({"answer": 100_000}, LARGE, "what it holds comes to more than 0.1 MB; look whether its address still leads"),
    ],
)
async def test_what_is_too_much_for_one_source_is_told_and_the_next_one_is_read(limits, asked, told):
    with limited(**limits) as reader:
        await reader.read(SMALL, stopping=never)
        (before,) = processes_of(os.getpid())
        with pytest.raises(SourceError, match=f"^source posts: reading it failed: {told}"):
            await reader.read(asked, stopping=never)
        assert len((await reader.read(SMALL, stopping=never)).items) == 1
        (after,) = processes_of(os.getpid())
        assert before != after
    assert processes_of(os.getpid()) == []


async def test_a_process_that_stands_still_is_ended_after_the_limit():
    with limited(wall=3.0) as reader:
        await reader.read(SMALL, stopping=never)
        (still,) = processes_of(os.getpid())
        os.kill(still, signal.SIGSTOP)
        with pytest.raises(SourceError, match="source posts: reading it failed: it was not done after 3 s"):
            await reader.read(SMALL, stopping=never)
        assert still not in processes_of(os.getpid())
        assert len((await reader.read(SMALL, stopping=never)).items) == 1


async def test_a_process_that_is_killed_while_it_reads_costs_only_that_source(reader):
    await reader.read(SMALL, stopping=never)
    (still,) = processes_of(os.getpid())
    os.kill(still, signal.SIGSTOP)
    reading = asyncio.create_task(reader.read(LARGE, stopping=never))
    await asyncio.sleep(0)  # its turn comes first
    assert len((await reader.read(SMALL, stopping=never)).items) == 1  # by another, meanwhile
    os.kill(still, signal.SIGKILL)
    with pytest.raises(SourceError, match="ended with SIGKILL, perhaps for want of memory; it is tried again"):
        await reading
    assert len((await reader.read(SMALL, stopping=never)).items) == 1
    assert len(processes_of(os.getpid())) == 1


async def test_a_process_that_was_killed_while_it_had_nothing_to_do_costs_no_source(reader):
    await reader.read(SMALL, stopping=never)
    (idle,) = processes_of(os.getpid())
    os.kill(idle, signal.SIGKILL)
    assert await asyncio.to_thread(ends, idle)
    assert len((await reader.read(SMALL, stopping=never)).items) == 1


async def test_reading_is_given_up_when_the_process_is_told_to_stop(reader):
    stopping = asyncio.Event()
    reading = asyncio.create_task(reader.read(LARGE, stopping=stopping.is_set))
    await asyncio.to_thread(one_that_reads, os.getpid())
    stopping.set()
    with pytest.raises(StoppedError, match="Stopped while source posts was read"):
        await reading
    assert processes_of(os.getpid()) == []


async def test_nobody_waits_for_an_answer_that_nobody_wants(reader):
    reading = asyncio.create_task(reader.read(LARGE, stopping=never))
    process = await asyncio.to_thread(one_that_reads, os.getpid())
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await asyncio.to_thread(ends, process)


def test_a_reader_is_used_from_one_event_loop_after_another(reader):
    for _ in range(2):
        assert len(asyncio.run(reader.read(SMALL, stopping=never)).items) == 1
    assert len(processes_of(os.getpid())) == 1


async def test_files_that_are_open_here_are_closed_there_and_none_stays_open(tmp_path, reader, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    before = open_files()
    with (tmp_path / "store").open("w") as file, closing(Reader()) as second:
        os.set_inheritable(file.fileno(), True)
        await second.read(SMALL, stopping=never)
        (process,) = processes_of(os.getpid())
        there = Path(f"/proc/{process}")
        links = {int(one.name): str(one.readlink()) for one in (there / "fd").iterdir()}
        assert sorted(links) == [0, 1, 2]
        assert links[0].startswith("socket:")
        assert links[1] == links[2] == "/dev/null"
        assert b"hunter2" not in (there / "environ").read_bytes()
        limits = {line[:25].strip(): line[26:].split()[0] for line in (there / "limits").read_text().splitlines()}
        assert [limits[f"Max {what}"] for what in ("file size", "core file size", "processes")] == ["0", "0", "0"]
        assert int(limits["Max open files"]) < 100
        assert int(limits["Max data size"]) < 700_000_000
    assert open_files() == before


@pytest.mark.parametrize("spins", [True, False])
def test_no_process_outlives_the_one_that_started_it(spins):
    then = "reader.read(task(export(100_000)), stopping=lambda: False)" if spins else "asyncio.Event().wait()"
    program = (
        "import asyncio, os; from contextlib import closing; from digest.collect.reading.reader import Reader\n"
        "from reading_processes import export, task, processes_of\n"
        "async def work(reader):\n"
        "    await reader.read(task(export(1)), stopping=lambda: False)\n"
        "    print(*processes_of(os.getpid()), flush=True)\n"
        f"    await {then}\n"
        "with closing(Reader()) as reader:\n    asyncio.run(work(reader))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as parent:
        process = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait(LONGEST)
        assert ends(process)
