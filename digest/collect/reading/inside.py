"""What runs in the process that reads: ``python -m digest.collect.reading.inside CPU_SECONDS MEMORY_BYTES``.

It is asked and answers over the socket that is its standard input, one task after another, until that is closed.
"""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from digest.collect.pictures import Made, PictureError
from digest.collect.reading.task import PictureTask, read
from digest.collect.reading.wire import OUT_OF_MEMORY, SIZE, Frame, pack, pack_made, pack_read, pack_text, unpack_task
from digest.errors import SourceError
from digest.model import Told

_PR_SET_PDEATHSIG = 1  # prctl(2)
_MOST_FILES = 24  # open at once; time zones and the like are read when they are first needed
_DATA = 5  # the number in /proc/self/statm that counts pages of data (proc(5))


def serve(asked: socket.socket, *, cpu: float, memory: int) -> None:
    """Answer until the other end is closed.

    Args:
        asked: tasks come in, answers go out.
        cpu: seconds of processor time for one task; beyond them SIGPROF ends the process.
        memory: bytes that it may need more than now.
    """
    warm = _data_bytes()
    _restrict(warm + memory if warm else resource.RLIM_INFINITY)
    asked.sendall(pack(Frame.READY))
    while (size := _receive(asked, SIZE.size)) is not None:
        packed = _receive(asked, *SIZE.unpack(size))
        if packed is None:
            return
        signal.setitimer(signal.ITIMER_PROF, cpu)
        for frame in _answer(packed, warm):
            asked.sendall(frame)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _answer(packed: bytes, warm: int) -> Iterator[bytes]:
    try:
        task = unpack_task(packed)
        if isinstance(task, PictureTask):
            signal.setitimer(signal.ITIMER_PROF, task.cpu)
            yield from pack_made(_made(task), grown=max(0, _data_bytes() - warm))
        else:
            yield from pack_read(read(task), grown=max(0, _data_bytes() - warm))
    except (SourceError, PictureError) as error:
        yield pack_text(Frame.FAILED, Told.by(error))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  (told to whoever asked: it costs one source, not the others)
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        yield pack_text(Frame.BROKEN, f"{type(error).__name__}: {error} ({where})")


def _made(task: PictureTask) -> Made:
    from digest.collect.redrawing import make_anew  # noqa: PLC0415  (most sources have none)

    return make_anew(task.content)


def _restrict(most_data: int) -> None:
    """Give up what reading does not need; a crash writes no core, and nothing writes a file or starts a program."""
    sys.dont_write_bytecode = True
    for what, most in (
        (resource.RLIMIT_DATA, most_data),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, allowed = resource.getrlimit(what)
        lower = (
            most
            if allowed == resource.RLIM_INFINITY
            else allowed
            if most == resource.RLIM_INFINITY
            else min(most, allowed)
        )
        resource.setrlimit(what, (lower, lower))


def _data_bytes() -> int:
    """How much memory for data the process has; 0 where the system does not tell (it is not Linux)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[_DATA]
    except FileNotFoundError:
        return 0
    return int(pages) * resource.getpagesize()


def _end_with_parent() -> None:
    """Have the system end this process with the one that started it; elsewhere it ends before its next task."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _receive(asked: socket.socket, size: int) -> bytes | None:
    """So many bytes; None where the other end is closed before."""
    received = bytearray()
    while len(received) < size:
        piece = asked.recv(min(size - len(received), 1 << 20))
        if not piece:
            return None
        received += piece
    return bytes(received)


def _import_parsers() -> None:
    """Before there are limits, and so that the first source does not wait longer than the next."""
    import digest.collect.identity  # noqa: PLC0415
    import digest.collect.kinds  # noqa: PLC0415
    import digest.collect.resolve  # noqa: F401, PLC0415

    gc.freeze()  # what is here to stay is not looked at again and again


if __name__ == "__main__":
    _end_with_parent()
    _import_parsers()
    with socket.socket(fileno=0) as own:
        try:
            serve(own, cpu=float(sys.argv[1]), memory=int(sys.argv[2]))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
