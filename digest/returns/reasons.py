"""Plain words for what servers answer: by enhanced status code (RFC 3463, IANA's registry), else by the code; pure."""

import re

from digest.model import ANSWERS, Told, answered

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


def plain_reason(state: str, *, code: int | None, reply: str) -> Told:
    """Why a delivery stands as it does, in words that need no RFC.

    Args:
        state: of the delivery; only what is deferred or rejected has a server's reason.
        code: the reply's code (RFC 5321 section 4.2); None where no reply came.
        reply: the reply's text, which usually begins with the enhanced code.
    """
    return answered(_known(state, code, reply))


def _known(state: str, code: int | None, reply: str) -> str:
    """By which name it is told."""
    if state == "unknown":
        return "perhaps"
    if code is None:
        return "no_answer"
    enhanced = _ENHANCED.search(reply)
    names = [str(code), "for_now" if code // 100 == 4 else "refused"]
    if enhanced is not None and int(enhanced[1]) == code // 100:
        names = [enhanced[0], enhanced[1] + enhanced[2], *names]
    return next(name for name in names if name in ANSWERS)
