"""One-click posts as providers make them (RFC 8058 section 3.2): whole at once, and with nothing to be thought over.

Hundreds come in the same instant when a campaign has gone out, each on a connection of its own, so that one takes what
it costs to be read, put down and answered. Whatever is not exactly such a post goes the way of every other request, by
h11 and the table of addresses, and is answered alike there. What leaving and its answer are stands in
`digest.web.public.unsubscribe`.
"""

import re
from asyncio import Future
from collections.abc import Callable

from digest.errors import TokenError

ONE_CLICK = b"List-Unsubscribe"
"""What a mail program's post has in its body, and a form's never."""

_LONGEST = 8192  # bytes of the whole request: half of the head that is taken of any, and less than two of its bodies
_LONGEST_BODY = 4096
_HEAD = re.compile(
    rb"POST /unsubscribe/([A-Za-z0-9_-]{1,200}) HTTP/1\.[01]\r\n"
    rb"((?:[A-Za-z0-9-]{1,60}: [!-~][ -~]{0,2000}\r\n){1,50})\r\n"
)
_ONCE = (b"host", b"content-length")
_ELSEWHERE = (b"transfer-encoding", b"expect", b"upgrade")  # a body of another shape, or something to be said before


def token_of(data: bytes) -> str | None:
    """The token in the address of a whole one-click post; None of whatever else it may be, or is not yet."""
    if len(data) > _LONGEST or (head := _HEAD.match(data)) is None:
        return None
    body = data[head.end() :]
    if ONE_CLICK not in body or len(body) > _LONGEST_BODY:
        return None
    fields: dict[bytes, bytes] = {}
    for line in head[2].split(b"\r\n")[:-1]:
        name, _, value = line.partition(b": ")
        name = name.lower()
        if name in _ELSEWHERE or (name in _ONCE and name in fields):
            return None
        fields[name] = value
    if b"host" not in fields or fields.get(b"content-length") != b"%d" % len(body):
        return None
    return head[1].decode()


class OneClickPosts:
    """Takes those that it knows."""

    def __init__(self, begin: Callable[[str], "Future[None]"], *, answer: Callable[[], str], failed: str) -> None:
        """By what begins to carry one out, given its token, and what is answered once that is committed, or failed."""
        self._begin = begin
        self.answer = answer
        self.failed = failed

    def take(self, data: bytes) -> "Future[None] | None":
        """Begin to carry out what a connection says first; None where that is for others to read."""
        token = token_of(data)
        if token is None:
            return None
        try:
            return self._begin(token)
        except TokenError:
            return None
