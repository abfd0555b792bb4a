"""Workers and relays as the overview tells them to admins: nothing of a server that is the only one, and well."""

from typing import Any

from digest.app import App
from digest.core import campaigns

_BADGES = {"ok": "ok", "paused": "warn", "full": "warn", "failing": "bad"}


def senders(app: App | None) -> dict[str, Any]:
    """What the template shows of both; empty where there is nothing to say, or nobody whom it concerns (None)."""
    if app is None:
        return {"workers": (), "relays": ()}
    relays = campaigns.seen_relays(app, app.now)
    plain = len(relays) == 1 and relays[0].state == "ok" and not relays[0].today_told
    return {
        "workers": campaigns.seen_workers(app),
        "relays": () if plain else tuple((one, _BADGES[one.state]) for one in relays),
    }
