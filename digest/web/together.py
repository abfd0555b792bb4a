"""Requests that wait for their turn to write are written together, in one transaction, each before it is answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import structlog

from digest.errors import StoreError

T = TypeVar("T")

log = structlog.get_logger("digest.web")

_MOST = 512  # in one transaction
_CROWD = 32  # and more are noted
_MOST_NOTED = 8  # times, before what is noted and whoever waits take turns
_AGAIN = 5.0  # seconds until what could not be carried out is tried once more


@dataclass(slots=True, eq=False)
class _Asked(Generic[T]):
    """What one request wants written, and how that went."""

    what: T
    at_once: bool
    told: "asyncio.Future[None]"
    error: Exception | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Later(Generic[T]):
    """How what a crowd asks is kept safe in a fraction of the time that carrying it out takes.

    Args:
        note: keeps many in one transaction, in a way that nothing loses any more.
        carry_out: carries out some of what is noted; returns whether there was anything.
    """

    note: Callable[[Sequence[T]], None]
    carry_out: Callable[[], bool]


class Together(Generic[T]):
    """Who comes first is written at once, with all that came beside; who comes meanwhile, together after that.

    SQLite writes one transaction at a time, whoever asks. What a crowd asks is noted, answered, and carried out then.
    """

    def __init__(self, write: Callable[[Sequence[T]], object], later: Later[T] | None = None) -> None:
        """Together by what writes many in one transaction: all of them or none, and once more does no harm."""
        self._write = write
        self._later = later
        self._waiting: list[_Asked[T]] = []
        self._noted = 0  # how often, since nothing was left to be carried out
        self._carried_out_last = False
        self._writing: asyncio.Future[bool] | None = None

    def ask(self, what: T, *, at_once: bool = False) -> "asyncio.Future[None]":
        """Have it written; what is returned is done once it is, or has what kept it, and only it, from being so.

        Args:
            what: is written.
            at_once: that it is not enough to note it, as where the answer shows how it stands.
        """
        loop = asyncio.get_running_loop()
        told = loop.create_future()
        self._waiting.append(_Asked(what, at_once, told))
        if not self._is_writing():
            loop.call_soon(self._go_on)  # with all that have come by then
        return told

    async def written(self, what: T) -> None:
        """Return once it is written, not only noted; raises as `ask`. Who waits no longer is written all the same."""
        await self.ask(what, at_once=True)

    async def finish(self) -> None:
        """Return once what is noted is carried out; nobody asks any more."""
        await asyncio.sleep(0)  # what has just been written goes on with what is left before it is asked for here
        while self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])
            await asyncio.sleep(0)

    def _is_writing(self) -> bool:
        return self._writing is not None and not self._writing.done()

    def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        if self._is_writing():
            return
        if self._waiting and (self._noted < _MOST_NOTED or self._carried_out_last):
            self._carried_out_last = False
            urgent = [one for one in self._waiting if one.at_once]
            others = [one for one in self._waiting if not one.at_once]
            together = (urgent or others)[:_MOST]
            self._waiting = [*urgent[_MOST:], *others[0 if urgent else _MOST :]]
            self._writing = loop.run_in_executor(None, self._try, together)
            self._writing.add_done_callback(partial(self._tell, together))
        elif self._noted and self._later is not None:
            self._carried_out_last = True
            self._writing = loop.run_in_executor(None, self._later.carry_out)
            self._writing.add_done_callback(self._carried_out)

    def _tell(self, together: Sequence[_Asked[T]], writing: "asyncio.Future[bool]") -> None:
        unknown = writing.cancelled() or writing.exception() is not None  # the server is ending, in the middle of it
        for one in together:
            if unknown:
                one.told.cancel()
            elif one.told.done():  # nobody waits for it any more
                continue
            elif one.error is None:
                one.told.set_result(None)
            else:
                one.told.set_exception(one.error)
        self._noted += not unknown and writing.result()
        self._go_on()

    def _carried_out(self, writing: "asyncio.Future[bool]") -> None:
        if writing.cancelled():
            return  # it is noted, for whoever comes next
        if (error := writing.exception()) is not None:
            log.error("what is noted could not be carried out; it is tried again", exc_info=error)
            self._noted = 0  # so that who comes meanwhile waits for nothing else
            asyncio.get_running_loop().call_later(_AGAIN, self._try_again)
        elif not writing.result():
            self._noted = 0
        self._go_on()

    def _try_again(self) -> None:
        self._noted += 1
        self._go_on()

    def _try(self, together: Sequence[_Asked[T]]) -> bool:
        """Together; what cannot be is written one by one, so that one that fails is nobody else's trouble.

        The store's own trouble is everybody's: one by one, each would wait for its lock as long as all have.

        Returns:
            Whether it is only noted.
        """
        later = self._later if len(together) > _CROWD and not together[0].at_once else None
        try:
            (self._write if later is None else later.note)([one.what for one in together])
        except StoreError as error:
            for one in together:
                one.error = error
            return False
        except Exception as error:  # noqa: BLE001  (raised where it was asked)
            if len(together) == 1:
                together[0].error = error
            else:
                for one in together:
                    self._try([one])
            return False
        return later is not None
