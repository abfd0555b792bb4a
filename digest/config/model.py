"""The tables of config.toml as frozen models; what each key means is told in the sample config.toml."""

import hashlib
from collections.abc import Mapping
from datetime import date, time, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from digest.config.colours import READABLE, contrast
from digest.config.mail import Returns, Sender, Smtp
from digest.config.public import is_public
from digest.config.relays import RelayConfig, trouble_with, usable
from digest.config.service import Cluster, Health, Limits, Paths, Retention, Service, StoreConfig, WebConfig
from digest.config.table import Line, Table
from digest.config.values import (
    Address,
    Colour,
    Day,
    Days,
    Duration,
    HttpUrl,
    SourceUrl,
    TimeOfDay,
    Zone,
    parse_days,
    parse_month_day,
)

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]

On = str | int | tuple[str, ...] | None
Title = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]  # BCP 47

PrivateHost = Annotated[str, Field(max_length=260, pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?$")]


def _known_language(tag: str) -> str:
    try:
        Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError('is not a language we know the dates of; write a tag such as "en-US" or "de"') from None
    return tag


KnownLanguage = Annotated[Language, AfterValidator(_known_language)]


FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ADDRESSED = ("email", "name", "first_name", "last_name")
"""What a list's file is read for besides its fields."""

LookName = Literal["bulletin", "letter", "magazine"]
Pictures = Literal["none", "lead", "all"]
Client = Literal["gmail", "outlook-classic", "outlook", "apple-mail", "yahoo", "thunderbird", "samsung"]

_KINDS = {"posts": "post", "events": "event", "vacancies": "vacancy"}
_CADENCES = {"daily": "day", "weekly": "week", "fortnightly": "2 weeks", "monthly": "month"}
_SHORTEST = {"day": timedelta(hours=23), "week": timedelta(6), "2 weeks": timedelta(13), "month": timedelta(27)}
"""What surely lies between two editions, over every change of the clocks."""


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


class Brand(Table):
    """``[brand]``: how the mail looks."""

    look: LookName = "bulletin"
    logo: HttpUrl | None = None
    logo_dark: HttpUrl | None = None  # drawn for a dark ground; without it the logo keeps its light one
    logo_width: int = Field(160, ge=16, le=560)  # pixels
    accent: Colour = "#0b5d4e"
    background: Colour = "#f3f4f1"
    surface: Colour = "#ffffff"
    text: Colour = "#1f2a28"
    font: str | None = None  # the look's own unless given
    heading_font: str | None = None  # likewise, of titles
    tagline: str = ""
    density: Literal["comfortable", "compact"] = "comfortable"  # the space between things
    pictures: Pictures = "lead"  # which items are shown with theirs: none, what is pinned, all
    private_picture_hosts: tuple[PrivateHost, ...] = ()  # whose pictures a text may name though they are not public
    clients: tuple[Client, ...] = get_args(Client)  # the mail programs that members use; a mail is checked for them

    @model_validator(mode="after")
    def _a_dark_logo_has_a_light_one(self) -> "Brand":
        if self.logo_dark and not self.logo:
            raise ValueError("logo_dark stands where logo does in the dark scheme: set logo, too")
        return self

    @model_validator(mode="after")
    def _text_can_be_read(self) -> "Brand":
        for name, behind in (("surface", self.surface), ("background", self.background)):
            if (ratio := contrast(self.text, behind)) < READABLE:
                raise ValueError(
                    f"text {self.text} on {name} {behind} has a contrast of {ratio:.1f}; readers need {READABLE} "
                    f"(WCAG AA): take a {'darker' if contrast('#000000', behind) >= READABLE else 'lighter'} text"
                )
        return self


class CategoryConfig(Table):
    """``[[categories]]``: the network's grouping, in reading order."""

    name: Line
    title: str | None = None  # as members read it, where that differs from what posts carry


class SourceConfig(Table):
    """``[[sources]]``: where items come from."""

    name: Name
    kind: Literal["export", "feed", "folder", "calendar", "vacancies", "table"]
    url: SourceUrl | None = Field(default=None, repr=False)  # http(s), a table's database; may be { env = "NAME" }
    path: Path | None = None
    secret_url: bool = Field(default=False, exclude=True)  # url came as a secret: it is shown nowhere
    categories: tuple[Line, ...] = ()  # for items that carry none
    encoding: str = "utf-8"
    language: KnownLanguage | None = None  # tells which of 03/04/2027 is the day; the network's unless given
    allow_private: bool = False  # url may lead to this machine or a private network
    timeout: Duration = Field(
        timedelta(seconds=30), gt=timedelta()
    )  # for everything that one collection of the source takes
    max_bytes: int = Field(10_000_000, ge=1000)  # of one answer, also after decompression
    horizon: Duration = timedelta(days=365)  # calendar: how far ahead recurring events are followed
    query: str | None = None  # table: what is read from the database
    columns: Mapping[str, str] = Field(default_factory=dict)  # table: item field -> column
    items: Literal["post", "event", "vacancy"] | None = None  # table: what a row is; told by its text unless given
    on_failure: Literal["warn", "hold"] = "warn"  # hold: an edition waits for a person while the source fails
    stale_after: Duration | None = None  # counts as failing when its last success is longer ago

    @model_validator(mode="before")
    @classmethod
    def _knows_its_secret(cls, value: Any) -> Any:
        return (
            {**value, "secret_url": True} if isinstance(value, dict) and isinstance(value.get("url"), dict) else value
        )

    @model_validator(mode="after")
    def _one_place(self) -> "SourceConfig":
        if (self.url is None) == (self.path is None):
            raise ValueError("give either url or path")
        web = self.url is not None and self.url.startswith(("http://", "https://"))
        if self.url is not None and web == (self.kind == "table"):
            wanted = 'a database, such as "postgresql://host/site"' if self.kind == "table" else "http or https"
            raise ValueError(f'url does not fit kind = "{self.kind}": it takes {wanted}')
        if self.kind == "table" and (self.url is None) != (self.query is None):
            raise ValueError("a database takes url and query; a CSV file takes path alone")
        return self


class SubscriberLine(Table):
    """One person as config.toml or a CSV file lists them."""

    email: Address
    name: str = ""
    fields: Mapping[FieldName, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        if isinstance(value, str):
            name, address = parseaddr(value) if "<" in value else ("", value)
            return {"email": address or value, "name": name}
        return value


class ListConfig(Table):
    """``[[lists]]``: who is listed."""

    name: Name
    title: Title = ""
    description: str = ""  # what comes through it, for who may want it
    language: KnownLanguage | None = None  # of what surrounds the posts, for its members who chose none
    signup: Literal["closed", "open"] = "closed"  # open: anybody may ask for it at /subscribe
    subscribers: tuple[SubscriberLine, ...] = ()
    file: Path | None = None
    columns: Mapping[str, Line] = Field(default_factory=dict)  # email, name, a field -> what its file calls the column
    fields: tuple[FieldName, ...] = ()  # further columns that are kept, for mails and audiences
    max_removals: float = Field(0.2, ge=0, le=1)  # the guard: a larger share asks for `lists apply --yes`

    @model_validator(mode="after")
    def _fields_are_named(self) -> "ListConfig":
        if taken := [name for name in self.fields if name in ADDRESSED]:
            raise ValueError(f"fields names {taken[0]}, which is kept anyway; leave it out")
        known = (*ADDRESSED, "language", *self.fields)
        if astray := [name for name in self.columns if name not in known]:
            fix = f"write fields = [{', '.join(map(repr, (*self.fields, astray[0])))}]".replace("'", '"')
            raise ValueError(f"columns names {astray[0]}, which is not among the fields; {fix}")
        for line in self.subscribers:
            if astray := [name for name in line.fields if name not in self.fields]:
                raise ValueError(f"{line.email} has {astray[0]}, which is not among the list's fields; add it there")
        return self


class SectionConfig(Table):
    """``[[digests.sections]]``: a part of an edition."""

    kind: Annotated[
        Literal["post", "event", "vacancy"], BeforeValidator(lambda v: _KINDS.get(v, v) if isinstance(v, str) else v)
    ]
    title: str | None = None
    categories: tuple[Line, ...] = ()  # only these; all unless given
    sources: tuple[Name, ...] = ()  # only these; all unless given
    limit: int | None = Field(None, ge=1)
    remind: Duration = timedelta(days=7)  # events: reminded once in this window before the start
    look_ahead: Duration = timedelta(days=90)  # events: announced no earlier than this before the start
    last_call: Duration = timedelta(days=7)  # vacancies: shown once more in this window before closing
    pictures: Pictures | None = None  # as of [brand], for these alone


_DEFAULT_SECTIONS = (SectionConfig(kind="vacancy"), SectionConfig(kind="event"), SectionConfig(kind="post"))


class DigestConfig(Table):
    """``[[digests]]``: a recurring mailing."""

    name: Name
    title: Title = ""
    lists: tuple[Name, ...] = Field(min_length=1)
    every: Annotated[
        Literal["day", "week", "2 weeks", "month"],
        BeforeValidator(lambda v: _CADENCES.get(v, v) if isinstance(v, str) else v),
    ] = "week"
    on: On = None  # weekday(s); for a month its day, "last" or "first monday"
    at: TimeOfDay = time(8)
    skip: Days = ()  # days, such as holidays, on which it is not due
    starting: Day = date(2001, 1, 1)  # every = "2 weeks": any day of a week that it is due in
    instead_of: Name | None = None  # goes to those alone who chose it in the place of this digest
    approval: Annotated[
        Literal["none", "review", "required"],
        BeforeValidator(lambda v: {True: "required", False: "none"}[v] if isinstance(v, bool) else v),
    ] = "none"  # review: organisers see it before it goes by itself; required: it goes on their word alone
    approval_from: int = Field(1, ge=1, le=9)  # how many must agree, where their word is required
    prepare_before: Duration = timedelta()  # drafted so long before it is due
    max_lateness: Duration = timedelta(hours=12)  # later than this, a scheduled edition is skipped
    public: bool = True  # its editions stand in the archive, where there is one
    note: Path | None = None  # Markdown, above the contents; not repeated in the next edition
    subject: str | None = None  # a template, as is the line that lists of mail show below it
    preheader: str | None = None
    sections: tuple[SectionConfig, ...] = Field(_DEFAULT_SECTIONS, min_length=1)

    @field_validator("name")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value == "announcement":
            raise ValueError('"announcement" is the name of one-off mailings; choose another')
        return value

    @field_validator("on")
    @classmethod
    def _on_fits_every(cls, value: On, info: ValidationInfo) -> On:
        every = info.data.get("every", "week")
        if (parse_month_day(value) if every == "month" else parse_days(value, every)) is None:
            fix = '1 to 28, "last" or "first monday"' if every == "month" else 'a weekday, such as "friday"'
            raise ValueError(f'does not fit every = "{every}"; write {fix}')
        return value

    @model_validator(mode="after")
    def _is_drafted_after_the_one_before(self) -> "DigestConfig":
        if self.prepare_before > _SHORTEST[self.every]:
            most = _SHORTEST[self.every] // timedelta(hours=1)
            raise ValueError(f'prepare_before is longer than every = "{self.every}" leaves; write {most} hours at most')
        if self.approval_from > 1 and self.approval != "required":
            raise ValueError(f'approval_from = {self.approval_from} waits for nobody; write approval = "required"')
        return self

    @property
    def days(self) -> tuple[int, ...]:
        """Weekdays (Monday is 0) on which a daily or weekly digest is due; empty for a monthly one."""
        return () if self.every == "month" else parse_days(self.on, self.every) or ()

    @property
    def day_of_month(self) -> tuple[int, int | None]:
        """When a monthly digest is due: ``(day, None)`` or ``(nth, weekday)``; -1 is the last."""
        return parse_month_day(self.on) or (1, None)


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
