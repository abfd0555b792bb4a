"""A store put back to how an earlier version kept it, so that opening it again upgrades it."""

from sqlalchemy import Connection, text

_QUEUE = (  # on PostgreSQL only; a block, since its functions have many arguments
    "DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE",
    """DO $$ DECLARE one regprocedure; BEGIN
        FOR one IN SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'procrastinate%'
        LOOP EXECUTE format('DROP ROUTINE %s CASCADE', one); END LOOP;
    END $$""",
    "DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status CASCADE",
)

_MADE = {  # what each migration made that the next opening would make again
    "0005": ("DROP TABLE chunks",),
    "0006": ("ALTER TABLE campaigns DROP COLUMN moved_by", "DROP TABLE activity"),
    "0007": ("DROP INDEX ix_items_changed_at_over_at_gone_at", "ALTER TABLE items DROP COLUMN over_at"),
    "0009": (
        "ALTER TABLE subscriptions DROP COLUMN origin",
        "ALTER TABLE subscribers DROP COLUMN fields",
        "ALTER TABLE campaigns DROP COLUMN without_lists",
        "ALTER TABLE campaigns DROP COLUMN condition",
    ),
    "0010": (
        "DROP TABLE preferences",
        "DROP TABLE mutes",
        "DROP TABLE journal",
        "DROP TABLE forgotten",
        "ALTER TABLE campaigns DROP COLUMN last_sent_at",
        "ALTER TABLE campaigns DROP COLUMN erased_at",
        "ALTER TABLE campaigns DROP COLUMN terms",
    ),
    "0011": ("DROP TABLE returns", "ALTER TABLE campaigns DROP COLUMN over_limits_at"),
    "0012": ("DROP TABLE sign_ups",),
    "0014": (
        "DROP INDEX ix_campaigns_public_shown_since",
        "ALTER TABLE campaigns DROP COLUMN public",
        "ALTER TABLE campaigns DROP COLUMN shown_since",
    ),
    "0013": ("ALTER TABLE subscriptions DROP COLUMN was",),
    "0015": ("DROP TABLE alarms",),
    "0019": ("ALTER TABLE campaigns DROP COLUMN arrangement",),
    "0020": ("DROP INDEX ix_subscribers_language", "ALTER TABLE subscribers DROP COLUMN language"),
    "0016": (
        "DROP TABLE sign_ins",
        "DROP TABLE sessions",
        "DROP INDEX ix_activity_verb_id",
        "DROP INDEX ix_activity_by_id",
        "DROP TRIGGER people_words_changed",
        "DROP TRIGGER people_words_removed",
        "DROP TABLE people_words",
    ),
    "0017": (
        "DROP TABLE reviews",
        "DROP TABLE approvals",
        "DROP TABLE job_runs",
        "ALTER TABLE campaigns DROP COLUMN send_at",
    ),
    "0018": ("DROP TABLE drafts",),
    "0021": ("DROP TABLE IF EXISTS people_words_terms", "DROP INDEX IF EXISTS ix_subscribers_said"),
    "0022": (
        "DROP INDEX ix_chunks_holder",
        "ALTER TABLE chunks DROP COLUMN holder",
        "ALTER TABLE campaigns DROP COLUMN refusals",
        "ALTER TABLE campaigns DROP COLUMN rejections",
        "DROP TABLE workers",
        "DROP TABLE relays",
        *_QUEUE,
    ),
    "0023": ("ALTER TABLE items DROP COLUMN weighed",),
    "0024": (
        "DROP TABLE worker_relays",
        "DROP TABLE relay_days",
        "DROP INDEX ix_deliveries_put_off",
        "ALTER TABLE deliveries DROP COLUMN relay",
        "ALTER TABLE workers DROP COLUMN rate",
        "ALTER TABLE relays DROP COLUMN failures",
        "ALTER TABLE relays DROP COLUMN failed_until",
        "ALTER TABLE relays DROP COLUMN failure",
    ),
    "0025": ("ALTER TABLE subscribers DROP COLUMN language_chosen",),
    "0026": ("ALTER TABLE campaigns DROP COLUMN subject",),
    "0027": ("ALTER TABLE sign_ups DROP COLUMN language",),
    "0028": ("DROP TABLE picture_addresses", "DROP TABLE pictures"),
    "0029": (
        "ALTER TABLE campaigns DROP COLUMN reason_told",
        "ALTER TABLE drafts DROP COLUMN trouble_told",
        "ALTER TABLE sources DROP COLUMN last_error_told",
        "ALTER TABLE activity DROP COLUMN detail_told",
    ),
    "0030": ("ALTER TABLE workers DROP COLUMN config",),
    "0031": (
        "ALTER TABLE relays DROP COLUMN turn",
        "ALTER TABLE relays DROP COLUMN asked",
        "ALTER TABLE relays DROP COLUMN turned_at",
        "ALTER TABLE relays DROP COLUMN lasted",
        "ALTER TABLE relays DROP COLUMN part",
    ),
    "0032": ("ALTER TABLE journal DROP COLUMN how_told",),
}


def put_back(connection: Connection, version: str) -> None:
    """Take back what the migrations after this one made."""
    for revision in sorted(_MADE, reverse=True):
        if revision > version:
            for statement in _MADE[revision]:
                there_only = {"people_words": "sqlite", "procrastinate": "postgresql"}
                if any(name in statement and connection.dialect.name != its for name, its in there_only.items()):
                    continue
                connection.execute(text(statement))
    connection.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))
