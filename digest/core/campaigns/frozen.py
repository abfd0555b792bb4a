"""What is frozen of a campaign, how it must read now, and the one way to put another mail in its place."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from digest.app import App
from digest.compose import (
    announcement_from_json,
    announcement_to_json,
    appearances,
    as_of,
    edition_from_json,
    edition_to_json,
)
from digest.core.mail.links import render_announcement, render_edition, view_link
from digest.core.mail.personal import Mail
from digest.errors import DigestError
from digest.model import Announcement, Edition, PersonSkip, Slot, Values
from digest.render import Compiled, compiled_from_json, compiled_to_json, fill_html, page_of_mail
from digest.store import appearances as ledger
from digest.store import campaigns, outbox
from digest.store.campaigns import Campaign


def freeze(
    app: App, connection: Connection, campaign: Campaign, content: Edition | Announcement, mail: Compiled
) -> Campaign:
    """Put another mail in the place of the frozen one, within the caller's transaction; the hashes are its own.

    What was shown is for `remember` to say.
    """
    kept = edition_to_json(content) if isinstance(content, Edition) else announcement_to_json(content)
    rendered = compiled_to_json(mail)
    campaigns.freeze(
        connection,
        campaign.id,
        content=kept,
        rendered=rendered,
        config_hash=app.config.hash,
        template_hash=app.renderer.template_hash,
        terms=replace(campaign.terms, offers=mail.offers() if isinstance(content, Edition) else ()),
    )
    return campaigns.by_id(connection, campaign.id) or campaign


def remember(connection: Connection, campaign: Campaign, edition: Edition) -> None:
    """Write down what a campaign's edition shows; what anybody perhaps got of an earlier one stays shown."""
    if not outbox.was_tried(connection, campaign):
        ledger.forget_appearances(connection, campaign.id)
    ledger.record_appearances(connection, campaign.id, appearances(edition))


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
                outbox.skip_all(connection, campaign, PersonSkip.OVER)
            return None
        if edition != frozen:
            rendered = render_edition(app, edition)
            _put(app, campaign, edition, rendered)
    shown = None if campaign.digest == campaigns.ANNOUNCEMENT else edition
    return Mail.prepare(app, rendered, campaign=campaign, edition=shown), edition


def view(app: App, campaign_id: int, language: str = "") -> str | None:
    """A mail's HTML as everybody got it, without anybody's own values; None where it is not kept.

    In the network's language where it was not made in the one that is given.
    """
    with app.store.read() as connection:
        campaign = campaigns.by_id(connection, campaign_id)
    if campaign is None or campaign.rendered is None:
        return None
    rendered = compiled_from_json(campaign.rendered)
    language = language if language in rendered.translations else ""
    values = {
        Slot.NAME: app.config.network.name,
        Slot.ADDRESS: "",
        Slot.UNSUBSCRIBE_URL: f"{app.config.web.base_url}/sample",
        Slot.PREFERENCES_URL: f"{app.config.web.base_url}/sample",
        Slot.VIEW_URL: view_link(app, campaign, language),
    }
    return page_of_mail(fill_html(rendered.in_language(language).whole().html, Values(values.__getitem__, {})))


def _current_announcement(
    app: App, campaign: Campaign, kept: str, rendered: Compiled, now: datetime
) -> tuple[Compiled, Edition | None]:
    """An announcement without the cards of what is over by now, and what is attached to it still."""
    frozen = announcement_from_json(kept)
    if frozen.attached is None or (attached := as_of(frozen.attached, now)) == frozen.attached:
        return rendered, frozen.attached
    announcement = replace(frozen, attached=attached if attached.entries else None)
    rendered = render_announcement(app, announcement, campaign.list_names)
    _put(app, campaign, announcement, rendered)
    return rendered, announcement.attached


def _put(app: App, campaign: Campaign, content: Edition | Announcement, mail: Compiled) -> None:
    with app.store.write() as connection:
        freeze(app, connection, campaign, content, mail)
