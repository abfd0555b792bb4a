"""What sources gave, and what editors set by hand beside it."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from digest.store.tables.base import Instant, metadata, number

sources = Table(
    "sources",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_success_at", Instant),
    Column("last_error_at", Instant),
    Column("last_error", Text),
    Column("last_error_told", JSON(none_as_null=True)),  # the same as its phrase and facts: digest.model.Told
    Column("item_count", Integer),
    Column("read_as", String(16)),  # how the last answer was read; read otherwise, an unchanged answer is news
    Column("unreadable", JSON),  # for each part of the last answer that could not be read a line, or a Told
)

items = Table(
    "items",
    metadata,
    number(),
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
