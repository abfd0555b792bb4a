"""Versions: what an edition would say if it went now, by a hash, and what was done since somebody looked.

A version is written as `HASH.NUMBER`: the hash is of the content and decides; the number, of the latest activity that
whoever looked could know, only tells them what came since.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from digest.app import App
from digest.compose import edition_from_json, edition_to_json
from digest.core.campaigns.lookup import campaign_named
from digest.core.editions.recomposition import composed_afresh, is_another
from digest.errors import OutdatedError
from digest.model import Activity, Edition, Told, verb
from digest.render import compiled_from_json
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.store.content import items as item_store
from digest.store.organisers import activity

_KEPT = timedelta(minutes=1)
_MOST = 8  # editions of which it is kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Current:
    """A campaign, and what it would say if it went now."""

    campaign: Campaign
    edition: Edition | None  # None: it has none, or is an announcement
    revised: bool  # it is another than the frozen one: somebody edited, or a source changed what it says
    version: str

    @property
    def subject(self) -> str:
        """Of the frozen mail; "" where it has none."""
        return compiled_from_json(self.campaign.rendered).subject if self.campaign.rendered else ""


def current_named(app: App, name: str) -> Current:
    """As `current`, of the campaign of this name.

    Raises:
        UsageError: when there is none, naming the latest.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    return current(app, campaign)


def current(app: App, campaign: Campaign) -> Current:
    """What a campaign would say if it went now; nothing is stored."""
    again = composed_afresh(app, campaign)
    edition = again or _frozen(campaign)
    revised = again is not None and is_another(campaign, again)
    with app.store.read() as connection:
        latest = activity.latest_id(connection)
    return Current(campaign=campaign, edition=edition, revised=revised, version=f"{_hash(campaign, edition)}.{latest}")


class Glances:
    """What editions would say, for pages that only show it: worked out again when something was done, or in a minute.

    Whatever is decided is decided on `current`.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, datetime, Current]] = {}

    def current_named(self, app: App, name: str) -> Current:
        """As `current_named`."""
        with app.store.read() as connection:
            campaign = campaign_named(connection, name)
            state = (campaign, activity.latest_id(connection), item_store.last_change(connection))
        kept, now = self._kept.get(name), app.now
        if kept is None or kept[0] != state or now - kept[1] > _KEPT:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            kept = self._kept[name] = (state, now, current(app, campaign))
        return kept[2]


def as_frozen(app: App, campaign: Campaign) -> Current:
    """A campaign as it says now what it was frozen with."""
    edition = _frozen(campaign)
    with app.store.read() as connection:
        latest = activity.latest_id(connection)
    return Current(campaign=campaign, edition=edition, revised=False, version=f"{_hash(campaign, edition)}.{latest}")


def must_be(app: App, found: Current, version: str) -> None:
    """Let through who looked at what there is now.

    Raises:
        OutdatedError: with what was done since; the latest last.
    """
    known, _, since = version.partition(".")
    if known == found.version.partition(".")[0]:
        return
    told = tuple(_told(one) for one in _done_since(app, found, int(since))) if _is_number(since) else ()
    raise OutdatedError(Told("changed_edition", name=found.campaign.name), told)


def _is_number(text: str) -> bool:
    """Whether it is one of a row, as a form has it, of at most 18 digits: what stores hold."""
    return text.isascii() and text.isdigit() and len(text) < 19


def same(one: Campaign | None, other: Campaign) -> bool:
    """Whether a campaign's row still says what it said; its reason and mover aside."""
    return one is not None and (one.status, one.edition, one.rendered, one.arrangement) == (
        other.status,
        other.edition,
        other.rendered,
        other.arrangement,
    )


def _frozen(campaign: Campaign) -> Edition | None:
    if not campaign.edition or campaign.digest == ANNOUNCEMENT:
        return None
    return edition_from_json(campaign.edition)


def _hash(campaign: Campaign, edition: Edition | None) -> str:
    """Of what readers get: why something is left out is none of it."""
    kept = campaign.edition or campaign.rendered or ""
    content = edition_to_json(replace(edition, skipped=())) if edition else kept
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _done_since(app: App, found: Current, since: int) -> list[Activity]:
    subjects = {found.campaign.name}
    if found.edition:
        pairs = ((one.item.source, one.item.key) for entry in found.edition.entries for one in entry.occurrences)
        subjects |= {"/".join(pair) for pair in (*pairs, *((one.source, one.key) for one in found.edition.skipped))}
    with app.store.read() as connection:
        return [one for one in activity.since(connection, since, limit=1_000) if one.subject in subjects]


def _told(one: Activity) -> Told:
    return Told("did", who=one.by.name or str(one.by), verb=verb(one.verb), what=one.detail or one.subject)
