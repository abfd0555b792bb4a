"""What a Postfix relay's log says of mails that it may have taken; pure.

Postfix logs a mail's Message-ID while it still reads it (`cleanup`), and its size once it has the whole of it and
answers for it (`qmgr`). So only what went through `qmgr`, or was delivered on, counts as taken.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

_LINE = re.compile(
    rb"/(?P<program>[\w-]+)\[\d+\]: (?:\[ID \d+ [\w.]+\] )?(?P<queue_id>[0-9A-Za-z]{5,20}): (?P<told>[^\r\n]*)"
)
_MESSAGE_ID = re.compile(rb"message-id=(<[^>]*>)")
_STATUS = re.compile(rb"\bstatus=(\w+)(?: (\(.*\)))?")
_LONGEST_REPLY = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A mail that the relay took, and what became of it so far."""

    queue_id: str
    status: str = "queued"  # or, as Postfix says: sent, deferred, bounced, expired
    reply: str = ""  # of the next server, in brackets

    @property
    def came_back(self) -> bool:
        """Whether the relay could not deliver it, and has returned it."""
        return self.status in ("bounced", "expired")

    def __str__(self) -> str:
        return f"in the relay's log as {self.queue_id}: {self.status} {self.reply}".rstrip()


def read_relay_log(lines: Iterable[bytes], wanted: Collection[str]) -> dict[str, Taken]:
    """Find mails by their Message-ID; memory does not grow with the log.

    Args:
        lines: of one or several logs, the oldest first; what is not Postfix's is passed over.
        wanted: Message-IDs with their angle brackets.

    Returns:
        What was taken, by Message-ID; the others are either not in the log, or were never taken.
    """
    reading = _Reading(wanted={one.encode(): one for one in wanted})
    for line in lines:
        if (reading.known or b"message-id=" in line) and (found := _LINE.search(line)):
            if found["program"] == b"cleanup":
                reading.announced(found["queue_id"], found["told"])
            elif found["queue_id"] in reading.known:
                reading.told(found["queue_id"], found["told"])
    return reading.taken


@dataclass(kw_only=True, slots=True)
class _Reading:
    wanted: dict[bytes, str]
    known: dict[bytes, str] = field(default_factory=dict)  # the Message-ID of a queue id that is in use
    taken: dict[str, Taken] = field(default_factory=dict)

    def announced(self, queue_id: bytes, told: bytes) -> None:
        """The Message-ID of what now has this queue id, which is given again once it is free."""
        if found := _MESSAGE_ID.match(told):
            self.known.pop(queue_id, None)
            if found[1] in self.wanted:
                self.known[queue_id] = self.wanted[found[1]]

    def told(self, queue_id: bytes, told: bytes) -> None:
        """What happens to a mail that is wanted."""
        message_id = self.known[queue_id]
        if status := _STATUS.search(told):
            reply = (status[2] or b"")[:_LONGEST_REPLY].decode("utf-8", "replace")
            self.taken[message_id] = Taken(queue_id=queue_id.decode(), status=status[1].decode(), reply=reply)
        elif told.endswith(b"(queue active)"):
            self.taken.setdefault(message_id, Taken(queue_id=queue_id.decode()))
        elif told == b"removed":
            del self.known[queue_id]
