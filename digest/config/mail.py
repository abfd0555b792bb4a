"""``[sender]``, ``[smtp]`` and ``[returns]``: who the mails are from, what carries them, where they come back."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from digest.config.keys import SigningKey
from digest.config.strength import strong
from digest.config.table import Line, Table
from digest.config.values import (
    Address,
    Certificates,
    Domain,
    Duration,
    Rate,
    Secret,
    SecretValue,
)

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # of a name in the DNS
_LONGEST_VERP_LOCAL = 21  # bytes: 64 (RFC 5321 section 4.5.3.1.1) less the delimiter and the longest token
_TOPIC = r"^arn:aws(-cn)?:sns:[a-z0-9-]{5,30}:[0-9]{12}:[A-Za-z0-9_.-]{1,256}$"
_SIGNED = {  # how the keys of providers look that sign
    "mailgun": r"[ -~]{8,200}",
    "resend": r"whsec_[A-Za-z0-9+/=]{16,200}",
    "sendgrid": r"[A-Za-z0-9+/]{80,400}={0,2}",
}


class Dkim(Table):
    """``[sender.dkim]``: the key that signs every mail (RFC 6376)."""

    selector: Annotated[str, Field(pattern=rf"^{_LABEL}(\.{_LABEL})*$", max_length=120)]
    domain: Domain | None = None  # the one of the From address unless given
    key: SigningKey


class Sender(Table):
    """``[sender]``: the From line, where replies and returns go, and who signs."""

    email: Address
    name: str = ""
    reply_to: Address | None = None
    return_path: Address | None = None  # the envelope's sender; the From address unless given
    verp: bool = False  # each copy returns to an address of its own
    verp_delimiter: Literal["+", "-", "=", "_"] = "+"
    unsubscribe_email: Address | None = None  # a second way out beside the link
    dkim: Dkim | None = None

    @property
    def envelope(self) -> str:
        """The address in MAIL FROM (RFC 5321 section 4.1.1.2)."""
        return self.return_path or self.email

    @property
    def signing_domain(self) -> str:
        """The domain that answers for the mail (RFC 6376 section 3.5, ``d=``)."""
        return (self.dkim and self.dkim.domain) or self.email.rpartition("@")[2]

    @field_validator("dkim", mode="before")
    @classmethod
    def _is_a_table(cls, value: Any) -> Any:
        if value is not None and not isinstance(value, Mapping | Dkim):
            raise ValueError("a secret is not written here: make it a table with selector and key")
        return value

    @model_validator(mode="after")
    def _returns_fit(self) -> "Sender":
        local = self.envelope.rpartition("@")[0]
        if self.verp and len(local.encode()) > _LONGEST_VERP_LOCAL:
            raise ValueError(
                f"{local} leaves no room for verp in the 64 bytes before the @-sign: "
                f"set return_path to one with at most {_LONGEST_VERP_LOCAL}"
            )
        return self

    @model_validator(mode="after")
    def _domain_can_publish_a_key(self) -> "Sender":
        if self.dkim and self.signing_domain.startswith("["):
            raise ValueError("dkim needs the name of a domain, not an IP address: set dkim.domain")
        return self


class Smtp(Table):
    """``[smtp]``: the server that takes the mail."""

    host: Line = "embedded"
    port: int | None = Field(None, ge=1, le=65_535)
    tls: Literal["auto", "starttls", "implicit", "none"] = "auto"
    username: str | None = None
    password: SecretValue = None
    ca_file: Certificates = None  # trusted beside the system's authorities
    connections: int = Field(4, ge=1, le=200)
    max_messages_per_connection: int | None = Field(None, ge=1)
    rate: Rate = None  # messages per second
    burst: int = Field(1, ge=1)  # how many messages may make up together for time that was not used
    timeout: Duration = Field(timedelta(minutes=5), gt=timedelta())  # for one reply (RFC 5321 section 4.5.3.2)
    grace: Duration = timedelta(seconds=30)  # for what is in flight, once sending is told to stop
    give_up_after: Duration = timedelta(days=5)

    @property
    def embedded(self) -> bool:
        """Whether mail goes into the local mailbox instead of to a server."""
        return self.host == "embedded"

    @model_validator(mode="after")
    def _login_is_whole(self) -> "Smtp":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        return self


class Hook(Table):
    """``[[returns.hooks]]``: a provider that posts what comes back to ``/hooks/PROVIDER/SECRET``."""

    provider: Literal["brevo", "mailgun", "mailjet", "postmark", "resend", "sendgrid", "ses"]
    secret: SecretValue  # the end of the address
    key: SecretValue = None  # what the provider signs with, or the public half of it
    topics: tuple[Annotated[str, Field(pattern=_TOPIC)], ...] = ()  # that may post

    @field_validator("secret")
    @classmethod
    def _cannot_be_guessed(cls, value: Secret | None) -> Secret | None:
        if value is None:
            raise ValueError('is needed: use { env = "NAME" } or { file = "PATH" }')
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", value.reveal()):
            raise ValueError("the secret stands in an address: make it of letters, digits, - and _, at most 200")
        return strong(value)

    @model_validator(mode="after")
    def _is_whole(self) -> "Hook":
        if (self.provider in _SIGNED) != (self.key is not None):
            told = "needs key, which it signs with" if self.provider in _SIGNED else "signs with no key of yours"
            raise ValueError(f"{self.provider} {told}" + ("" if self.provider in _SIGNED else ": leave out key"))
        if (self.provider == "ses") != bool(self.topics):
            told = "needs topics, the ARNs that may post" if self.provider == "ses" else "has no topics: leave them out"
            raise ValueError(f"{self.provider} {told}")
        if self.key is not None and not re.fullmatch(_SIGNED[self.provider], self.key.reveal()):
            raise ValueError(f"key is not one of {self.provider}'s; docs/returns.md tells where it is found")
        return self


class Returns(Table):
    """``[returns]``: where mail comes back: a mailbox that is read by IMAP, and what providers post."""

    host: Line | None = None  # without one nothing is read by IMAP
    port: int = Field(993, ge=1, le=65_535)
    tls: Literal["implicit", "starttls"] = "implicit"
    username: Line | None = None
    password: SecretValue = None
    folder: Line = "INBOX"
    moved_to: Line | None = None  # a folder for what was read; it is only marked as seen without one
    ca_file: Certificates = None  # trusted beside the system's authorities
    timeout: Duration = Field(timedelta(minutes=1), gt=timedelta())  # for one answer
    hooks: tuple[Hook, ...] = ()

    @model_validator(mode="after")
    def _login_is_whole(self) -> "Returns":
        if self.host is not None and (self.username is None or self.password is None):
            raise ValueError("host needs username and password")
        return self
