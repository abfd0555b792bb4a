"""What every provider's reader is given, and what it hands back; pure."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from digest.errors import UnverifiedError
from digest.model import BounceClass, Clarity, Return, ReturnKind
from digest.returns.hints import hints_in
from digest.returns.judged import Judged, a_bounce
from digest.returns.mime import one_line
from digest.returns.status import enhanced_in, excerpt_of

_AHEAD = timedelta(minutes=5)  # that a provider's clock may be before ours
_LONGEST_ID = 200  # characters; a longer one is hashed
_LONGEST_TEXT = 1_000_000  # characters
_MOST_EVENTS = 2_000  # of one post


def _no_fetching(url: str) -> bytes:
    raise UnverifiedError(f"the certificate at {url} is needed, and nothing fetches it")


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A request as it came."""

    headers: Mapping[str, str]  # names in lower case
    body: bytes
    path_secret: str = ""  # the last part of the address that it was sent to


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """What we agreed on with a provider."""

    secret: str  # its signing key or public key; a password of ours where it signs nothing
    marks: str  # the secret that our own tokens are made with
    topics: frozenset[str] = frozenset()  # of SES: the topics' ARNs that may post
    fetch: Callable[[str], bytes] = field(default=_no_fetching)  # of SES: a checked address -> certificate in PEM


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What one post says."""

    returns: tuple[Return, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)  # events that say nothing of returns, by name
    to_confirm: str | None = None  # of SES: an address to be fetched once, so that an allowed topic may post


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event that a provider vouches for."""

    provider: str
    id: str  # the same in every repetition
    judged: Judged
    at: datetime
    texts: tuple[str, ...] = ()  # where our marks may stand: header values, quoted mail
    message_ids: tuple[str, ...] = ()

    def as_return(self, hook: Hook, now: datetime) -> Return:
        """The event as what came back."""
        ids = tuple(f"<{one.strip('<> ')}>" for one in map(one_line, self.message_ids) if one.strip("<> "))
        event_id = one_line(self.id)
        if len(event_id) > _LONGEST_ID:
            event_id = blake2b(event_id.encode(), digest_size=16).hexdigest()
        return Return(
            key=f"{self.provider}:{event_id}",
            kind=self.judged.kind,
            received_at=min(self.at, now),
            bounce_class=self.judged.bounce_class,
            clarity=self.judged.clarity,
            hints=hints_in(hook.marks, (*ids, *self.texts)),
            message_ids=ids,
            reported_address=self.judged.reported_address,
            vouched=True,
            status=self.judged.status,
            excerpt=self.judged.excerpt,
        )


Reader = Callable[..., Heard]
"""``read(post, hook, now=now)``; raises `UnverifiedError` for what it cannot verify."""


def heard(events: Iterable[Event | str], hook: Hook, now: datetime) -> Heard:
    """Events, and the names of those that are ignored, as what the post says."""
    returns: list[Return] = []
    ignored: Counter[str] = Counter()
    for event in events:
        if isinstance(event, str):
            ignored[one_line(event)[:60] or "without a name"] += 1
        else:
            returns.append(event.as_return(hook, now))
    return Heard(returns=tuple(returns), ignored=dict(ignored))


def failed(
    status: str,
    diagnostic: str,
    *,
    address: str,
    gone: bool = False,
    bounce_class: BounceClass | None = None,
) -> Judged:
    """A bounce by what the server said, with what the provider adds.

    Args:
        status: an enhanced code; may be empty.
        diagnostic: the server's words.
        address: the person's.
        gone: the provider says that there is no such mailbox; believed unless the words are about something else.
        bounce_class: whom the provider says it is about.
    """
    judged = a_bounce(status, diagnostic, address=_plain(address))
    if bounce_class is not None and bounce_class is not judged.bounce_class:
        return replace(judged, bounce_class=bounce_class, clarity=Clarity.COUNTED)
    if gone and judged.bounce_class is BounceClass.MAILBOX:
        return replace(judged, clarity=Clarity.DEFINITE)
    return judged


def told(kind: ReturnKind, address: str, excerpt: str = "", status: str = "") -> Judged:
    """Anything but a bounce."""
    return Judged(kind=kind, reported_address=_plain(address), excerpt=excerpt_of(excerpt), status=enhanced_in(status))


def _plain(address: str) -> str:
    return one_line(address[:254])


def read_json(body: bytes) -> Any:
    """The post's JSON.

    Raises:
        UnverifiedError: when it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UnverifiedError("the post is not JSON") from None


def each(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of an array, or the one that stands for it."""
    for one in value[:_MOST_EVENTS] if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one


def inner(value: Any, *path: str) -> Any:
    """What lies at a path of keys; None where something else does."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """The text or number at a path of keys; empty without one."""
    found = inner(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found)[:_LONGEST_TEXT].encode("utf-8", "replace").decode()  # JSON may hold halves of characters


def moment(value: str, now: datetime) -> datetime:
    """ISO 8601 or seconds since 1970; now for anything else."""
    try:
        if value[:10].isdigit():
            return datetime.fromtimestamp(float(value), UTC)
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return now


def must_be_recent(stamp: str, *, oldest: timedelta, now: datetime) -> None:
    """Refuse what was signed too long ago, or ahead of time.

    Raises:
        UnverifiedError: when it is, or the stamp is no time.
    """
    nowhere = datetime.min.replace(tzinfo=UTC)
    signed = moment(stamp, nowhere)
    if not now - oldest <= signed <= now + _AHEAD:
        raise UnverifiedError("the post is too old, or from a clock that is wrong")


def by_password(events: Callable[[Any, datetime], Iterable[Event | str]]) -> Reader:
    """The reader of a provider that signs nothing: it knows the secret, as password, bearer token, or in the address.

    Args:
        events: what a post's JSON says of mails that came back, and the names of what says nothing of that.
    """

    def read(post: Post, hook: Hook, *, now: datetime) -> Heard:
        _must_know_the_password(post, hook)
        return heard(events(read_json(post.body), now), hook, now)

    return read


def _must_know_the_password(post: Post, hook: Hook) -> None:
    kind, _, given = post.headers.get("authorization", "").partition(" ")
    match kind.lower():
        case "basic":
            given = _password(given)
        case "bearer":
            given = given.strip()
        case _:
            given = post.path_secret
    if not hook.secret or not compare_digest(given.encode(), hook.secret.encode()):
        raise UnverifiedError("the post does not know the secret")


def _password(coded: str) -> str:
    try:
        return b64decode(coded, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
