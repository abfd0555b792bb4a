"""A rendered mail as one person's bytes: slots, headers, envelope."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from digest.app import App
from digest.compose import wanted
from digest.config import Sender
from digest.core.mail.languages import Languages, language_of
from digest.core.mail.links import view_link
from digest.deliver import Envelope, PreparedMessage, message_id, prepare_message, wire_domain
from digest.model import AS_CONFIGURED, Delivery, Edition, Place, Recipient, Rendered, SentAs, Slot, Values
from digest.render import Compiled, fill_html, fill_text
from digest.returns.address import bounce_address, copy_id
from digest.store import people
from digest.store.campaigns import ANNOUNCEMENT, Campaign
from digest.tokens import Scope

_SELECTIONS = 256  # mails that are kept encoded, by what their readers muted
_SAMPLE = Recipient(address="member@example.org", name="")


@dataclass(frozen=True, slots=True)
class _Encoded:
    rendered: Rendered
    prepared: PreparedMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A rendered mail, encoded for everybody, to be addressed to one person after another.

    Without a campaign it is a sample or a test: its links lead to pages that say so, also that of its one-click
    unsubscribe, where it has one.
    """

    app: App
    compiled: Compiled
    campaign: Campaign | None
    digest: str  # whose mail it is; also of a sample
    edition: Edition | None = None  # what it shows; without it, its subject is the same for everybody
    every_header: bool = False  # also of a test
    _language: Callable[[Delivery], str]  # of each copy; "" is the network's own
    _slots: Mapping[Slot, Callable[[Delivery], str]]
    _domain: str  # in ASCII
    _mutable: frozenset[str] = frozenset()
    _encoded: "OrderedDict[tuple[str, frozenset[str]], _Encoded]" = field(default_factory=OrderedDict)

    @classmethod
    def prepare(
        cls,
        app: App,
        compiled: Compiled,
        *,
        campaign: Campaign | None = None,
        digest: str = ANNOUNCEMENT,
        edition: Edition | None = None,
        every_header: bool = False,
    ) -> "Mail":
        """Encode what every copy shares; what readers who muted the same categories share follows with their first."""
        language = _language(app, compiled)
        view_urls = {tag: view_link(app, campaign, tag) for tag in ("", *compiled.translations)}
        mail = cls(
            app=app,
            compiled=compiled,
            campaign=campaign,
            digest=campaign.digest if campaign else digest,
            edition=edition,
            every_header=every_header,
            _language=language,
            _slots=_slots(app, campaign, lambda delivery: view_urls[language(delivery)]),
            _domain=wire_domain(app.config.sender.email),
            _mutable=compiled.mutable(),
        )
        mail._for("", frozenset())
        return mail

    def _own(self, delivery: Delivery) -> "_Encoded":
        return self._for(self._language(delivery), delivery.recipient.muted)

    def _for(self, language: str, muted: frozenset[str]) -> "_Encoded":
        selection = language, muted & self._mutable
        if selection in self._encoded:
            self._encoded.move_to_end(selection)
        else:
            muted = selection[1]
            if len(self._encoded) == _SELECTIONS:
                self._encoded.popitem(last=False)
            shown = wanted(self.edition, muted) if self.edition is not None and muted else None
            renderer = self.app.in_language(language).renderer if language else self.app.renderer
            lines = renderer.lines(shown) if shown is not None and shown.entries else None
            rendered = self.compiled.in_language(language).for_readers(muted, lines=lines)
            network = self.app.config.network
            prepared = prepare_message(
                rendered,
                sender=sent_as(self.app.config.sender, self.compiled.sent_as),
                date=self.app.now.astimezone(network.zone),
                list_id=f"{self.digest}.{self._domain}",
                list_name=network.name,
                help_url=network.url,
                feedback=(self.campaign.period if self.campaign else "sample", self.digest, self._audience()),
            )
            self._encoded[selection] = _Encoded(rendered, prepared)
        return self._encoded[selection]

    def envelope(self, delivery: Delivery) -> Envelope:
        """One person's message with its envelope."""
        values = self._values(delivery)
        prepared = self._own(delivery).prepared
        return prepared.envelope(
            delivery.recipient,
            values=values,
            message_id=self._message_id(delivery),
            unsubscribe_url=values[Slot.UNSUBSCRIBE_URL] if self.campaign or self.every_header else None,
            sender=self._returns_to(prepared.sender, delivery),
        )

    def eml(self, delivery: Delivery) -> bytes:
        """One person's message as a file."""
        return self.envelope(delivery).message

    def subject(self, delivery: Delivery) -> str:
        """One person's subject."""
        rendered = self._own(delivery).rendered
        return fill_text(rendered.own_subject, self._values(delivery)) or rendered.subject

    def html(self, delivery: Delivery) -> str:
        """One person's HTML."""
        return fill_html(self._own(delivery).rendered.html, self._values(delivery))

    def text(self, delivery: Delivery) -> str:
        """One person's plain text."""
        return fill_text(self._own(delivery).rendered.text, self._values(delivery))

    def sample(
        self, address: str | None = None, *, muted: Collection[str] = (), language: str | None = None
    ) -> Delivery:
        """A delivery that is in no outbox, to a person by address (known or not) or to nobody in particular."""
        recipient, subscriber_id = _SAMPLE, 0
        if address is not None:
            with self.app.store.read() as connection:
                known = people.find(connection, address)
                own = people.muted_by(connection, known[0], self.digest) if known else frozenset()
                reads = language_of(self.app, connection, *known) if known else None
            subscriber_id, recipient = known or (0, Recipient(address=address))
            recipient = replace(recipient, language=reads)
            if self.digest != ANNOUNCEMENT:
                recipient = replace(recipient, muted=own)
        if language:
            recipient = replace(recipient, language=language)
        if muted:
            recipient = replace(recipient, muted=recipient.muted.union(name.casefold() for name in muted))
        return Delivery(id=0, recipient=recipient, subscriber_id=subscriber_id, list_ids=())

    def _values(self, delivery: Delivery) -> Mapping[Place, str]:
        person = delivery.recipient
        return Values(partial(self._slot, delivery), {**person.fields, "name": person.name})

    def _slot(self, delivery: Delivery, slot: Slot) -> str:
        return self._slots[slot](delivery)

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
        domain, person = self._domain, delivery.subscriber_id
        if self.campaign is None:
            return message_id(f"sample {self.app.now.isoformat()}", person, domain)
        return copy_id(self.app.secret, domain, campaign_id=self.campaign.id, subscriber_id=person)


def _language(app: App, compiled: Compiled) -> Callable[[Delivery], str]:
    """What tells the language of a copy: "" for the network's own, which is had where it was made in no other."""
    if not compiled.translations:
        return lambda _: ""
    with app.store.read() as connection:
        languages = Languages.of(app, connection)

    def language(delivery: Delivery) -> str:
        read = languages.read_by(delivery.recipient, delivery.list_ids)
        return read if read in compiled.translations else ""

    return language


def _slots(
    app: App, campaign: Campaign | None, view_url: Callable[[Delivery], str]
) -> Mapping[Slot, Callable[[Delivery], str]]:
    """What makes each slot's value of a delivery, with what all copies share worked out."""
    sample = f"{app.config.web.base_url}/sample"
    leave, preferences = app.links(Scope.UNSUBSCRIBE), app.links(Scope.PREFERENCES)

    def unsubscribe_url(delivery: Delivery) -> str:
        return leave(delivery.subscriber_id, *delivery.list_ids) if campaign else sample

    def preferences_url(delivery: Delivery) -> str:
        return preferences(delivery.subscriber_id) if campaign else sample

    return {
        Slot.NAME: lambda delivery: delivery.recipient.name or delivery.recipient.address,
        Slot.ADDRESS: lambda delivery: delivery.recipient.address,
        Slot.UNSUBSCRIBE_URL: unsubscribe_url,
        Slot.PREFERENCES_URL: preferences_url,
        Slot.VIEW_URL: view_url,
    }


def sent_as(sender: Sender, own: SentAs) -> Sender:
    """The From and Reply-To of a mail that has its own; what comes back returns as that of any other."""
    if own == AS_CONFIGURED:
        return sender
    told = {"name": own.name, "email": own.email, "reply_to": own.reply_to}
    return sender.model_copy(update={"return_path": sender.envelope, **{key: one for key, one in told.items() if one}})
