"""Who is on which list, what they want less of, and what came back from them."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from digest.store.tables.base import Instant, metadata, number

lists = Table(
    "lists",
    metadata,
    number(),
    Column("name", String(60), nullable=False, unique=True),
    Column("title", Text, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    number(),
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
    number(),
    Column("at", Instant, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("verb", String(40), nullable=False),  # subscribe, unsubscribe, mute ...
    Column("list_name", String(60), nullable=False, default=""),
    Column("how", Text, nullable=False, default=""),  # "paper form, 3 May", "link"
    Column("how_told", JSON(none_as_null=True)),  # the same as its phrase and facts: digest.model.Told
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
    number(),
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

returns = Table(
    "returns",
    metadata,
    number(),
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
