"""Reads sources in processes of their own; one of them is kept warm for the next source."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from digest.collect.pictures import Made, PictureError
from digest.collect.reading.limits import Limits
from digest.collect.reading.task import Read, Task
from digest.collect.reading.worker import Worker
from digest.errors import SourceError
from digest.model import Told

T = TypeVar("T")

AT_ONCE = min(4, max(2, os.cpu_count() or 1))
"""Sources read at once: with two, one that hangs keeps the others from nothing."""

_PATIENCE = 0.5  # seconds that a reading waits for the warm process before it gets another
_BLOCKED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Reader:
    """Reads sources; safe to use from any event loop, and from several one after another.

    Threads of its own start the processes and wait for them, so each lives as long as the thread that started it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._closing = threading.Event()
        self._idle: list[Worker] = []
        self._busy = 0
        self._changed = threading.Condition()
        # Signals to stop are for this process: what its threads start inherits that they are blocked.
        self._threads = ThreadPoolExecutor(
            AT_ONCE, "reading", initializer=signal.pthread_sigmask, initargs=(signal.SIG_BLOCK, _BLOCKED)
        )

    def close(self) -> None:
        """Give up what is being read, and end every process; returns when they are gone."""
        self._closing.set()
        self._threads.shutdown(cancel_futures=True)
        while self._idle:
            self._idle.pop().close()

    async def read(self, task: Task, *, stopping: Callable[[], bool]) -> Read:
        """Read a source, as soon as it is its turn.

        Args:
            task: what to read.
            stopping: asked several times a second whether to give up.

        Raises:
            SourceError: naming the source, the cause or the limit that it exceeded, and the way out.
            StoppedError: when it was given up.
        """
        try:
            return await self._in_turn(lambda worker, given_up: worker.read(task, given_up), stopping)
        except OSError as error:
            what = f"the process for it could not be started: {error.strerror}"
            why = Told("reading_failed", said=what)
            raise SourceError(Told("of_source", source=task.source.name, why=why)) from None

    async def make_picture(self, content: bytes, *, stopping: Callable[[], bool]) -> Made:
        """Make a picture anew, as soon as it is its turn; `stopping` as for `read`.

        Raises:
            PictureError: why it cannot be used.
            StoppedError: when it was given up.
        """
        try:
            return await self._in_turn(lambda worker, given_up: worker.make_picture(content, given_up), stopping)
        except OSError as error:
            raise PictureError(f"cannot be made anew: its process could not be started: {error.strerror}") from None

    async def _in_turn(self, ask: Callable[[Worker, Callable[[], bool]], T], stopping: Callable[[], bool]) -> T:
        unwanted = threading.Event()

        def given_up() -> bool:
            return unwanted.is_set() or self._closing.is_set() or stopping()

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._asked, ask, given_up)
        finally:
            unwanted.set()

    def _asked(self, ask: Callable[[Worker, Callable[[], bool]], T], given_up: Callable[[], bool]) -> T:
        worker = self._take()
        try:
            return ask(worker, given_up)
        finally:
            self._give_back(worker)

    def _take(self) -> Worker:
        """The warm process, or a new one where there is none or it does not become free in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle or not self._busy, timeout=_PATIENCE)
            self._busy += 1
            kept = self._idle.pop() if self._idle else None
        if kept is not None and not kept.has_ended:
            return kept
        if kept is not None:
            kept.close()
        try:
            return Worker(self._limits)
        except OSError:
            with self._changed:
                self._busy -= 1
            raise

    def _give_back(self, worker: Worker) -> None:
        with self._changed:
            self._busy -= 1
            kept = worker.usable and not self._idle
            if kept:
                self._idle.append(worker)
            self._changed.notify_all()
        if not kept:
            worker.close()
