"""A rendered mail as one person's bytes: slots, headers, envelope."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
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
    languages: Languages
    view_urls: Mapping[str, str]  # by language
    edition: Edition | None = None  # what it shows; without it, its subject is the same for everybody
    every_header: bool = False  # also of a test
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
        with app.store.read() as connection:
            languages = Languages.of(app, connection)
        own = app.config.network.language
        mail = cls(
            app=app,
            compiled=compiled,
            campaign=campaign,
            digest=campaign.digest if campaign else digest,
            languages=languages,
            view_urls={tag: view_link(app, campaign, tag) for tag in (own, *compiled.translations)},
            edition=edition,
            every_header=every_header,
            _mutable=compiled.mutable(),
        )
        mail._for(own, frozenset())
        return mail

    def _own(self, delivery: Delivery) -> "_Encoded":
        return self._for(self._language(delivery), delivery.recipient.muted)

    def _language(self, delivery: Delivery) -> str:
        """The language of a person's copy: the network's own where the mail was not made in theirs."""
        if len(self.view_urls) > 1:
            language = self.languages.read_by(delivery.recipient, delivery.list_ids)
            if language in self.view_urls:
                return language
        return self.app.config.network.language

    def _for(self, language: str, muted: frozenset[str]) -> "_Encoded":
        selection = language, muted & self._mutable
        if selection in self._encoded:
            self._encoded.move_to_end(selection)
        else:
            muted = selection[1]
            if len(self._encoded) == _SELECTIONS:
                self._encoded.popitem(last=False)
            shown = wanted(self.edition, muted) if self.edition is not None and muted else None
            lines = (
                self.app.in_language(language).renderer.lines(shown) if shown is not None and shown.entries else None
            )
            rendered = self.compiled.in_language(language).for_readers(muted, lines=lines)
            network = self.app.config.network
            prepared = prepare_message(
                rendered,
                sender=sent_as(self.app.config.sender, self.compiled.sent_as),
                date=self.app.now.astimezone(network.zone),
                list_id=f"{self.digest}.{_domain(self.app)}",
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
        match slot:
            case Slot.NAME:
                return delivery.recipient.name or delivery.recipient.address
            case Slot.ADDRESS:
                return delivery.recipient.address
            case Slot.UNSUBSCRIBE_URL:
                return self._unsubscribe_url(delivery)
            case Slot.PREFERENCES_URL:
                return self._preferences_url(delivery)
            case Slot.VIEW_URL:
                return self.view_urls[self._language(delivery)]

    def _unsubscribe_url(self, delivery: Delivery) -> str:
        if self.campaign is None:
            return f"{self.app.config.web.base_url}/sample"
        return self.app.link(Scope.UNSUBSCRIBE, delivery.subscriber_id, *delivery.list_ids)

    def _preferences_url(self, delivery: Delivery) -> str:
        if self.campaign is None:
            return f"{self.app.config.web.base_url}/sample"
        return self.app.link(Scope.PREFERENCES, delivery.subscriber_id)

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
        domain = _domain(self.app)
        if self.campaign is None:
            return message_id(f"sample {self.app.now.isoformat()}", delivery.subscriber_id, domain)
        return copy_id(self.app.secret, domain, campaign_id=self.campaign.id, subscriber_id=delivery.subscriber_id)


def sent_as(sender: Sender, own: SentAs) -> Sender:
    """The From and Reply-To of a mail that has its own; what comes back returns as that of any other."""
    if own == AS_CONFIGURED:
        return sender
    told = {"name": own.name, "email": own.email, "reply_to": own.reply_to}
    return sender.model_copy(update={"return_path": sender.envelope, **{key: one for key, one in told.items() if one}})


def _domain(app: App) -> str:
    return wire_domain(app.config.sender.email)
