"""From a frozen mail to one person's bytes: links, slots, headers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from digest.app import App
from digest.deliver import Envelope, Prepared, message_id, prepare_message
from digest.model import Delivery, Edition, Recipient, Rendered, Sliced, Slot
from digest.render import fill_html, fill_text
from digest.store import items as item_store
from digest.store import people
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.tokens import Scope

_SAMPLE = Recipient(address="member@example.org", name="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A rendered mail, encoded for everybody, to be addressed to one person after another.

    Without a campaign it is a sample or a test: its links lead to pages that say so, and it carries no
    one-click unsubscribe.
    """

    app: App
    rendered: Rendered
    prepared: Prepared
    campaign: Campaign | None
    view_url: str

    @classmethod
    def prepare(cls, app: App, rendered: Rendered, *, campaign: Campaign | None = None) -> "Mail":
        """Encode what every copy shares."""
        sender = app.config.sender
        name = campaign.digest if campaign else ANNOUNCEMENT
        prepared = prepare_message(
            rendered,
            sender=sender,
            date=app.now.astimezone(app.config.network.zone),
            list_id=f"{name}.{_domain(app)}",
            list_name=app.config.network.name,
        )
        view_url = view_link(app, campaign)
        return cls(app=app, rendered=rendered, prepared=prepared, campaign=campaign, view_url=view_url)

    def envelope(self, delivery: Delivery) -> Envelope:
        """One person's message with its envelope."""
        values = self._values(delivery)
        return self.prepared.envelope(
            delivery.recipient,
            values=values,
            message_id=self._message_id(delivery),
            unsubscribe_url=values[Slot.UNSUBSCRIBE_URL] if self.campaign else None,
        )

    def eml(self, delivery: Delivery) -> bytes:
        """One person's message as a file."""
        return self.envelope(delivery).message

    def html(self, delivery: Delivery) -> str:
        """One person's HTML."""
        return fill_html(self.rendered.html, self._values(delivery))

    def text(self, delivery: Delivery) -> str:
        """One person's plain text."""
        return fill_text(self.rendered.text, self._values(delivery))

    def sample(self, address: str | None = None) -> Delivery:
        """A delivery that is in no outbox, to a person by address (known or not) or to nobody in particular."""
        recipient, subscriber_id = _SAMPLE, 0
        if address is not None:
            with self.app.store.read() as connection:
                known = people.find(connection, address)
            subscriber_id, recipient = known or (0, Recipient(address=address))
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

    def _message_id(self, delivery: Delivery) -> str:
        campaign = self.campaign.name if self.campaign else f"sample {self.app.now.isoformat()}"
        return message_id(campaign, delivery.subscriber_id, _domain(self.app))


def view_link(app: App, campaign: Campaign | None) -> str:
    """Where a mail can be read in a browser."""
    return app.link(Scope.VIEW, campaign.id) if campaign else f"{app.config.web.base_url}/sample"


def render_edition(app: App, edition: Edition) -> Rendered:
    """Render an edition; an item without a page of its own links to the one we keep of it.

    In the preview of what is not stored yet, that page says that it is a sample.
    """
    with app.store.read() as connection:
        ids = item_store.ids(connection, [(entry.item.source, entry.item.key) for entry in edition.entries])
    links = {pair: app.link(Scope.ITEM, row_id) for pair, row_id in ids.items()}
    sample = f"{app.config.web.base_url}/sample"
    return app.renderer.edition(edition, item_url=lambda item: links.get((item.source, item.key), sample))


def rendered_to_json(rendered: Rendered) -> str:
    """The form in which a campaign keeps its mail; the same mail always gives the same text."""
    cut = {"html": _to_list(rendered.html), "text": _to_list(rendered.text)}
    return json.dumps({"subject": rendered.subject, **cut}, ensure_ascii=False)


def rendered_from_json(text: str) -> Rendered:
    """Read what `rendered_to_json` wrote."""
    raw = json.loads(text)
    return Rendered(subject=raw["subject"], html=_from_list(raw["html"]), text=_from_list(raw["text"]))


def _to_list(sliced: Sliced) -> list[str | dict[str, str]]:
    return [{"slot": piece.value} if isinstance(piece, Slot) else piece for piece in sliced]


def _from_list(pieces: list[str | dict[str, str]]) -> Sliced:
    return tuple(piece if isinstance(piece, str) else Slot(piece["slot"]) for piece in pieces)


def _domain(app: App) -> str:
    return app.config.sender.email.rpartition("@")[2]
