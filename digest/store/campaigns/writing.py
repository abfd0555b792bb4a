"""What is written down of a campaign."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, update
from sqlalchemy.exc import IntegrityError

from digest.model import AS_COMPOSED, NO_TERMS, Arrangement, By, CampaignStatus, Terms, kept
from digest.store.campaigns.finding import find
from digest.store.campaigns.rows import Campaign
from digest.store.tables import campaigns


def create(
    connection: Connection,
    *,
    name: str,
    digest: str,
    period: str,
    status: CampaignStatus,
    by: By,
    list_names: Sequence[str],
    now: datetime,
    reason: str = "",
    edition: str | None = None,
    rendered: str | None = None,
    config_hash: str | None = None,
    template_hash: str | None = None,
    without_lists: Sequence[str] = (),
    condition: str = "",
    terms: Terms = NO_TERMS,
    public: bool = False,
    arrangement: Arrangement = AS_COMPOSED,
    send_at: datetime | None = None,
) -> Campaign | None:
    """Insert the campaign; None when this digest already has one for the period (UNIQUE)."""
    values = {
        "name": name,
        "digest": digest,
        "period": period,
        "status": status.value,
        "reason": str(reason),
        "reason_told": kept(reason),
        "moved_by": str(by),
        "list_names": list(list_names),
        "without_lists": list(without_lists),
        "condition": condition,
        "created_at": now,
        "edition": edition,
        "rendered": rendered,
        "config_hash": config_hash,
        "template_hash": template_hash,
        "terms": asdict(terms),
        "public": public,
        "arrangement": asdict(arrangement),
        "send_at": send_at,
        "subject": _subject_of(rendered),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(campaigns).values(**values))
    except IntegrityError:
        return None
    return find(connection, digest, period)


def set_status(
    connection: Connection,
    campaign_id: int,
    status: CampaignStatus,
    *,
    allowed: Collection[CampaignStatus],
    by: By,
    reason: str,
) -> bool:
    """Write down where a campaign is now, if it is in one of the allowed states; whether it was.

    What is allowed is for `core.campaigns.moves` to say, which alone calls this.
    """
    change = update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.status.in_(allowed))
    told = {"reason": str(reason), "reason_told": kept(reason)}
    values: dict[str, Any] = {"status": status.value, "moved_by": str(by), **told}
    if status is CampaignStatus.SENDING:  # whoever lets it go has seen to what was refused
        values |= {"refusals": 0, "rejections": 0}
    return connection.execute(change.values(**values)).rowcount > 0


def set_public(connection: Connection, campaign_id: int, public: bool) -> bool:
    """Whether everybody may read it from now on; False where nothing changed."""
    change = update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.public.is_not(public))
    return connection.execute(change.values(public=public)).rowcount > 0


def count_refused(connection: Connection, campaign_id: int, refused: tuple[int, int], *, began_anew: bool) -> None:
    """Add so many in a row, refusals and rejections; or begin with these, where it has taken one before."""
    before = (campaigns.c.refusals, campaigns.c.rejections)
    refusals, rejections = refused if began_anew else (before[0] + refused[0], before[1] + refused[1])
    own = update(campaigns).where(campaigns.c.id == campaign_id)
    changed = (campaigns.c.refusals != refusals) | (campaigns.c.rejections != rejections)
    connection.execute(own.where(changed).values(refusals=refusals, rejections=rejections))


def set_shown(connection: Connection, campaign_id: int, since: datetime | None) -> None:
    """Write down since when somebody has what is frozen of it, unless it is known; None: nobody has it any more."""
    known = func.coalesce(campaigns.c.shown_since, since) if since else None
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(shown_since=known))


def note_over_limits(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Keep that it was held because so much of it had come back."""
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(over_limits_at=now))


def set_lists(connection: Connection, campaign_id: int, list_names: Sequence[str]) -> None:
    """Widen a campaign's audience; the plan adds only people who have no delivery yet."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(list_names=list(list_names)))


def set_arrangement(connection: Connection, campaign_id: int, arrangement: Arrangement) -> None:
    """Write down what an editor did to a campaign's edition."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    connection.execute(change.values(arrangement=asdict(arrangement)))


def freeze(
    connection: Connection,
    campaign_id: int,
    *,
    content: str | None,
    rendered: str,
    config_hash: str,
    template_hash: str,
    terms: Terms,
) -> None:
    """Put another mail in the place of the frozen one, with what it was made of and by."""
    change = update(campaigns).where(campaigns.c.id == campaign_id)
    values = {"edition": content, "rendered": rendered, "config_hash": config_hash, "template_hash": template_hash}
    connection.execute(change.values(**values, terms=asdict(terms), subject=_subject_of(rendered)))


def _subject_of(rendered: str | None) -> str:
    return str(json.loads(rendered).get("subject", "")) if rendered else ""
