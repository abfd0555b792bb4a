"""The laws of standing: whom each keeps from a mail, as a query of its own, in SQL.

A law is asked about one person, where it looks that one up, or about everybody at once, where those it is about are
gathered once and joined to them: a third of a million people with preferences cost a second and not ten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from digest.model import Audience, DeliveryState, Offer, PersonSkip, Terms
from digest.store.people.subscribers import Status
from digest.store.tables import deliveries, mutes, preferences, subscriptions

EVERYTHING = ""
"""What stands in place of a digest's name where a preference is about all mail."""

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailing:
    """What standing is judged for: a mail to an audience, now."""

    audience: Audience
    lists: tuple[int, ...]  # ids of those it is for
    without: tuple[int, ...]  # ids of those it leaves out
    now: datetime
    digest: str
    terms: Terms
    lately: tuple[int, ...]  # ids of other campaigns that went out within a week, where these may be too many


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """One reason against people."""

    why: PersonSkip
    people: Select[Any]  # whom it keeps from the mail, each once: their ids, or their address keys
    by_address: bool = False
    spares: bool = False  # it keeps everybody else from it

    def of(self, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether it is against the person in the row that is looked at."""
        (column,) = self.people.selected_columns
        found = self.people.where(column == self._key(person, address_key)).exists()
        return ~found if self.spares else found

    def gathered(
        self, person: ColumnElement[int], address_key: ColumnElement[str]
    ) -> tuple[Subquery, ColumnElement[bool], ColumnElement[bool]]:
        """What is to be joined to everybody, on what; and whether it then is against the person in a row."""
        people = self.people.subquery()
        (column,) = people.c
        against = column.is_(None) if self.spares else column.is_not(None)
        return people, column == self._key(person, address_key), against

    def _key(self, person: ColumnElement[int], address_key: ColumnElement[str]) -> ColumnElement[Any]:
        return address_key if self.by_address else person


def left_out_by(mailing: Mailing) -> Iterator[Law]:
    """What leaves people on the lists out of an audience; its condition besides."""
    if mailing.without:
        active = select(subscriptions.c.subscriber_id).where(
            subscriptions.c.list_id.in_(mailing.without), subscriptions.c.status == Status.ACTIVE
        )
        yield Law(why=PersonSkip.LEFT_OUT, people=active.group_by(subscriptions.c.subscriber_id))


def unwanted_by(mailing: Mailing) -> Iterator[Law]:
    """What of people's preferences a mailing has to respect; the strongest first."""
    terms, about = mailing.terms, (EVERYTHING, mailing.digest)
    person = select(preferences.c.subscriber_id)
    paused = person.where(preferences.c.digest.in_(about), preferences.c.paused_until > mailing.now)
    yield Law(why=PersonSkip.PAUSED, people=paused.group_by(preferences.c.subscriber_id))
    if terms.instead_of is not None:
        yield Law(why=PersonSkip.ALTERNATIVE, people=who_chose(mailing, terms.instead_of), spares=True)
    if terms.alternatives:
        other = preferences.c.chosen.in_(terms.alternatives)
        yield Law(why=PersonSkip.ALTERNATIVE, people=person.where(preferences.c.digest == mailing.digest, other))
    if terms.offers:
        wanting = select(mutes.c.subscriber_id).where(mutes.c.digest.in_(about)).group_by(mutes.c.subscriber_id)
        yield Law(why=PersonSkip.NOTHING_WANTED, people=wanting.having(and_(*map(_is_muted, terms.offers))))
    if mailing.lately:
        yield Law(why=PersonSkip.OFTEN, people=_mailed_lately(mailing), by_address=True)


def who_chose(mailing: Mailing, head: str) -> Select[tuple[int]]:
    """Who wants the mailing's digest in the place of another."""
    return select(preferences.c.subscriber_id).where(
        preferences.c.digest == head, preferences.c.chosen == mailing.digest
    )


def _is_muted(offer: Offer) -> ColumnElement[bool]:
    """Of a person's mutes together, whether they want nothing of an offer."""

    def muted(name: str) -> ColumnElement[bool]:
        return func.max(case((mutes.c.name == name, 1), else_=0)) == 1

    return or_(muted(offer.section), *([and_(*map(muted, offer.categories))] if offer.categories else []))


def _mailed_lately(mailing: Mailing) -> Select[tuple[str]]:
    """Who got, or may have got, as many mails within a week as they may."""
    got = deliveries.alias()
    query = select(got.c.address_key).where(
        got.c.campaign_id.in_(mailing.lately),
        got.c.state.in_(DeliveryState.perhaps_received()),
        func.coalesce(got.c.finished_at, got.c.first_tried_at) > mailing.now - WEEK,
    )
    return query.group_by(got.c.address_key).having(func.count() >= mailing.terms.per_week)
