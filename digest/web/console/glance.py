"""What pages only show, and whose making takes long."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

_LASTS = timedelta(minutes=1)


class Glance(Generic[T]):
    """Kept until something was done, or for a minute; whatever is decided is decided on what is made anew."""

    def __init__(self) -> None:
        self._kept: tuple[object, datetime, T] | None = None

    def of(self, state: object, now: datetime, make: Callable[[], T]) -> T:
        """What `make` makes, or made while the state was the same."""
        if self._kept is None or self._kept[0] != state or now - self._kept[1] > _LASTS:
            self._kept = (state, now, make())
        return self._kept[2]
