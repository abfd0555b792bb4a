"""Where the links of a mail lead, and mails rendered with them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from digest.app import App
from digest.core.mail.languages import read_on
from digest.deliver import wire_domain
from digest.model import Announcement, Edition, Entry, Event, Item
from digest.render import Compiled, Renderer
from digest.store.campaigns import Campaign
from digest.store.content import items as item_store
from digest.tokens import Scope

_Of = TypeVar("_Of", bound=Item)


def view_link(app: App, campaign: Campaign | None, language: str = "") -> str:
    """Where a mail can be read in a browser; in the network's language unless another is given."""
    if campaign is None:
        return f"{app.config.web.base_url}/sample"
    return in_language(app.link(Scope.VIEW, campaign.id), "" if language == app.config.network.language else language)


def in_language(url: str, language: str) -> str:
    """An address of ours with the language that its page is to be read in; as it is where that is ""."""
    return f"{url}{'&' if '?' in url else '?'}language={language}" if language else url


def desk_link(app: App, campaign: Campaign) -> str:
    """Where organisers look at an edition, and arrange it."""
    return f"{app.config.web.base_url}/console/editions/{campaign.name}"


def archive_link(app: App, name: str = "") -> str:
    """Where everybody can read a campaign, or, without its name, finds them all."""
    return f"{app.config.web.base_url}/archive{name and f'/{name}'}"


def own_domain(app: App) -> str:
    """The sender's, as it is written where only ASCII is."""
    return wire_domain(app.config.sender.email)


def render_edition(app: App, edition: Edition) -> Compiled:
    """Render an edition; an item without a page of its own links to the one we keep of it, an event to its file.

    In the preview of what is not stored yet, these lead to a page that says that it is a sample.
    """
    digest = next((one for one in app.config.digests if one.name == edition.digest), None)
    page, ics = pages_of(app, edition.entries)
    return _in_each_language(
        app,
        digest.lists if digest else (),
        lambda renderer, tag: renderer.edition(edition, item_url=_said(page, tag), event_ics=_said(ics, tag)),
    )


def render_announcement(app: App, announcement: Announcement, list_names: Sequence[str]) -> Compiled:
    """Render an announcement to these lists; what is attached links as in `render_edition`."""
    page, ics = pages_of(app, announcement.attached.entries if announcement.attached else ())
    rendered = _in_each_language(
        app,
        list_names,
        lambda renderer, tag: renderer.announcement(announcement, item_url=_said(page, tag), event_ics=_said(ics, tag)),
    )
    return replace(rendered, sent_as=announcement.sent_as)


def _in_each_language(app: App, list_names: Sequence[str], made: Callable[[Renderer, str], Compiled]) -> Compiled:
    """A mail in the network's language, with one in each other that somebody on these lists reads."""
    others = read_on(app, list_names)
    own = made(app.renderer, "")
    translations = {tag: made(app.renderer.in_language(tag), tag) for tag in others}
    return replace(own, translations=translations) if others else own


def _said(link: Callable[[_Of], str], language: str) -> Callable[[_Of], str]:
    """What leads to the same pages in a language."""
    return lambda of: in_language(link(of), language)


def pages_of(app: App, entries: Iterable[Entry]) -> tuple[Callable[[Item], str], Callable[[Event], str]]:
    """Where we keep the page of each item, and the calendar file of each event."""
    merged = {(entry.item.source, entry.item.key): entry.also for entry in entries}
    with app.store.read() as connection:
        ids = item_store.ids(connection, [key for first, also in merged.items() for key in (first, *also)])
    links = {
        first: item_link(app, *(ids[key] for key in (first, *also) if key in ids))
        for first, also in merged.items()
        if first in ids
    }
    sample = f"{app.config.web.base_url}/sample"

    def page(item: Item) -> str:
        return links.get((item.source, item.key), sample)

    def ics(event: Event) -> str:
        return ics_link(link) if (link := links.get((event.source, event.key))) else sample

    return page, ics


def item_link(app: App, *item_ids: int) -> str:
    """The page we keep of an item: its row's id, then those of the same thing from other sources."""
    return app.link(Scope.ITEM, *item_ids)


def ics_link(item_page: str) -> str:
    """The calendar file of an event, beside its page."""
    return f"{item_page}.ics"
