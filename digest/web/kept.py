"""Answers that are the same for everybody: made once, kept while nothing changes, not sent to who has them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

MAX_AGE = 300
"""Seconds for which whoever asked need not ask again, and for which what depends on the time of day is kept."""

_MOST = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """An answer."""

    body: bytes
    media_type: str
    modified_at: datetime | None = None  # where nothing else than a change of content changes it
    headers: Mapping[str, str] = field(default_factory=dict)


class Kept:
    """The latest of them, by what was asked for."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, tuple[Hashable, Made, str]] = OrderedDict()
        self._lock = Lock()

    def answer(
        self, request: Request, key: Hashable, stamp: Hashable, make: Callable[[], Made | None]
    ) -> Response | None:
        """What `make` makes, or made before; 304 to who has that already (RFC 9110 section 13); None where it is None.

        Args:
            request: with its conditions.
            key: what is asked for.
            stamp: another whenever it may read otherwise.
            make: called where it is not kept.
        """
        with self._lock:
            kept = self._answers.get(key)
        if kept is None or kept[0] != stamp:
            made = make()
            if made is None:
                return None
            kept = (stamp, made, f'"{sha256(made.body).hexdigest()[:32]}"')
            with self._lock:
                self._answers[key] = kept
                self._answers.move_to_end(key)
                while len(self._answers) > _MOST:
                    self._answers.popitem(last=False)
        _, made, tag = kept
        headers = {"Cache-Control": f"public, max-age={MAX_AGE}", "ETag": tag, **made.headers}
        if made.modified_at is not None:
            headers["Last-Modified"] = format_datetime(made.modified_at.astimezone(UTC), usegmt=True)
        if _has_it(request, tag, made.modified_at):
            return Response(status_code=304, headers=headers)
        return Response(made.body, headers=headers, media_type=made.media_type)


def _has_it(request: Request, tag: str, modified_at: datetime | None) -> bool:
    if (wanted := request.headers.get("if-none-match")) is not None:
        tags = {one.strip().removeprefix("W/") for one in wanted.split(",")}
        return bool(tags & {tag, "*"})
    since = request.headers.get("if-modified-since")
    if since is None or modified_at is None:
        return False
    try:
        then = parsedate_to_datetime(since)
    except ValueError:
        return False
    return then.tzinfo is not None and modified_at.replace(microsecond=0) <= then
