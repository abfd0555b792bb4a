"""What is sent to whom: campaigns, who agreed to them, and the outbox."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from digest.store.tables.base import Instant, metadata, number

_PUT_OFF = text("state = 'queued' AND next_attempt_at IS NOT NULL")

campaigns = Table(
    "campaigns",
    metadata,
    number(),
    Column("name", String(200), nullable=False, unique=True),  # "weekly-2026-W47", "notice-3f2a91"
    Column("digest", String(60), nullable=False),  # a digest's name, or "announcement"
    Column("period", String(80), nullable=False),  # "2026-W47", or what identifies the announcement
    Column("status", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("reason_told", JSON(none_as_null=True)),  # the same as its phrase and facts: digest.model.Told
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

deliveries = Table(
    "deliveries",
    metadata,
    number(),
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
