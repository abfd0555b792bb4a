"""config.toml as a whole, as a frozen model; what each key means is told in the sample config.toml."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from digest.config.brand import Brand
from digest.config.digests import DigestConfig
from digest.config.lists import ListConfig
from digest.config.mail import Returns, Sender, Smtp
from digest.config.names import KnownLanguage, Language, Name
from digest.config.public import is_public
from digest.config.relays import RelayConfig, trouble_with, usable
from digest.config.service import Cluster, Health, Limits, Paths, Retention, Service, StoreConfig, WebConfig
from digest.config.sources import CategoryConfig, SourceConfig
from digest.config.table import Line, Table
from digest.config.values import Address, HttpUrl, Zone


def _folded(tag: str) -> str:
    return tag.replace("_", "-").casefold()


class Network(Table):
    """``[network]``: who the mail is from."""

    name: Line
    url: HttpUrl | None = None
    timezone: Zone = "UTC"
    language: Language = "en-GB"
    languages: tuple[KnownLanguage, ...] = ()  # that people choose among; the first is `language` unless given
    postal_address: str = ""

    @model_validator(mode="before")
    @classmethod
    def _first_of_several_is_its_own(cls, value: Any) -> Any:
        several = value.get("languages") if isinstance(value, dict) and "language" not in value else None
        return {**value, "language": several[0]} if isinstance(several, list | tuple) and several else value

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which dates are read and written."""
        return ZoneInfo(self.timezone)


class Organiser(Table):
    """``[[organisers]]``: who runs the network's mail."""

    email: Address
    name: str = ""
    role: Literal["admin", "organiser", "editor"] = "organiser"
    lists: tuple[Name, ...] = ()  # an organiser's: what they may write to; an editor's: what they see, all unless given
    language: KnownLanguage | None = None  # of their console and letters; their browser's or the network's unless given


class Config(Table):
    """The whole of config.toml, validated."""

    network: Network
    brand: Brand = Brand()
    sender: Sender
    smtp: Smtp = Smtp()
    returns: Returns = Returns()
    store: StoreConfig = StoreConfig()
    web: WebConfig = WebConfig()
    limits: Limits = Limits()
    health: Health = Health()
    service: Service = Service()
    cluster: Cluster | None = None
    retention: Retention = Retention()
    paths: Paths = Paths()
    categories: tuple[CategoryConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    lists: tuple[ListConfig, ...] = ()
    digests: tuple[DigestConfig, ...] = ()
    organisers: tuple[Organiser, ...] = ()
    relays: tuple[RelayConfig, ...] = ()
    base: Path = Field(default=Path(), exclude=True)  # the folder of config.toml; set by load_config
    guarded: tuple[Path, ...] = Field(default=(), exclude=True)  # files that hold secrets; set by load_config
    hints: tuple[str, ...] = Field(default=(), exclude=True)  # what is read and should be written otherwise by now

    @field_validator("cluster")
    @classmethod
    def _workers_share_a_database(cls, value: Cluster | None, info: ValidationInfo) -> Cluster | None:
        kept = info.data.get("store")
        if value is not None and isinstance(kept, StoreConfig) and kept.url.startswith("sqlite"):
            raise ValueError('several workers need PostgreSQL: give [store] url = "postgresql://..."')
        return value

    @field_validator("relays")
    @classmethod
    def _relays_carry_everything(cls, value: tuple[RelayConfig, ...], info: ValidationInfo) -> tuple[RelayConfig, ...]:
        smtp, sender = info.data.get("smtp"), info.data.get("sender")
        if not (value and isinstance(smtp, Smtp) and isinstance(sender, Sender)):
            return value
        if told := trouble_with(value, smtp, sender.email):
            raise ValueError(told)
        return value

    @field_validator("sources")
    @classmethod
    def _sources_write_the_networks_language(
        cls, value: tuple[SourceConfig, ...], info: ValidationInfo
    ) -> tuple[SourceConfig, ...]:
        network = info.data.get("network")
        language = network.language if isinstance(network, Network) else None
        return tuple(one if one.language else one.model_copy(update={"language": language}) for one in value)

    @property
    def embedded(self) -> bool:
        """Whether mail goes into the local mailbox, and nowhere else."""
        return self.smtp.embedded and not self.relays

    @property
    def servers(self) -> Mapping[str, Smtp]:
        """What carries the mail, by name: the relays that take it from this sender, else the server of ``[smtp]``."""
        return {one.name: one for one in usable(self.relays, self.sender.email)} or {"smtp": self.smtp}

    @property
    def letter_servers(self) -> tuple[Smtp, ...]:
        """What a single mail to anybody may go over, in the order in which it is tried."""
        everybodys = [one for one in usable(self.relays, self.sender.email) if not one.domains]
        return tuple(everybodys) or (self.smtp,)

    @property
    def languages(self) -> tuple[str, ...]:
        """In which what surrounds the posts is said, each tag once: the network's own first, then the others."""
        told = (self.network.language, *self.network.languages, *(one.language for one in self.lists if one.language))
        known: dict[str, str] = {}
        for tag in told:
            known.setdefault(_folded(tag), tag)
        return tuple(known.values())

    def spoken(self, tag: str | None) -> str | None:
        """Of `languages` the one with this tag, in whatever way that is written; None where it is none of them."""
        return next((one for one in self.languages if _folded(one) == _folded(tag)), None) if tag else None

    @property
    def shows_pictures(self) -> bool:
        """Whether readers can load what we serve: it is on the internet, or their mail stays on this machine."""
        return self.embedded or is_public(self.web.base_url)

    @property
    def wants_pictures(self) -> bool:
        """Whether anything may ever be shown with its picture."""
        sections = (section for digest in self.digests for section in digest.sections)
        return self.brand.pictures != "none" or any(one.pictures not in {None, "none"} for one in sections)

    def resolve(self, path: Path) -> Path:
        """A path of config.toml as an absolute path."""
        return (self.base / path.expanduser()).resolve()

    @property
    def hash(self) -> str:
        """Changes whenever anything but a secret's value changes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
