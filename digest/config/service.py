"""The tables of config.toml that say how it runs: store, web, limits, health, service, workers, retention, paths."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from digest.config.strength import strong
from digest.config.table import Table
from digest.config.values import Duration, HttpUrl, Secret, SecretValue, Share, SourceUrl

IpNetwork = IPv4Network | IPv6Network


class StoreConfig(Table):
    """``[store]``: where everything is kept."""

    url: str = Field("sqlite:///var/digest.sqlite", repr=False)  # a relative SQLite path is relative to config.toml

    @field_validator("url")
    @classmethod
    def _is_a_database_we_know(cls, value: str) -> str:
        if not value.startswith(("sqlite:", "postgresql")):
            fix = 'write "sqlite:///var/digest.sqlite" or a "postgresql://..." address'
            raise ValueError(f"neither SQLite nor PostgreSQL; {fix}")
        return value


_THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class WebConfig(Table):
    """``[web]``: the public pages that the links in a mail lead to."""

    url: HttpUrl | None = None  # the public address; http://HOST:PORT unless given
    host: str = "127.0.0.1"
    port: int = Field(8025, ge=0, le=65_535)
    secret: SecretValue = None  # signs links; made and kept in the store unless given
    archive: bool = False  # what was sent can be read by everybody: /archive, its feeds, /calendar.ics
    index: bool = False  # search engines may list the archive
    old_secrets: tuple[SecretValue, ...] = ()  # that signed links in mails already sent; none is made with them
    altcha: bool = False  # a sign-up takes a proof of work, and so a browser with script
    proxies: tuple[IpNetwork, ...] = _THIS_MACHINE  # whose X-Forwarded-For tells where a sign-up comes from

    @field_validator("old_secrets")
    @classmethod
    def _could_not_be_guessed(cls, values: tuple[Secret | None, ...]) -> tuple[Secret, ...]:
        return tuple(strong(value) for value in values if value)

    @field_validator("secret")
    @classmethod
    def _cannot_be_guessed(cls, value: Secret | None) -> Secret | None:
        return value and strong(value)

    @field_validator("url")
    @classmethod
    def _links_can_be_added(cls, value: str | None) -> str | None:
        if value and ("?" in value or "#" in value):
            raise ValueError("links are made by adding to it: leave out what follows ? and #")
        return value

    @property
    def base_url(self) -> str:
        """The public address without a trailing slash."""
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")


class Limits(Table):
    """``[limits]``: how much mail is too much."""

    per_week: int | None = Field(None, ge=1)  # mails to one person within seven days, of all campaigns
    ask_above: int = Field(500, ge=0)  # people; who announces to more types the number
    complaints: Share = Field(0.003, gt=0, le=1)  # of a campaign's accepted mails; one that has more is held
    bounces: Share = Field(0.05, gt=0, le=1)  # likewise
    # Sign-ups within 24 hours: for one address, for the addresses of one domain, from one network, and in all.
    sign_ups_per_address: int = Field(3, ge=1)
    sign_ups_per_domain: int = Field(200, ge=1)
    sign_ups_per_network: int = Field(50, ge=1)  # IPv4 /24, IPv6 /48
    sign_ups: int = Field(1000, ge=1)


class Health(Table):
    """``[health]``: who outside is told that all is well."""

    ping: SourceUrl | None = Field(default=None, repr=False)  # asked for as long as everything due has happened

    @field_validator("ping")
    @classmethod
    def _is_of_the_web(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("is no http or https address")
        return value


class Service(Table):
    """``[service]``: how `digest run` behaves."""

    logs: Literal["auto", "console", "json"] = "auto"  # auto: for people on a terminal, JSON elsewhere
    backup: Path | None = None  # a folder; the store is backed up into it every day
    backups: int = Field(7, ge=1, le=1000)  # how many are kept


class Cluster(Table):
    """``[cluster]``: where it stands, several workers share each campaign, on one machine or many."""

    heartbeat: Duration = Field(timedelta(seconds=1), gt=timedelta())  # how often a worker gives a sign of life
    lost_after: Duration = Field(timedelta(seconds=30), gt=timedelta())  # without one; others take over what it held
    pgbouncer: bool = False  # the database is reached through it, in transaction mode
    listen_url: str | None = Field(None, repr=False)  # the database without PgBouncer, for news alone

    @field_validator("listen_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("postgresql://"):
            raise ValueError('write the address of PostgreSQL itself: "postgresql://..."')
        return value

    @model_validator(mode="after")
    def _leaves_time_for_signs(self) -> "Cluster":
        if self.lost_after < 3 * self.heartbeat:
            raise ValueError("lost_after must be at least three times heartbeat, or who lives is taken for dead")
        return self


class Retention(Table):
    """``[retention]``: after which time what is held about people is erased."""

    deliveries: Duration = Field(timedelta(days=365), gt=timedelta())  # what servers answered; that it went is kept
    activity: Duration = Field(timedelta(days=730), gt=timedelta())  # who did what when
    returns: Duration = Field(timedelta(days=365), gt=timedelta())  # what came back; that it did is kept
    journal: Duration = Field(timedelta(days=1095), gt=timedelta())  # consent, once nothing is sent by it any more
    pictures: Duration = Field(timedelta(days=730), gt=timedelta())  # since an item, a draft or a mail last used it


class Paths(Table):
    """``[paths]``: folders, relative to config.toml."""

    templates: Path | None = None  # overrides single templates
    languages: Path | None = None  # words of further languages, or more of those that ship
    var: Path = Path("var")  # mailbox and locks
