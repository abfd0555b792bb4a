"""Pieces of pages for which many browsers ask at the same moment, since one event told them all to."""

from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic

_KEPT = 64


class Pieces:
    """Each piece is made once, and handed out again for a moment while what it shows is the same."""

    def __init__(self, lasts: float = 0.5) -> None:
        """`lasts`: seconds for which a piece is handed out again."""
        self._lasts = lasts
        self._made: dict[Hashable, tuple[float, object, bytes]] = {}
        self._turn = Lock()

    def of(self, key: Hashable, version: object, make: Callable[[], bytes]) -> bytes:
        """The piece.

        Args:
            key: of whom it is, and for which kind of reader.
            version: it is made anew where that is another.
            make: makes it; others who want any piece wait.
        """
        with self._turn:
            at, made_of, piece = self._made.get(key, (0.0, None, b""))
            if made_of != version or not piece or monotonic() - at >= self._lasts:
                piece = make()
                self._made.pop(key, None)
                self._made[key] = monotonic(), version, piece
                if len(self._made) > _KEPT:
                    del self._made[next(iter(self._made))]
        return piece
