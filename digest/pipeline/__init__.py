"""The verbs of the product: collect, prepare, send, announce, deliver, unsubscribe, report, explain.

Each gathers, lets a pure room decide, and applies; `now` is always an argument. A verb's module is imported when
the verb is first asked for, so that a command waits only for what it does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.pipeline.announcing import Look, Notice, announce, announce_test, correction, draft, look_at, reach
    from digest.pipeline.audience import apply_lists, audience_size, plan_lists, unsubscribe
    from digest.pipeline.collecting import SourceResult, collect, items_now
    from digest.pipeline.editing import clear_edits, edit_item, find_item, shown_item, stored_items
    from digest.pipeline.editions import Prepared, Preview, prepare, prepare_due, preview, send, send_test
    from digest.pipeline.failing import failing
    from digest.pipeline.known import is_campaign
    from digest.pipeline.moving import move
    from digest.pipeline.recomposing import Recomposed, recompose
    from digest.pipeline.reporting import (
        CampaignReport,
        ItemStory,
        Overview,
        PersonStory,
        explain,
        marks,
        recipients,
        report,
        status,
    )
    from digest.pipeline.sending import Sent, deliver, deliver_due, release
    from digest.pipeline.series import clear_series_edit, edit_series, find_series
    from digest.pipeline.settling import Settled, go_on, retry, settle

_HOMES = {
    "announcing": ("Look", "Notice", "announce", "announce_test", "correction", "draft", "look_at", "reach"),
    "audience": ("apply_lists", "audience_size", "plan_lists", "unsubscribe"),
    "collecting": ("SourceResult", "collect", "items_now"),
    "editing": ("clear_edits", "edit_item", "find_item", "shown_item", "stored_items"),
    "editions": ("Prepared", "Preview", "prepare", "prepare_due", "preview", "send", "send_test"),
    "failing": ("failing",),
    "known": ("is_campaign",),
    "moving": ("move",),
    "recomposing": ("Recomposed", "recompose"),
    "reporting": (
        "CampaignReport",
        "ItemStory",
        "Overview",
        "PersonStory",
        "explain",
        "marks",
        "recipients",
        "report",
        "status",
    ),
    "sending": ("Sent", "deliver", "deliver_due", "release"),
    "series": ("clear_series_edit", "edit_series", "find_series"),
    "settling": ("Settled", "go_on", "retry", "settle"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CampaignReport",
    "ItemStory",
    "Look",
    "Notice",
    "Overview",
    "PersonStory",
    "Prepared",
    "Preview",
    "Recomposed",
    "Sent",
    "Settled",
    "SourceResult",
    "announce",
    "announce_test",
    "apply_lists",
    "audience_size",
    "clear_edits",
    "clear_series_edit",
    "collect",
    "correction",
    "deliver",
    "deliver_due",
    "draft",
    "edit_item",
    "edit_series",
    "explain",
    "failing",
    "find_item",
    "find_series",
    "go_on",
    "is_campaign",
    "items_now",
    "look_at",
    "marks",
    "move",
    "plan_lists",
    "prepare",
    "prepare_due",
    "preview",
    "reach",
    "recipients",
    "recompose",
    "release",
    "report",
    "retry",
    "send",
    "send_test",
    "settle",
    "shown_item",
    "status",
    "stored_items",
    "unsubscribe",
]
