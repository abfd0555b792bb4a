"""The asking end of the line to a process that reads: patient, but not for ever."""

import socket
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from digest.collect.reading.checked import GarbledError
from digest.collect.reading.wire import HEAD, Frame

A = TypeVar("A")
T = TypeVar("T")

_LOOK_EVERY = 0.1  # seconds, whether to stop, while there is nothing to do but wait
_PIECE = 1 << 18  # bytes sent or received at a time


class GoneError(Exception):
    """The process has closed its end."""


class TooLateError(Exception):
    """It took longer than it may."""


class TooLargeError(Exception):
    """It answers with more than it may."""


class GivenUpError(Exception):
    """Whoever asked wants no answer any more."""


class Line:
    """One question and its answer, within so many seconds.

    Each method raises GoneError, TooLateError or GivenUpError as soon as that is so.
    """

    def __init__(self, end: socket.socket, *, seconds: float, stopping: Callable[[], bool]) -> None:
        self._end = end
        self._until = monotonic() + seconds
        self._stopping = stopping
        end.settimeout(_LOOK_EVERY)

    def send(self, content: bytes) -> None:
        """Have all of it sent."""
        left = memoryview(content)
        while left:
            left = left[self._waiting(self._end.send, left[:_PIECE]) :]

    def receive(self, most: int) -> tuple[Frame, bytes]:
        """The next frame.

        Raises:
            TooLargeError: when its payload has more bytes than that.
            GarbledError: when it is of no known kind.
        """
        number, size = HEAD.unpack(self._bytes(HEAD.size))
        try:
            kind = Frame(number)
        except ValueError:
            raise GarbledError from None
        if size > most:
            raise TooLargeError
        return kind, self._bytes(size)

    def _bytes(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            piece = self._waiting(self._end.recv, min(size - len(received), _PIECE))
            if not piece:
                raise GoneError
            received += piece
        return bytes(received)

    def _waiting(self, step: Callable[[A], T], argument: A) -> T:
        while True:
            if self._stopping():
                raise GivenUpError
            if monotonic() > self._until:
                raise TooLateError
            try:
                return step(argument)
            except TimeoutError:
                continue
            except OSError:
                raise GoneError from None
