"""Who runs the network's mail: what they write, how they sign in, what they did."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from digest.store.tables.base import Instant, metadata, number

drafts = Table(
    "drafts",
    metadata,
    number(),
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
    Column("trouble_told", JSON(none_as_null=True)),  # the same as its phrase and facts: digest.model.Told
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
    number(),
    Column("hash", String(64), nullable=False, unique=True),  # of the cookie
    Column("address_key", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("agent", Text, nullable=False, default=""),  # "Firefox, Linux"
    Column("network", Text, nullable=False, default=""),
    Index(None, "address_key"),
)

activity = Table(
    "activity",
    metadata,
    number(),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # "command ada", "schedule"
    Column("verb", String(40), nullable=False),
    Column("subject", Text, nullable=False),  # a campaign's or list's name, SOURCE/KEY, an address
    Column("detail", Text, nullable=False, default=""),
    Column("detail_told", JSON(none_as_null=True)),  # the same as its phrase and facts: digest.model.Told
    Index(None, "subject", "id"),
    Index(None, "verb", "id"),
    Index(None, "by", "id"),
)
