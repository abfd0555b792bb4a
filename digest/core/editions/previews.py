"""An edition as it would arrive; nothing is stored for it."""

from asyncio import to_thread
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from digest.app import App
from digest.compose import edition_from_json, period_of, wanted
from digest.config import DigestConfig
from digest.core.campaigns.lookup import campaign_named
from digest.core.content.collection import items_now
from digest.core.editions.composition import composed
from digest.core.editions.recomposition import composed_again
from digest.core.editions.versions import Current, current
from digest.core.mail.languages import language_named
from digest.core.mail.letters import as_test, send_one
from digest.core.mail.links import render_edition
from digest.core.mail.personal import Mail
from digest.errors import UsageError
from digest.model import Edition
from digest.render import Compiled, compiled_from_json
from digest.store import appearances, campaigns
from digest.store.campaigns import Campaign


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """An edition as it would arrive, and how it came about; nothing was stored for it."""

    edition: Edition
    rendered: Compiled
    html: str
    text: str
    eml: bytes
    campaign: Campaign | None  # the frozen edition this shows, where the period has one
    reader_is_known: bool  # whether whose mail it is was ever on a list
    subject: str  # of this reader's mail
    muted: frozenset[str]  # what they want nothing of
    has_nothing: bool = False  # of what they want: they would get no mail


async def preview(
    app: App,
    digest: DigestConfig,
    now: datetime,
    *,
    as_email: str | None = None,
    muted: Collection[str] = (),
    language: str | None = None,
) -> Preview:
    """Show the edition of the period that `now` falls in: what would be composed, or the frozen one.

    While nobody can have the frozen one, it is shown with what was edited since, as it would go.

    Args:
        app: what to work with.
        digest: whose edition.
        now: which period, and what is over or closed.
        as_email: whose mail; nobody's in particular unless given.
        muted: categories and sections that the reader wants nothing of, beside those they muted.
        language: that they read, instead of the one they chose.
    """
    period = period_of(digest, now, app.config.network.zone)
    with app.store.read() as connection:
        frozen = campaigns.find(connection, digest.name, period)
    if frozen is not None and frozen.edition and frozen.rendered:
        again = composed_again(app, frozen)
        edition = again or edition_from_json(frozen.edition)
        rendered = render_edition(app, again) if again else compiled_from_json(frozen.rendered)
    else:
        frozen = None
        held = await items_now(app, now)
        with app.store.read() as connection:
            shown = appearances.shown_in(connection, digest.name, lists=digest.lists, of=held.items)
        edition = composed(app, held, digest, shown=shown, period=period, now=now)
        rendered = render_edition(app, edition)
    return _shown(app, digest.name, edition, rendered, frozen, as_email=as_email, muted=muted, language=language)


def preview_campaign(
    app: App, name: str, *, as_email: str | None = None, muted: Collection[str] = (), language: str | None = None
) -> Preview:
    """Show an edition that is on record, as it went or would go; args and answer as for `preview`.

    Raises:
        UsageError: when there is none of that name, or it has no mail.
        TemplateError: when what was edited cannot be rendered.
    """
    with app.store.read() as connection:
        campaign = campaign_named(connection, name)
    return preview_current(app, current(app, campaign), as_email=as_email, muted=muted, language=language)


def preview_current(
    app: App,
    found: Current,
    *,
    as_email: str | None = None,
    muted: Collection[str] = (),
    language: str | None = None,
) -> Preview:
    """As `preview_campaign`, of what was looked up already."""
    campaign = found.campaign
    if found.edition is None or campaign.rendered is None:
        raise UsageError(f"{campaign.name} has no mail that is composed of items")
    rendered = render_edition(app, found.edition) if found.revised else compiled_from_json(campaign.rendered)
    return _shown(
        app, campaign.digest, found.edition, rendered, campaign, as_email=as_email, muted=muted, language=language
    )


async def send_campaign_test(app: App, name: str, address: str, *, language: str | None = None) -> Preview:
    """Send an edition that is on record to one address, as it would go; nothing is recorded.

    Args:
        app: what to work with.
        name: of its campaign.
        address: where to.
        language: of the mail, instead of the one that is read there.

    Raises:
        UsageError: as `preview_campaign`.
        DigestError: when the server does not accept it.
    """
    shown = await to_thread(preview_campaign, app, name, as_email=address, language=language)
    await _send_test(app, shown, address, language)
    return shown


def _shown(
    app: App,
    digest: str,
    edition: Edition,
    rendered: Compiled,
    frozen: Campaign | None,
    *,
    as_email: str | None,
    muted: Collection[str],
    language: str | None = None,
) -> Preview:
    if language:
        language = language_named(app, language)
        if language != app.config.network.language and language not in rendered.translations:  # nobody reads it yet
            made = render_edition(app.in_language(language), edition)
            rendered = replace(rendered, translations={**rendered.translations, language: made})
    mail = Mail.prepare(app, rendered, digest=digest, edition=edition)
    reader = mail.sample(as_email, muted=muted, language=language)
    return Preview(
        edition=edition,
        rendered=rendered,
        html=mail.html(reader),
        text=mail.text(reader),
        eml=mail.eml(reader),
        campaign=frozen,
        reader_is_known=reader.subscriber_id != 0,
        subject=mail.subject(reader),
        muted=reader.recipient.muted,
        has_nothing=bool(edition.entries) and not wanted(edition, reader.recipient.muted).entries,
    )


async def send_test(
    app: App, digest: DigestConfig, now: datetime, address: str, *, language: str | None = None
) -> Preview:
    """Send the edition as it would be to one address; nothing is recorded. `language`: as of `send_campaign_test`.

    Raises:
        DigestError: when the server does not accept it.
    """
    shown = await preview(app, digest, now, as_email=address, language=language)
    await _send_test(app, shown, address, language)
    return shown


async def _send_test(app: App, shown: Preview, address: str, language: str | None) -> None:
    language = language_named(app, language) if language else None
    mail = Mail.prepare(app, as_test(shown.rendered), digest=shown.edition.digest, edition=shown.edition)
    await send_one(app, address, mail, language=language)
