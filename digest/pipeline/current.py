"""Current: a campaign's mail as it must read now, without what closed or took place since it was frozen."""

from dataclasses import replace
from datetime import datetime

from digest.app import App
from digest.compose import announcement_from_json, announcement_to_json, edition_from_json, edition_to_json
from digest.errors import DigestError
from digest.model import Edition, PersonSkip
from digest.pipeline.mailing import Mail, render_announcement, render_edition
from digest.pipeline.watching import as_of
from digest.render import Compiled, compiled_from_json, compiled_to_json
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign


def current_mail(app: App, campaign: Campaign, now: datetime) -> tuple[Mail, Edition | None] | None:
    """The mail as it must read now, with what it shows; None when all of that is over, and nobody is to get it.

    Raises:
        DigestError: when the campaign has none.
        TemplateError: when it has to change and cannot be rendered.
    """
    if campaign.rendered is None:
        raise DigestError(f"{campaign.name} has no mail; it cannot be sent.")
    rendered = compiled_from_json(campaign.rendered)
    edition: Edition | None = None
    if campaign.edition and campaign.digest == campaigns.ANNOUNCEMENT:
        rendered, edition = _current_announcement(app, campaign, campaign.edition, rendered, now)
    elif campaign.edition:
        frozen = edition_from_json(campaign.edition)
        edition = as_of(frozen, now)
        if not edition.entries:
            with app.store.write() as connection:
                outbox.skip_pending(connection, reason=PersonSkip.OVER, campaign=campaign)
            return None
        if edition != frozen:
            rendered = render_edition(app, edition)
            _refreeze(app, campaign, edition_to_json(edition), rendered)
    return Mail.prepare(app, rendered, campaign=campaign), edition


def _current_announcement(
    app: App, campaign: Campaign, kept: str, rendered: Compiled, now: datetime
) -> tuple[Compiled, Edition | None]:
    """An announcement without the cards of what is over by now, and what is attached to it still."""
    frozen = announcement_from_json(kept)
    if frozen.attached is None or (attached := as_of(frozen.attached, now)) == frozen.attached:
        return rendered, frozen.attached
    announcement = replace(frozen, attached=attached if attached.entries else None)
    rendered = render_announcement(app, announcement)
    _refreeze(app, campaign, announcement_to_json(announcement), rendered)
    return rendered, announcement.attached


def _refreeze(app: App, campaign: Campaign, content: str, rendered: Compiled) -> None:
    with app.store.write() as connection:
        campaigns.refreeze(connection, campaign.id, edition=content, rendered=compiled_to_json(rendered))
