"""Our own marks in what came back: whom it was addressed to, and the mail that it quotes; pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from digest.errors import TokenError
from digest.model import Evidence, Hint
from digest.returns.address import read_bounce_address, read_copy_id
from digest.returns.mime import Part
from digest.tokens import Scope, read_token

_ADDRESS = re.compile(r"\w[+=_-][A-Za-z2-7]{26,64}@[\w.-]{1,255}", re.ASCII)
_MESSAGE_ID = re.compile(r"<[A-Za-z2-7]{26,64}@[^@<>\s]{1,255}>", re.ASCII)
_UNSUBSCRIBE = re.compile(r"/unsubscribe/([\w-]{22,200})", re.ASCII)
_ANY_ID = re.compile(r"<[^<>@\s\x00-\x1f\x7f]{1,200}@[^<>@\s\x00-\x1f\x7f]{1,200}>")

_MOST = 20  # of each kind are tried
_TEXT = 120_000  # characters of a part that are searched
_PARTS = 12  # that are searched
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "return-path")
_NAMING = ("message-id", "x-original-message-id")
_ANSWERING = ("in-reply-to", "references", "x-failed-message-id")


def hints_in(secret: str, texts: Iterable[str]) -> tuple[Hint, ...]:
    """Every copy that our marks in these texts name, each once."""
    found: dict[Hint, None] = {}
    for text in texts:
        for hint in _hints(secret, text[:_TEXT]):
            found[hint] = None
    return tuple(found)


def texts_of(parts: Iterable[Part]) -> Iterator[str]:
    """Where marks may stand in a message: its addresses, the heads it quotes, and what it says."""
    for place, part in enumerate(islice(parts, _PARTS)):
        names = (*_ADDRESSED, *_ANSWERING) if place == 0 else (*_ADDRESSED, *_NAMING, "list-unsubscribe")
        yield "\n".join(value for name in names for value in part.fields.get(name, ()))
        if part.body and part.content_type.startswith(("text/", "message/")):
            yield part.text


def message_ids_in(parts: Iterable[Part]) -> tuple[str, ...]:
    """The Message-IDs of what a message quotes or answers."""
    found: dict[str, None] = {}
    for place, part in enumerate(islice(parts, _PARTS)):
        for name in _ANSWERING if place == 0 else (*_NAMING, *_ANSWERING):
            for value in part.fields.get(name, ()):
                found.update(dict.fromkeys(islice(_ANY_ID.findall(value), _MOST)))
    return tuple(islice(found, _MOST))


def _hints(secret: str, text: str) -> Iterator[Hint]:
    for address in _distinct(_ADDRESS, text):
        if returned := read_bounce_address(secret, address):
            yield Hint(
                evidence=Evidence.RETURN_PATH,
                subscriber_id=returned.subscriber_id,
                campaign_id=returned.campaign_id,
            )
    for message_id in _distinct(_MESSAGE_ID, text):
        if returned := read_copy_id(secret, message_id):
            yield Hint(
                evidence=Evidence.MESSAGE_ID, subscriber_id=returned.subscriber_id, campaign_id=returned.campaign_id
            )
    for token in _distinct(_UNSUBSCRIBE, text):
        try:
            subscriber_id, *_ = read_token(secret, Scope.UNSUBSCRIBE, token)
        except (TokenError, ValueError):
            continue
        yield Hint(evidence=Evidence.UNSUBSCRIBE, subscriber_id=subscriber_id)


def _distinct(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return islice(dict.fromkeys(islice(pattern.findall(text), _MOST * 10)), _MOST)
