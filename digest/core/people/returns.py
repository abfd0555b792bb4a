"""Returns: whose copy came back is found, everything is kept once, and who may be mailed no more is suppressed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.config.addresses import address_key
from digest.model import BounceClass, By, Quoted, Return, ReturnKind, Told, done_by, suppressed_as
from digest.returns.scoring import Attributed, SuppressionReason, Verdict, clean_since, judge_returns
from digest.store import outbox, people
from digest.store.organisers import activity
from digest.store.people import Consent, journal, returns
from digest.store.people.returns import Copy, KeptReturn

_AT_ONCE = 200  # returns that are written by one statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What taking returns in came to."""

    read: int = 0
    known: int = 0  # of these, what had been taken in before
    unmatched: int = 0  # of the new, what is about nobody's copy as far as can be told
    kinds: Mapping[str, int] = field(default_factory=dict)  # of the new: "bounce (mailbox)", "complaint"
    suppressed: tuple[str, ...] = ()  # addresses
    held: tuple[str, ...] = ()  # campaigns of which too much came back
    campaign_ids: frozenset[int] = frozenset()  # of which something new came back

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            read=self.read + other.read,
            known=self.known + other.known,
            unmatched=self.unmatched + other.unmatched,
            kinds=Counter(self.kinds) + Counter(other.kinds),
            suppressed=self.suppressed + other.suppressed,
            held=self.held + other.held,
            campaign_ids=self.campaign_ids | other.campaign_ids,
        )


def take(connection: Connection, found: Sequence[Return], now: datetime, *, by: By, source: str) -> Taken:
    """Keep what came back, each once, and suppress whom it says so of, within the caller's transaction.

    Args:
        connection: of a transaction that may write.
        found: in any order; what was taken in before changes nothing.
        now: when it is read.
        by: who reads it, or the provider that posted it.
        source: "mail", or the provider's name.
    """
    once = list({one.key: one for one in found}.values())
    pieces = [once[start : start + _AT_ONCE] for start in range(0, len(once), _AT_ONCE)]
    taken = [_take(connection, piece, now, by, source) for piece in pieces]
    return replace(
        sum(taken, Taken()), read=len(found), known=len(found) - sum(sum(one.kinds.values()) for one in taken)
    )


def told_as(kind: ReturnKind, bounce_class: BounceClass | None) -> Told:
    """What came back, in a word or two: "bounce (mailbox)"."""
    word = Told.of(kind.value.replace("_", " "), f"console_return_{kind}")
    return Told("of_class", kind=word, about=Told(f"class_{bounce_class}")) if bounce_class else word


def unmatched(app: App, *, limit: int) -> tuple[int, Sequence[KeptReturn]]:
    """What could be matched with nobody's copy: how much, and the latest of it."""
    with app.store.read() as connection:
        return returns.count_unmatched(connection), returns.unmatched(connection, limit)


def _take(connection: Connection, found: Sequence[Return], now: datetime, by: By, source: str) -> Taken:
    copies = _copies(connection, found)
    forgotten = people.known_again(connection)
    matched = [(_without(one, forgotten(one.reported_address)), _copy_of(one, copies)) for one in found]
    new_keys = returns.keep(connection, matched, now, source=source)
    new = [(one, copy) for one, copy in matched if one.key in new_keys]
    touched = {
        copy.subscriber_id for one, copy in new if copy and not copy.is_nameless and _counts_against_a_person(one)
    }
    suppressed = _suppress(connection, touched, copies, now, by)
    return Taken(
        unmatched=sum(copy is None for _, copy in new),
        kinds=Counter(told_as(one.kind, one.bounce_class) for one, _ in new),
        suppressed=tuple(suppressed),
        campaign_ids=frozenset(copy.campaign_id for _, copy in new if copy),
    )


def _counts_against_a_person(one: Return) -> bool:
    about_mailbox = one.kind is ReturnKind.BOUNCE and one.bounce_class is BounceClass.MAILBOX
    return about_mailbox or one.kind is ReturnKind.COMPLAINT


def _without(one: Return, is_forgotten: bool) -> Return:
    """Nothing is held about who asked to be forgotten, whoever reports it."""
    return replace(one, reported_address="", excerpt="") if is_forgotten else one


class _Copies:
    """What went to the people that some returns name."""

    def __init__(self, by_person: Mapping[int, Sequence[Copy]], ids: Mapping[str, int]) -> None:
        self.by_person = by_person
        self.ids = ids  # of people, by address key


def _copies(connection: Connection, found: Iterable[Return]) -> _Copies:
    named = {one.subscriber_id for one in found if one.subscriber_id is not None}
    ids = returns.people_with(connection, [one.reported_address for one in found if _names_by_address(one)])
    return _Copies(returns.copies_to(connection, named | set(ids.values())), ids)


def _names_by_address(one: Return) -> bool:
    """Whether the address it reports is believed: without any mark of ours, of a provider that vouches for it."""
    return one.vouched and not one.hints and bool(one.reported_address)


def _copy_of(one: Return, copies: _Copies) -> Copy | None:
    """The copy it is about; where no campaign is told, the latest that had gone by then."""
    person = one.subscriber_id
    if person is None and _names_by_address(one):
        person = copies.ids.get(address_key(one.reported_address))
    theirs = copies.by_person.get(person, ()) if person is not None else ()
    if one.campaign_id is not None:
        return next((copy for copy in theirs if copy.campaign_id == one.campaign_id), None)
    gone = [copy for copy in theirs if copy.accepted_at is None or copy.accepted_at <= one.received_at]
    likely = gone or theirs
    return likely[-1] if likely else None


def _suppress(connection: Connection, touched: Collection[int], copies: _Copies, now: datetime, by: By) -> list[str]:
    """Judge each person anew by all that came back to the address it went to; the addresses that are suppressed."""
    done: dict[int, str] = {}
    held: dict[int, list[KeptReturn]] = defaultdict(list)
    for kept in returns.counting(connection, touched):
        held[kept.subscriber_id or 0].append(kept)
    # In the order of their addresses, as a campaign's ledger: PostgreSQL has a key's second writer wait for the first.
    for person in sorted(touched, key=lambda one: address_key(copies.by_person[one][-1].address)):
        theirs = {copy.delivery_id: copy for copy in copies.by_person[person]}
        for address in dict.fromkeys(copy.address for copy in theirs.values()):
            there = {number: copy for number, copy in theirs.items() if copy.address == address}
            verdict = _verdict([one for one in held[person] if one.delivery_id in there], there, now)
            if verdict.suppress and _newly_suppressed(connection, address, verdict, now, by):
                done[person] = address
    if done:
        outbox.skip_people(connection, list(done), now)
    return list(done.values())


def _verdict(held: Sequence[KeptReturn], there: Mapping[int, Copy], now: datetime) -> Verdict:
    accepted = {number: copy.accepted_at for number, copy in there.items() if copy.accepted_at is not None}
    came_back = {one.delivery_id for one in held if one.returned.kind is ReturnKind.BOUNCE and one.delivery_id}
    return judge_returns(
        [Attributed(delivery_id=one.delivery_id, returned=one.returned) for one in held if one.delivery_id],
        clean_since=clean_since(accepted, came_back, now=now),
        now=now,
    )


def _newly_suppressed(connection: Connection, address: str, verdict: Verdict, now: datetime, by: By) -> bool:
    reason = verdict.suppress or SuppressionReason.BOUNCED
    said = verdict.deciding.excerpt if verdict.deciding else ""
    new = people.suppress(connection, address, reason=reason.value, detail=said, now=now)
    if new:
        why = suppressed_as(reason.value)
        detail = Told("suppressed_for", reason=why, said=Quoted(said)) if said else why
        activity.record(connection, at=now, by=by, verb="suppress", subject=address, detail=detail)
        if reason is SuppressionReason.COMPLAINED:
            journal.record(
                connection, address, Consent(at=now, verb="complain", how=Told("consent_reported", by=done_by(by)))
            )
    return new
