"""The plan of a campaign: one delivery for each person it is for, set-based."""

from datetime import datetime

from sqlalchemy import Connection, Select, Subquery, case, delete, func, literal, select, true

from digest.model import CampaignStatus, DeliveryState, Recipient
from digest.store import appearances
from digest.store.campaigns import Campaign, locked
from digest.store.outbox import chunks
from digest.store.outbox.calls import call
from digest.store.outbox.mailing import mailing_of
from digest.store.outbox.queue import was_tried
from digest.store.outbox.versions import received_faulty
from digest.store.people import standing
from digest.store.people.laws import Mailing
from digest.store.tables import campaigns, deliveries, subscribers
from digest.store.tables import chunks as chunks_table


def plan_deliveries(connection: Connection, campaign: Campaign, now: datetime) -> int:
    """Resolve the audience into deliveries; returns how many rows are new.

    A person on several lists gets one row. Who left all of them gets a row that says why they are
    skipped. Planning again adds only people who have no row yet.
    """
    people = standing.meant(mailing_of(connection, campaign, now))
    count = chunks.plan(connection, campaign, _rows(campaign, people))
    call(connection, now, campaign_id=campaign.id)
    return count


def plan_again(connection: Connection, campaign: Campaign, now: datetime) -> None:
    """Resolve the audience of a campaign anew, and forget what was planned; not once anything of it was tried."""
    if was_tried(connection, campaign):
        return
    _forget_plan(connection, campaign)
    plan_deliveries(connection, campaign, now)


def plan_correction(connection: Connection, correction: Campaign, corrected: Campaign, now: datetime) -> int:
    """Plan a mail to those who perhaps received another; returns how many rows are new.

    If the other was composed anew, that is who received what it replaced; else it is everybody it reached. Who left
    or was suppressed since gets a row that says so. Planning again adds only people who have no row yet.
    """
    reached = _reached(connection, mailing_of(connection, correction, now), corrected)
    count = chunks.plan(connection, correction, _rows(correction, reached))
    call(connection, now, campaign_id=correction.id)
    return count


def count_audience(connection: Connection, mailing: Mailing, *, besides: Campaign | None = None) -> int:
    """How many people a mailing would go to, besides those who have a delivery of a campaign already."""
    return _count(connection, standing.meant(mailing), besides)


def standings(connection: Connection, mailing: Mailing) -> dict[str, int]:
    """How many on the lists of a mailing it would go to, as `MAY`, and how many do not get it, by why; most first."""
    people = _judged_once(standing.listed(mailing).order_by(None))
    query = select(people.c.reason, func.count().label("people")).group_by(people.c.reason)
    rows = connection.execute(query.order_by(func.count().desc(), people.c.reason))
    return {row.reason: row.people for row in rows}


def sample_of(connection: Connection, mailing: Mailing, size: int, *, of: int) -> tuple[Recipient, ...]:
    """Some of so many whom a mailing would go to, evenly from the first to the last who joined."""
    people = standing.meant(mailing).order_by(None).subquery()
    may = select(people.c.id, func.row_number().over(order_by=people.c.id).label("place"))
    chosen = may.where(people.c.reason == standing.MAY).subquery()
    step = max(1, of // size)
    query = select(subscribers.c.address, subscribers.c.name).join(chosen, chosen.c.id == subscribers.c.id)
    rows = connection.execute(query.where((chosen.c.place - 1) % step == 0).order_by(chosen.c.id).limit(size))
    return tuple(Recipient(address=row.address, name=row.name) for row in rows)


def count_correctable(
    connection: Connection, campaign: Campaign, now: datetime, *, besides: Campaign | None = None
) -> int:
    """How many perhaps received what a correction of the campaign is about, and may still be mailed.

    Args:
        connection: of any transaction.
        campaign: the faulty one.
        now: by which it is judged.
        besides: the correction, where it was begun: who has a delivery of it is not counted again.
    """
    mailing = standing.mailing(connection, campaign.audience, now)
    return _count(connection, _reached(connection, mailing, campaign), besides)


def forget_unsent(connection: Connection, campaign: Campaign) -> None:
    """Delete a mailing that was skipped, or held before anything was sent, so that the period may be tried again."""
    current = locked(connection, campaign.id)
    if current is None or current.status not in {CampaignStatus.SKIPPED, CampaignStatus.HELD}:
        return
    if was_tried(connection, campaign):
        return
    appearances.forget_appearances(connection, campaign.id)
    _forget_plan(connection, campaign)
    connection.execute(delete(campaigns).where(campaigns.c.id == campaign.id))


def _forget_plan(connection: Connection, campaign: Campaign) -> None:
    connection.execute(delete(chunks_table).where(chunks_table.c.campaign_id == campaign.id))
    connection.execute(delete(deliveries).where(deliveries.c.campaign_id == campaign.id))


def _count(connection: Connection, audience: Select[*tuple[int, str, str]], besides: Campaign | None) -> int:
    people = audience.order_by(None).subquery()
    query = select(func.count()).select_from(people).where(people.c.reason == standing.MAY)
    if besides is not None:
        planned = select(deliveries.c.subscriber_id).where(deliveries.c.campaign_id == besides.id)
        query = query.where(people.c.id.not_in(planned))
    return connection.execute(query).scalar_one()


def _reached(connection: Connection, mailing: Mailing, corrected: Campaign) -> Select[*tuple[int, str, str]]:
    """Whom a faulty mail perhaps reached, in its order: id, address key, and why the mailing may not go to them."""
    person, address_key = deliveries.c.subscriber_id, deliveries.c.address_key
    reason = standing.why_not(mailing, person, address_key).label("reason")
    query = select(person.label("id"), address_key, reason)
    return query.where(received_faulty(connection, corrected)).order_by(deliveries.c.id)


def _rows(campaign: Campaign, audience: Select[*tuple[int, str, str]]) -> Select[*tuple[int, int, str, str, str, int]]:
    """A delivery for each person of an audience: to be sent, or skipped for a reason."""
    person = _judged_once(audience)
    state = case((person.c.reason == standing.MAY, DeliveryState.QUEUED.value), else_=DeliveryState.SKIPPED.value)
    row = select(literal(campaign.id), person.c.id, person.c.address_key, state, person.c.reason, literal(0))
    return row.where(true())  # without a condition SQLite takes ON CONFLICT for a join's


def _judged_once(audience: Select[*tuple[int, str, str]]) -> Subquery:
    """An audience whose reason is used more than once: without the offset, SQLite would judge as often."""
    return audience.offset(0).subquery("audience")
