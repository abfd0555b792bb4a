"""Workers, their queues, and relays as the overview tells them to admins; nothing of a server alone and well."""

from datetime import timedelta
from typing import Any

from digest.app import App
from digest.core import campaigns, health

_BADGES = {"ok": "ok", "paused": "warn", "full": "warn", "failing": "bad"}


def senders(app: App | None) -> dict[str, Any]:
    """What the template shows of them; empty where there is nothing to say, or nobody whom it concerns (None)."""
    if app is None:
        return {"workers": (), "queues": (), "relays": ()}
    relays = campaigns.seen_relays(app, app.now)
    plain = len(relays) == 1 and relays[0].state == "ok" and not relays[0].today_told
    return {
        "workers": campaigns.seen_workers(app),
        "queues": [
            (one, app.now - timedelta(seconds=one.oldest) if one.waiting else None) for one in health.queues(app)
        ],
        "relays": () if plain else tuple((one, _BADGES[one.state]) for one in relays),
    }
