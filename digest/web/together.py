"""Requests that wait for their turn to write are written together, in one transaction, each before it is answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from digest.errors import StoreError

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Asked(Generic[T]):
    """What one request wants written, and how that went."""

    what: T
    written: bool = False
    error: Exception | None = None


class Together(Generic[T]):
    """Whoever's turn it is writes for all that wait by then; SQLite writes one transaction at a time, whoever asks.

    Alone, a request is written at once.
    """

    def __init__(self, write: Callable[[Sequence[T]], object]) -> None:
        """Together by what writes many in one transaction: all of them or none, and once more does no harm."""
        self._write = write
        self._waiting: list[_Asked[T]] = []
        self._turn = asyncio.Lock()

    async def written(self, what: T) -> None:
        """Return once it is written; raises what kept it, and only it, from being so."""
        mine = _Asked(what)
        self._waiting.append(mine)
        async with self._turn:
            if not mine.written:
                await self._write_all()
        if mine.error is not None:
            raise mine.error

    async def _write_all(self) -> None:
        together, self._waiting = self._waiting, []
        try:
            await run_in_threadpool(self._try, together)
        except BaseException:  # who wrote is gone; the next in turn writes for the others
            self._waiting[:0] = [one for one in together if not one.written]
            raise

    def _try(self, together: Sequence[_Asked[T]]) -> None:
        """Together; what cannot be is written one by one, so that one that fails is nobody else's trouble.

        The store's own trouble is everybody's: one by one, each would wait for its lock as long as all have.
        """
        try:
            self._write([one.what for one in together])
        except StoreError as error:
            for one in together:
                one.error = error
        except Exception as error:  # noqa: BLE001  (raised where it was asked)
            if len(together) == 1:
                together[0].error = error
            else:
                for one in together:
                    self._try([one])
        for one in together:
            one.written = True
