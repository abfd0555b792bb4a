"""Commands without their second of imports: one process has imported everything, and forks for each of them.

What runs is what `python -m digest` runs: a process of its own with its own folder, environment, output and exit
code, from the same entry until its threads, its exit functions and its garbage are gone. How long imports take, and
that each command finds its own, is what `tests/packaging` shows. A process of a command that reads sources is forked as
well (`flow/readings.py`).
"""

import atexit
import gc
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LONGEST = 120  # seconds a command may take


@dataclass(frozen=True)
class Commands:
    """Where the process that forks listens."""

    address: str

    @classmethod
    @contextmanager
    def ready(cls) -> Iterator[Self]:
        """Start the process; it ends with the block."""
        with tempfile.TemporaryDirectory(prefix="digest-commands-") as folder:
            address = f"{folder}/socket"
            process = subprocess.Popen(
                [sys.executable, __file__, address],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONWARNINGS": "error"},
            )
            try:
                assert process.stdout.readline() == b"ready\n"
                yield cls(address)
            finally:
                process.terminate()
                process.communicate()

    def run(self, *words: str, folder: Path) -> tuple[int, bytes, bytes]:
        """Run `digest` with these words in a folder; its exit code, stdout and stderr."""
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            socket.socket(socket.AF_UNIX) as connection,
        ):
            connection.settimeout(LONGEST)
            connection.connect(self.address)
            request = json.dumps({"words": words, "folder": str(folder), "environment": dict(os.environ)})
            socket.send_fds(connection, [b"!"], [out.fileno(), err.fileno()])
            connection.sendall(request.encode() + b"\n")
            code = int(connection.makefile().readline())
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()


def _serve(address: str) -> None:
    """Answer each request with a command's exit code; returns in the process that is to be the command."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _, (out, err), _, _ = socket.recv_fds(connection, 1, 2)
            request = json.loads(connection.makefile().readline())
            child = os.fork()
            if child == 0:
                connection.close()
                _become(request, out, err)
                return
            _, status = os.waitpid(child, 0)
            connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
            os._exit(0)
        connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _become(request: dict[str, object], out: int, err: int) -> None:
    for there, here in ((out, 1), (err, 2)):
        os.dup2(there, here)
        os.close(there)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[0] = str(Path.cwd())
    sys.argv = ["digest", *request["words"]]


def _end(code: object) -> None:
    """End as an interpreter does, but take no module apart: to copy what it shares takes longer than most commands."""
    if not isinstance(code, int | None):
        sys.exit(code)
    threading._shutdown()
    atexit._run_exitfuncs()
    gc.collect()  # what is left open is told, as an error
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    import pkgutil

    import digest

    sys.path.insert(0, str(Path(__file__).parents[1]))
    from flow.readings import fork_readings

    del sys.path[0]

    for name in ("alembic.command", "premailer", "rich.live", "uvloop"):  # what the commands import late
        __import__(name)
    for module in pkgutil.walk_packages(digest.__path__, "digest."):
        if "migrations" not in module.name and module.name != "digest.__main__":
            __import__(module.name)
    fork_readings()
    gc.freeze()  # or each command, as it ends, looks through all of this and copies it
    _serve(sys.argv[1])
    try:
        runpy.run_module("digest", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        _end(ended.code)
    _end(None)
