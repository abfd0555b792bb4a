"""Addresses outside ASCII are found by the key that is reckoned now; those in ASCII keep theirs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from digest.config.addresses import address_key

revision = "0008"
down_revision = "0007"

_OF_PERSON = """UPDATE subscribers SET address_key = :new WHERE id = :id"""
_OF_DELIVERIES = """UPDATE deliveries SET address_key = :new WHERE subscriber_id = :id"""
_COPY_SUPPRESSION = """INSERT INTO suppressions (address_key, reason, detail, since)
    SELECT CAST(:new AS TEXT), reason, detail, since FROM suppressions WHERE address_key = :old
    AND NOT EXISTS (SELECT 1 FROM suppressions WHERE address_key = :new)"""
_LEAVE_TOO = """UPDATE subscriptions SET status = 'unsubscribed' WHERE subscriber_id = :other AND list_id IN
    (SELECT list_id FROM subscriptions WHERE subscriber_id = :id AND status = 'unsubscribed')"""
_DELIST = """UPDATE subscriptions SET status = 'delisted' WHERE subscriber_id = :id AND status = 'active'"""


def upgrade() -> None:
    """Reckon the keys anew. Where one address was held for two, both stay unmailed; where two were, one is mailed."""
    connection = op.get_bind()
    for person in _outside_ascii(connection, "subscribers", "address", "id, address, address_key"):
        values = {"id": person.id, "old": person.address_key, "new": address_key(person.address)}
        if values["new"] == values["old"]:
            continue
        connection.execute(sa.text(_COPY_SUPPRESSION), values)
        taken = sa.text("SELECT id FROM subscribers WHERE address_key = :new")
        other = connection.execute(taken, values).scalar()
        if other is None:
            connection.execute(sa.text(_OF_PERSON), values)
            connection.execute(sa.text(_OF_DELIVERIES), values)
        else:
            connection.execute(sa.text(_LEAVE_TOO), values | {"other": other})
            connection.execute(sa.text(_DELIST), values)
    for held in _outside_ascii(connection, "suppressions", "address_key", "address_key"):
        new = address_key(held.address_key)
        if new != held.address_key:
            connection.execute(sa.text(_COPY_SUPPRESSION), {"old": held.address_key, "new": new})


def _outside_ascii(connection: sa.Connection, table: str, column: str, wanted: str) -> list[Any]:
    of_bytes = (
        f"octet_length({column})" if connection.dialect.name == "postgresql" else f"length(CAST({column} AS BLOB))"
    )
    query = f"SELECT {wanted} FROM {table} WHERE {of_bytes} > length({column}) ORDER BY {wanted}"  # noqa: S608  (ours)
    return list(connection.execute(sa.text(query)))
