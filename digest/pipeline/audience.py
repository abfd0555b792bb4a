"""The audience: what the configuration lists against who has left."""

from collections.abc import Sequence
from datetime import datetime

from digest.app import App
from digest.config.subscribers import Listed, read_lists
from digest.errors import DigestError
from digest.model import PersonSkip, Recipient
from digest.store import campaigns, outbox, people
from digest.store.people import ListPlan


def plan_lists(app: App, listed: Sequence[Listed] | None = None) -> tuple[ListPlan, ...]:
    """What `apply_lists` would change; writes nothing.

    Raises:
        ConfigError: when a list's file cannot be taken, with every line that is wrong.
    """
    listed = read_lists(app.config) if listed is None else listed
    names: dict[str, str] = {}  # a person has one name: the first that a list gives
    for line in (line for one in listed for line in one.subscribers if line.name):
        names.setdefault(line.email.casefold(), line.name)
    with app.store.read() as connection:
        plans = [
            people.plan_list(
                connection,
                name=one.name,
                title=one.title,
                listed=[
                    Recipient(address=line.email, name=names.get(line.email.casefold(), "")) for line in one.subscribers
                ],
                max_removals=one.max_removals,
            )
            for one in listed
        ]
        configured = {one.name for one in listed}
        plans += [
            people.plan_list(connection, name=name, title=name, listed=(), max_removals=0.2)
            for name in people.known_lists(connection)
            if name not in configured
        ]
    return tuple(plans)


def apply_lists(app: App, now: datetime, *, confirmed: bool = False) -> tuple[ListPlan, ...]:
    """Make the database say what the configuration says, except for those who have left.

    Raises:
        ConfigError: when a list's file cannot be taken; nothing is changed then.
        DigestError: when more people would be removed than the guard allows; nothing is changed then.
    """
    plans = plan_lists(app)
    guarded = [plan for plan in plans if plan.removes_too_many]
    if guarded and not confirmed:
        told = "; ".join(f'"{plan.name}" would lose {len(plan.removed)} of {plan.active} people' for plan in guarded)
        raise DigestError(
            f"The list change is larger than the guard allows: {told}. Nothing was changed. "
            "See `digest lists plan`; if it is meant, run `digest lists apply --yes`."
        )
    with app.store.write() as connection:
        known = people.known_lists(connection)
        for plan in plans:
            if plan.changes or plan.name not in known:
                people.apply_list(connection, plan, now)
        if any(plan.removed for plan in plans):  # also from what is being sent at this moment
            for campaign in campaigns.sending(connection):
                outbox.skip_delisted(connection, campaign)
    return plans


def unsubscribe(app: App, subscriber_id: int, list_ids: Sequence[int], now: datetime) -> bool:
    """A person leaves lists; what is planned for them and not yet claimed is taken back.

    Idempotent: returns False when they had left already.
    """
    with app.store.write() as connection:
        changed = people.unsubscribe(connection, subscriber_id, list_ids, now)
        outbox.skip_pending(connection, reason=PersonSkip.UNSUBSCRIBED, subscriber_id=subscriber_id)
    return changed


def audience_size(app: App, list_names: Sequence[str]) -> int:
    """How many people a mailing to these lists would reach, with pending list changes; writes nothing.

    Raises:
        ConfigError: when a list's file cannot be taken.
    """
    addresses: set[str] = set()
    listed = read_lists(app.config)
    for one, plan in zip(listed, plan_lists(app, listed), strict=False):
        if one.name in list_names:
            out = {recipient.address.casefold() for recipient, _ in plan.kept_out}
            addresses |= {line.email.casefold() for line in one.subscribers} - out
    return len(addresses)
