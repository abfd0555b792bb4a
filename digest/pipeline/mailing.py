"""From a frozen mail to one person's bytes: links, slots, headers."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from digest.app import App
from digest.deliver import Envelope, Prepared, bounce_address, message_id, prepare_message, wire_domain
from digest.model import Announcement, Delivery, Edition, Entry, Event, Item, Recipient, Rendered, Slot
from digest.render import Compiled, fill_html, fill_text
from digest.store import items as item_store
from digest.store import people
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.tokens import Scope

_SAMPLE = Recipient(address="member@example.org", name="")


@dataclass(frozen=True, slots=True)
class _Encoded:
    rendered: Rendered
    prepared: Prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A rendered mail, encoded for everybody, to be addressed to one person after another.

    Without a campaign it is a sample or a test: its links lead to pages that say so, and it carries no
    one-click unsubscribe.
    """

    app: App
    compiled: Compiled
    campaign: Campaign | None
    digest: str  # whose mail it is; also of a sample
    view_url: str
    _encoded: dict[frozenset[str], "_Encoded"] = field(default_factory=dict)

    @classmethod
    def prepare(
        cls, app: App, compiled: Compiled, *, campaign: Campaign | None = None, digest: str = ANNOUNCEMENT
    ) -> "Mail":
        """Encode what every copy shares; what readers who muted the same categories share follows with their first."""
        mail = cls(
            app=app,
            compiled=compiled,
            campaign=campaign,
            digest=campaign.digest if campaign else digest,
            view_url=view_link(app, campaign),
        )
        mail._for(frozenset())
        return mail

    def _for(self, muted: frozenset[str]) -> "_Encoded":
        if muted not in self._encoded:
            rendered = self.compiled.for_readers(muted)
            network = self.app.config.network
            prepared = prepare_message(
                rendered,
                sender=self.app.config.sender,
                date=self.app.now.astimezone(network.zone),
                list_id=f"{self.digest}.{_domain(self.app)}",
                list_name=network.name,
                help_url=network.url,
                feedback=(self.campaign.period if self.campaign else "sample", self.digest, self._audience()),
            )
            self._encoded[muted] = _Encoded(rendered, prepared)
        return self._encoded[muted]

    def envelope(self, delivery: Delivery) -> Envelope:
        """One person's message with its envelope."""
        values = self._values(delivery)
        prepared = self._for(delivery.recipient.muted).prepared
        return prepared.envelope(
            delivery.recipient,
            values=values,
            message_id=self._message_id(delivery),
            unsubscribe_url=values[Slot.UNSUBSCRIBE_URL] if self.campaign else None,
            sender=self._returns_to(prepared.sender, delivery),
        )

    def eml(self, delivery: Delivery) -> bytes:
        """One person's message as a file."""
        return self.envelope(delivery).message

    def html(self, delivery: Delivery) -> str:
        """One person's HTML."""
        return fill_html(self._for(delivery.recipient.muted).rendered.html, self._values(delivery))

    def text(self, delivery: Delivery) -> str:
        """One person's plain text."""
        return fill_text(self._for(delivery.recipient.muted).rendered.text, self._values(delivery))

    def sample(self, address: str | None = None, *, muted: Collection[str] = ()) -> Delivery:
        """A delivery that is in no outbox, to a person by address (known or not) or to nobody in particular."""
        recipient, subscriber_id = _SAMPLE, 0
        if address is not None:
            with self.app.store.read() as connection:
                known = people.find(connection, address)
            subscriber_id, recipient = known or (0, Recipient(address=address))
        if muted:
            recipient = replace(recipient, muted=frozenset(muted))
        return Delivery(id=0, recipient=recipient, subscriber_id=subscriber_id, list_ids=())

    def _values(self, delivery: Delivery) -> Mapping[Slot, str]:
        person = delivery.recipient
        return {
            Slot.NAME: person.name or person.address,
            Slot.ADDRESS: person.address,
            Slot.UNSUBSCRIBE_URL: self._unsubscribe_url(delivery),
            Slot.VIEW_URL: self.view_url,
        }

    def _unsubscribe_url(self, delivery: Delivery) -> str:
        if self.campaign is None:
            return f"{self.app.config.web.base_url}/sample"
        return self.app.link(Scope.UNSUBSCRIBE, delivery.subscriber_id, *delivery.list_ids)

    def _returns_to(self, address: str, delivery: Delivery) -> str:
        sender = self.app.config.sender
        if self.campaign is None or not sender.verp:
            return address
        return bounce_address(
            self.app.secret,
            address,
            delimiter=sender.verp_delimiter,
            campaign_id=self.campaign.id,
            subscriber_id=delivery.subscriber_id,
        )

    def _audience(self) -> str:
        names = self.campaign.list_names if self.campaign else ()
        return names[0] if len(names) == 1 else self.app.config.network.name

    def _message_id(self, delivery: Delivery) -> str:
        campaign = self.campaign.name if self.campaign else f"sample {self.app.now.isoformat()}"
        return message_id(campaign, delivery.subscriber_id, _domain(self.app))


def view_link(app: App, campaign: Campaign | None) -> str:
    """Where a mail can be read in a browser."""
    return app.link(Scope.VIEW, campaign.id) if campaign else f"{app.config.web.base_url}/sample"


def render_edition(app: App, edition: Edition) -> Compiled:
    """Render an edition; an item without a page of its own links to the one we keep of it, an event to its file.

    In the preview of what is not stored yet, these lead to a page that says that it is a sample.
    """
    page, ics = _pages_of(app, edition.entries)
    return app.renderer.edition(edition, item_url=page, event_ics=ics)


def render_announcement(app: App, announcement: Announcement) -> Compiled:
    """Render an announcement; what is attached links as in `render_edition`."""
    page, ics = _pages_of(app, announcement.attached.entries if announcement.attached else ())
    return app.renderer.announcement(announcement, item_url=page, event_ics=ics)


def _pages_of(app: App, entries: Iterable[Entry]) -> tuple[Callable[[Item], str], Callable[[Event], str]]:
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


def _domain(app: App) -> str:
    return wire_domain(app.config.sender.email)
