"""The schema. What must never happen twice is a UNIQUE constraint here, not a check in code."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    types,
)


class Instant(types.TypeDecorator[datetime]):
    """A timezone-aware instant; kept in UTC, read back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite keeps it without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no timezone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_PUT_OFF = text("state = 'queued' AND next_attempt_at IS NOT NULL")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[Any]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


settings = Table(
    "settings",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_success_at", Instant),
    Column("last_error_at", Instant),
    Column("last_error", Text),
    Column("item_count", Integer),
    Column("read_as", String(16)),  # how the last answer was read; read otherwise, an unchanged answer is news
    Column("unreadable", JSON),  # a line for each part of the last answer that could not be read
)

items = Table(
    "items",
    metadata,
    _id(),
    Column("source", String(60), nullable=False),
    Column("key", String(500), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("gone_at", Instant),  # since when a source that lists everything no longer lists it
    Column("over_at", Instant),  # when an event ends or a vacancy closes; None for what is never over by itself
    Column("content", JSON, nullable=False),  # the item itself; read through digest.store.content.items only
    Column("weighed", JSON(none_as_null=True)),  # what an editor's answer on it teaches: digest.store.content.weighed
    UniqueConstraint("source", "key"),
    Index(None, "changed_at", "over_at", "gone_at"),  # all that says whether an item may still come into an edition
)

pictures = Table(
    "pictures",
    metadata,
    Column("name", String(40), primary_key=True),  # of the file for the whole width: the hash of its bytes
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("small_name", String(40), nullable=False),  # of the file that stands beside a text; perhaps the same
    Column("small_width", Integer, nullable=False),
    Column("small_height", Integer, nullable=False),
    Column("used_at", Instant, nullable=False, index=True),  # when something was last seen to use it
)

picture_addresses = Table(
    "picture_addresses",
    metadata,
    Column("address", Text, primary_key=True),  # where a source says that it is
    Column("picture", String(40), index=True),  # what came of it; None where nothing did
    Column("version", Text, nullable=False, server_default=""),  # of a file, so that another is read again
    Column("asked_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("trouble", Text, nullable=False, server_default=""),
)

edits = Table(
    "edits",
    metadata,
    Column("source", String(60), primary_key=True),
    Column("key", String(500), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("edited_at", Instant, nullable=False),
)

lists = Table(
    "lists",
    metadata,
    _id(),
    Column("name", String(60), nullable=False, unique=True),
    Column("title", Text, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    _id(),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, unique=True),  # one person, however it is written: config.addresses
    Column("name", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("fields", JSON, nullable=False, server_default="{}"),  # what more is known, each a line of text by its name
    Column("language", String(35)),  # of what surrounds the posts (BCP 47); None: as their list or the network says
    Column("language_chosen", Boolean, nullable=False, default=False, server_default=false()),  # no file changes it
)
Index(
    None,  # of the few who have one: whether an edition has to be made in it is asked for each
    subscribers.c.language,
    sqlite_where=subscribers.c.language.is_not(None),
    postgresql_where=subscribers.c.language.is_not(None),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id"), primary_key=True),
    Column("list_id", ForeignKey("lists.id"), primary_key=True),
    Column("status", String(20), nullable=False),  # active, delisted (by a file), unsubscribed (by the person)
    Column("since", Instant, nullable=False),
    Column("origin", String(20), nullable=False, server_default="file"),  # what brought it: store.people.BroughtBy
    Column("was", String(20)),  # of who left by their own word: the status before, should it have been a mistake
    Index(None, "list_id", "status"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_key", Text, primary_key=True),
    Column("reason", String(60), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("since", Instant, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id"), primary_key=True),
    Column("digest", String(60), primary_key=True),  # which mail it is about; "" for all
    Column("paused_until", Instant),
    Column("chosen", String(60)),  # the digest wanted in the place of this one
    Index(None, "digest", "chosen"),
)

mutes = Table(
    "mutes",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id"), primary_key=True),
    Column("name", Text, primary_key=True),  # a category, or posts, events, vacancies; casefolded
    Column("digest", String(60), primary_key=True),  # as in preferences
)

journal = Table(
    "journal",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("verb", String(40), nullable=False),  # subscribe, unsubscribe, mute ...
    Column("list_name", String(60), nullable=False, default=""),
    Column("how", Text, nullable=False, default=""),  # "paper form, 3 May", "link"
    Column("wording", Text, nullable=False, default=""),  # what was shown to who agreed
    Column("network", Text, nullable=False, default=""),  # the prefix of the address it came from
    Index(None, "address_key", "id"),
    Index(None, "at"),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("hash", String(64), primary_key=True),  # of the address, under a key that only this store has
    Column("since", Instant, nullable=False),
)

sign_ups = Table(
    "sign_ups",
    metadata,
    _id(),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("domain", Text, nullable=False),  # "" of an invitation, which no limit counts
    Column("network", Text, nullable=False, default=""),  # where it came from, "192.0.2.0/24"; "" where not known
    Column("name", Text, nullable=False, default=""),
    Column("list_names", JSON, nullable=False),
    Column("language", Text),  # that they asked in; None where they wanted none
    Column("invited", Boolean, nullable=False, default=False),  # by an organiser; else somebody asked for it
    Column("asked_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("letter_at", Instant),  # when its letter is tried next; None where none waits
    Column("attempts", Integer, nullable=False, default=0),  # of that letter
    Column("proof", String(64), unique=True),  # of work; it serves once
    Index(None, "address_key", "asked_at"),
    Index(None, "domain", "asked_at"),
    Index(None, "network", "asked_at"),
    Index(None, "asked_at", "domain"),
    Index(None, "letter_at"),
)

campaigns = Table(
    "campaigns",
    metadata,
    _id(),
    Column("name", String(200), nullable=False, unique=True),  # "weekly-2026-W47", "notice-3f2a91"
    Column("digest", String(60), nullable=False),  # a digest's name, or "announcement"
    Column("period", String(80), nullable=False),  # "2026-W47", or what identifies the announcement
    Column("status", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("moved_by", Text, nullable=False, server_default="itself"),  # who brought it into its status
    Column("list_names", JSON, nullable=False, default=list),
    Column("without_lists", JSON, nullable=False, server_default="[]"),  # whose people are left out
    Column("condition", Text, nullable=False, server_default=""),  # over people's fields: text.conditions
    Column("created_at", Instant, nullable=False),
    Column("edition", Text),  # the frozen edition as JSON; None for an announcement
    Column("rendered", Text),  # the frozen mail as JSON
    Column("config_hash", String(16)),
    Column("template_hash", String(16)),
    Column("seconds", Float, nullable=False, default=0.0),  # of sending, over all runs
    Column("last_sent_at", Instant),  # when its latest results were written down
    Column("erased_at", Instant),  # when the details of its deliveries were erased
    Column("terms", JSON),  # what it asks of a person's preferences: digest.model.Terms
    Column("over_limits_at", Instant),  # when so much of it had come back that it was held, which happens once
    Column("public", Boolean, nullable=False, default=False, server_default=false()),  # may stand in the archive
    Column("shown_since", Instant),  # when somebody first got the mail that is frozen now; None: nobody has it
    Column("arrangement", JSON),  # what an editor did to its edition: digest.model.Arrangement
    Column("send_at", Instant),  # of an edition that the schedule drafted: not before
    Column("refusals", Integer, nullable=False, server_default="0"),  # in a row, of us or our mail, over all workers
    Column("rejections", Integer, nullable=False, server_default="0"),  # in a row, of any kind, likewise
    Column("subject", Text, nullable=False, server_default=""),  # of its mail, for lists that read no mail
    UniqueConstraint("digest", "period"),
    Index(None, "public", "shown_since"),  # without which every mail would be read for what stands behind it
)

appearances = Table(
    "appearances",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("newness", String(20), nullable=False),
    Column("fingerprint", Text, nullable=False, default=""),
    Column("shown_at", Instant, nullable=False),
    Index(None, "item_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("address_key", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""),  # why it was skipped
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_tried_at", Instant),
    Column("next_attempt_at", Instant),
    Column("finished_at", Instant),
    Column("stage", String(20)),
    Column("code", Integer),
    Column("reply", Text),
    Column("version", Integer, nullable=False, server_default="0"),  # which of the campaign's mails; rises with each
    Column("relay", String(60)),  # which of [[relays]] it was given to last; None: it was not shared out
    UniqueConstraint("campaign_id", "address_key"),
    Index(None, "campaign_id", "state", "id"),
    Index(  # who waits for a relay's next day, among a million who do not
        "ix_deliveries_put_off",
        "campaign_id",
        "next_attempt_at",
        sqlite_where=_PUT_OFF,
        postgresql_where=_PUT_OFF,
    ),
)

chunks = Table(
    "chunks",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first_id", Integer, nullable=False),  # of its deliveries
    Column("last_id", Integer, nullable=False),
    Column("fence", Integer, nullable=False, server_default="0"),  # how often it was taken
    Column("holder", String(40), index=True),  # which of the workers sends it; None: nobody who shares campaigns
)

workers = Table(
    "workers",
    metadata,
    Column("id", String(40), primary_key=True),  # random
    Column("name", Text, nullable=False),  # "host 4711": a machine and a process on it
    Column("kind", String(20), nullable=False),  # which command it is: worker, run, send
    Column("version", String(40), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # its sign of life, by the database's clock, as started_at
    Column("connections", Integer, nullable=False, server_default="0"),  # to the relay, that it may have or still has
    Column("wants", Boolean, nullable=False, server_default=false()),  # it has something to send
    Column("rate", Float, nullable=False, server_default="0"),  # outcomes a second, lately
)

worker_relays = Table(
    "worker_relays",
    metadata,
    Column("worker_id", ForeignKey("workers.id", ondelete="CASCADE"), primary_key=True),
    Column("relay", String(200), primary_key=True),  # as in relays
    Column("connections", Integer, nullable=False),  # that it may have or still has
)

relays = Table(
    "relays",
    metadata,
    Column("name", String(200), primary_key=True),  # as [[relays]] has it, or the "host:port" of [smtp]
    Column(
        "free_at", Float, nullable=False, server_default="0"
    ),  # seconds since 1970: the next start that is not taken
    Column("paused_until", Float, nullable=False, server_default="0"),  # likewise: it asked for less
    Column("turn", Integer, nullable=False, server_default="0"),  # as `model.Throttle` has them, from here
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("turned_at", Float, nullable=False, server_default="0"),  # seconds since 1970: its `since`
    Column("lasted", Float, nullable=False, server_default="0"),
    Column("part", Float, nullable=False, server_default="1"),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row; none once it has taken a mail
    Column("failed_until", Float, nullable=False, server_default="0"),  # seconds since 1970: let be until then
    Column("failure", Text, nullable=False, server_default=""),  # the latest of them
)

relay_days = Table(
    "relay_days",
    metadata,
    Column("relay", String(60), primary_key=True),
    Column("day", Date, primary_key=True),  # in the network's zone
    Column("mails", Integer, nullable=False),  # that it was given, less those that it put off or that were not sent
)

returns = Table(
    "returns",
    metadata,
    _id(),
    Column("key", String(240), nullable=False, unique=True),  # the same however often it is read
    Column("at", Instant, nullable=False),  # when it came back
    Column("taken_at", Instant, nullable=False),  # when it was read
    Column("kind", String(20), nullable=False),
    Column("bounce_class", String(20)),
    Column("clarity", String(20)),
    Column("status", String(20), nullable=False),  # RFC 3463
    Column("detail", Text, nullable=False),  # what the server said, one line
    Column("reported_address", Text, nullable=False),
    Column("source", String(20), nullable=False),  # "mail", or a provider's name
    Column("evidence", JSON, nullable=False),  # which of our marks it has
    Column("corroborated", Boolean, nullable=False),
    Column("lifted", Boolean, nullable=False, default=False),  # counts no more: the suppression was lifted since
    Column("campaign_id", ForeignKey("campaigns.id")),
    Column("subscriber_id", ForeignKey("subscribers.id")),
    Column("delivery_id", Integer),
    Index(None, "subscriber_id"),
    Index(None, "campaign_id", "kind"),
    Index(None, "taken_at"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("key", Text, primary_key=True),  # of a trouble
    Column("told_at", Instant, nullable=False),  # to the admins, last
)

drafts = Table(
    "drafts",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),  # Markdown with front matter, as a file has it
    Column("version", Integer, nullable=False),  # rises with every change
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("correcting", Text),  # the name of the campaign whose readers get it
    Column("send_at", Instant),  # when it goes by itself
    Column("trouble", Text, nullable=False, default=""),  # why it did not go then
    Column("campaign", Text),  # the name of what it became
    Index(None, "send_at"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("hash", String(64), primary_key=True),  # of a link's token
    Column("address_key", Text, nullable=False),
    Column("browser", String(64)),  # hash of the cookie of who asked; None: of a link that a command printed
    Column("network", Text, nullable=False, default=""),  # where it came from, as in sign_ups
    Column("page", Text, nullable=False, default=""),  # of the console, that it leads to
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "address_key", "asked_at"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    Column("hash", String(64), nullable=False, unique=True),  # of the cookie
    Column("address_key", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("agent", Text, nullable=False, default=""),  # "Firefox, Linux"
    Column("network", Text, nullable=False, default=""),
    Index(None, "address_key"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", String(16), nullable=False),  # of the mail that its organisers were shown last
    Column("told_at", Instant, nullable=False),
    Column("reminded_at", Instant),
)

approvals = Table(
    "approvals",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("who", Text, primary_key=True),  # an organiser's address, or "command ada"
    Column("content_hash", String(16), nullable=False),  # of what they approved
    Column("at", Instant, nullable=False),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(60), primary_key=True),
    Column("started_at", Instant, nullable=False),  # of its latest run, to within a minute
    Column("succeeded_at", Instant),
    Column("error", Text, nullable=False, default=""),  # why its latest run failed
)

activity = Table(
    "activity",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # "command ada", "schedule"
    Column("verb", String(40), nullable=False),
    Column("subject", Text, nullable=False),  # a campaign's or list's name, SOURCE/KEY, an address
    Column("detail", Text, nullable=False, default=""),
    Index(None, "subject", "id"),
    Index(None, "verb", "id"),
    Index(None, "by", "id"),
)

SCHEMA_VERSION = "0029"
"""The newest migration; a test holds it against Alembic's own head."""

__all__ = [
    "SCHEMA_VERSION",
    "Instant",
    "activity",
    "alarms",
    "appearances",
    "approvals",
    "campaigns",
    "chunks",
    "deliveries",
    "drafts",
    "edits",
    "forgotten",
    "items",
    "job_runs",
    "journal",
    "lists",
    "metadata",
    "mutes",
    "preferences",
    "relay_days",
    "relays",
    "returns",
    "reviews",
    "sessions",
    "settings",
    "sign_ins",
    "sign_ups",
    "sources",
    "subscribers",
    "subscriptions",
    "suppressions",
    "worker_relays",
    "workers",
]
