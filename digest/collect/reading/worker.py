"""One process that reads, as it is seen from outside: started, asked, watched and ended."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from digest.collect.pictures import LARGE_BYTES, Made, MadeFile, PictureError
from digest.collect.reading.checked import GarbledError, unpack_end, unpack_items, unpack_picture, unpack_text
from digest.collect.reading.limits import Limits
from digest.collect.reading.line import GivenUpError, GoneError, Line, TooLargeError, TooLateError
from digest.collect.reading.task import PictureTask, Read, Task
from digest.collect.reading.wire import OUT_OF_MEMORY, Frame, pack_task
from digest.errors import SourceError, StoppedError
from digest.model import Item, Told

T = TypeVar("T")

_GROWN = 4  # a process that keeps more than one part in so many of its limit of memory reads no more
_LAST_MOMENT = 1.0  # seconds for a process to end by itself once it has closed its end
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONTZPATH")
"""Of the environment, which may hold secrets, only this goes on: what an interpreter may need to start."""

_LARGEST_PICTURE = LARGE_BYTES + 1_000  # bytes of a frame
_TOO_MUCH = "look whether its address still leads to what you want; give that of a shorter one, or split it"
_AGAIN = "it is tried again next time"


class _LimitError(Exception):
    """There is no answer; the message is why, and the way out."""


class Worker:
    """A process that reads one source after another, until one is too much for it.

    It starts when it is made, and gets no file of this process but its end of a socket. On Linux it ends, whatever it
    does, with the thread that made it; so that thread must live as long.
    """

    def __init__(self, limits: Limits) -> None:
        self.usable = False  # for another source, after the last
        self._limits = limits
        self._ready = False
        self._socket, theirs = socket.socketpair()
        paths = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
        warnings = [f"-W{option}" for option in sys.warnoptions]
        arguments = ["-m", "digest.collect.reading.inside", f"{limits.cpu:f}", str(limits.memory)]
        with theirs, ExitStack() as failed:
            failed.callback(self._socket.close)
            self._process = subprocess.Popen(  # noqa: S603  (our own module)
                [sys.executable, "-P", *warnings, *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what strangers' bytes make it say belongs into nobody's log
                env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONPATH": paths},
                cwd="/",
            )
            failed.pop_all()

    @property
    def has_ended(self) -> bool:
        """Whether something ended it while it had nothing to do."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def read(self, task: Task, stopping: Callable[[], bool]) -> Read:
        """Have a source read; blocks until that is done.

        Args:
            task: what to read.
            stopping: asked several times a second whether to give up.

        Raises:
            SourceError: when the source cannot be read, or not within the limits.
            StoppedError: when it was given up.
        """
        name, limits = task.source.name, self._limits
        try:
            return self._within(limits.cpu, limits.wall, stopping, lambda line: self._ask(task, line))
        except GivenUpError:
            raise StoppedError(f"Stopped while source {name} was read; run it again to go on.") from None
        except _LimitError as error:
            raise SourceError(Told("of_source", source=name, why=Told("reading_failed", said=str(error)))) from None

    def make_picture(self, content: bytes, stopping: Callable[[], bool]) -> Made:
        """Have a picture made anew; blocks until that is done.

        Args:
            content: of its file, as it was found.
            stopping: asked several times a second whether to give up.

        Raises:
            PictureError: when it cannot be used, or not within the limits.
            StoppedError: when it was given up.
        """
        limits = self._limits
        task = PictureTask(content=content, cpu=limits.picture_cpu)
        try:
            return self._within(
                limits.picture_cpu, limits.picture_wall, stopping, lambda line: self._ask_for_picture(task, line)
            )
        except GivenUpError:
            raise StoppedError("Stopped while a picture was made; run it again to go on.") from None
        except _LimitError as error:
            raise PictureError(f"cannot be made anew: {str(error).partition(';')[0]}") from None

    def _within(self, cpu: float, wall: float, stopping: Callable[[], bool], ask: Callable[[Line], T]) -> T:
        """An answer within the limits.

        Raises:
            _LimitError: when there is none.
            GivenUpError: when it was given up.
        """
        self.usable = False
        try:
            if not self._ready:
                self._begin(stopping)
            return ask(Line(self._socket, seconds=wall, stopping=stopping))
        except GoneError:
            cause = self._why_it_ended(cpu)
        except TooLateError:
            cause = (
                f"it was not done after {wall:g} s; {_TOO_MUCH}"
                if self._ready
                else "the process for it did not start in time"
            )
        except TooLargeError:
            cause = f"what it holds comes to more than {_mega(self._limits.answer)}; {_TOO_MUCH}"
        except GarbledError:
            cause = f"what came of it makes no sense; {_AGAIN}"
        raise _LimitError(cause)

    def _begin(self, stopping: Callable[[], bool]) -> None:
        kind, _ = Line(self._socket, seconds=self._limits.start, stopping=stopping).receive(0)
        if kind is not Frame.READY:
            raise GarbledError
        self._ready = True

    def _ask(self, task: Task, line: Line) -> Read:
        line.send(pack_task(task))
        first_seen = {one.key: one.first_seen_at for one in task.known}
        items: list[Item] = []
        left = self._limits.answer
        while True:
            kind, payload = line.receive(left)
            left -= len(payload)
            match kind:
                case Frame.ITEMS:
                    items += unpack_items(payload, task, first_seen)
                case Frame.END:
                    unreadable, grown = unpack_end(payload)
                    self.usable = grown <= self._limits.memory // _GROWN
                    return Read(items=tuple(items), unreadable=unreadable)
                case Frame.FAILED:
                    self.usable = True
                    raise SourceError(unpack_text(payload))
                case Frame.BROKEN:
                    what = f"source {task.source.name}: reading it failed: {unpack_text(payload)}"
                    raise SourceError(f"{what}; that is a mistake of this program, please report it")
                case _:
                    raise GarbledError

    def _ask_for_picture(self, task: PictureTask, line: Line) -> Made:
        line.send(pack_task(task))
        sizes: list[MadeFile] = []
        while True:
            kind, payload = line.receive(_LARGEST_PICTURE)
            match kind:
                case Frame.PICTURE if len(sizes) < 2:
                    sizes.append(unpack_picture(payload))
                case Frame.END if len(sizes) == 2:
                    _, grown = unpack_end(payload)
                    self.usable = grown <= self._limits.memory // _GROWN
                    return Made(large=sizes[0], small=sizes[1])
                case Frame.FAILED:
                    self.usable = True
                    raise PictureError(unpack_text(payload))
                case Frame.BROKEN:
                    raise PictureError(f"cannot be made anew: {unpack_text(payload)}")
                case _:
                    raise GarbledError

    def _why_it_ended(self, cpu: float) -> str:
        """In a clause, with the way out."""
        try:
            code = self._process.wait(_LAST_MOMENT)
        except subprocess.TimeoutExpired:
            return f"the process for it hung up; {_AGAIN}"
        if not self._ready:
            return f"the process for it could not be started (it ended with {_ending(code)}); is memory short?"
        if code == -signal.SIGPROF:
            return f"it took more than {cpu:g} s of processor time; {_TOO_MUCH}"
        if code == OUT_OF_MEMORY:
            return f"it took more than {_mega(self._limits.memory)} of memory; {_TOO_MUCH}"
        return f"the process for it ended with {_ending(code)}, perhaps for want of memory; {_AGAIN}"


def _ending(code: int) -> str:
    """An exit code in words."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"


def _mega(size: int) -> str:
    return f"{size / 1_000_000:,g} MB"
