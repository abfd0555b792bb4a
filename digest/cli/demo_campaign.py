"""A campaign that is under way while the demo is up: so slow that it can be watched, paused and resumed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.core import announcements, people
from digest.model import Recipient

if TYPE_CHECKING:
    from digest.app import App
    from digest.config import Config
    from digest.model import By

FRIENDS = "friends"
"""The list that it goes to."""

RATE = 20 / 60
"""Mails a second: with its people, ten minutes."""

_WEEKS = 26
_FIRST = (
    *("Aspen", "Basil", "Cedar", "Daisy", "Erica", "Flax", "Garland", "Heath", "Iris", "Jasper", "Kale", "Linden"),
    *("Maple", "Nigel", "Olive", "Perry", "Quince", "Rowena"),
)
_LAST = (
    *(
        "Appleton",
        "Barrow",
        "Croft",
        "Dell",
        "Eaves",
        "Furrow",
        "Gardiner",
        "Hedges",
        "Kiln",
        "Mead",
        "Orchard",
        "Wold",
    ),
)
_WRITTEN = """\
---
to: [members]
subject: "Work morning at the lower beds"
---

# Many hands on Sunday

The lower beds want clearing before the frost. **Sunday 29 November, from 9 am**; tea at eleven.

| bring | we have |
|---|---|
| gloves, boots | barrows, forks, rakes |
| a mug | tea, and Bryony's flapjacks |

Can you come? Answer this mail, so that there is enough flapjack.
"""
_NOTICE = """\
---
id: open-day
to: [friends]
subject: "Open day on Saturday 5 December: come and see the orchard"
---

# Come and see the orchard

On **Saturday 5 December, 10 am to 3 pm**, the gates in Orchard Lane stand open for everybody.

- 10:30 – winter pruning, shown on two old apple trees
- 12:00 – soup from the kitchen garden
- 13:30 – swap of seeds and cuttings: bring what you have too much of

Children and dogs on leads are welcome. If it pours, we meet in the potting shed.
"""


def with_friends(config: "Config") -> "Config":
    """The configuration with the list that the campaign goes to; it is open, and no file says who is on it."""
    from digest.config import ListConfig  # noqa: PLC0415

    about = "A few times a year: when everybody is invited."
    friends = ListConfig(name=FRIENDS, title="Friends of the network", signup="open", description=about)
    return config.model_copy(update={"lists": (*config.lists, friends)})


def friends_join(app: "App", now: datetime, *, by: "By") -> None:
    """They come over half a year, ever more of them, and a few leave again.

    Args:
        app: of a configuration `with_friends`.
        now: to which the half year leads up.
        by: who does it all.
    """
    crowd = [
        Recipient(address=f"{first}.{last}@example.net".lower(), name=f"{first} {last}")
        for last in _LAST
        for first in _FIRST
    ]
    for number, person in enumerate(crowd):
        weeks = _WEEKS * (1 - (number + 1) / len(crowd)) ** 1.5
        at = now - timedelta(days=2, weeks=weeks)
        people.subscribe(app, person, at, by=by, name=FRIENDS, consent="invented for the demo")
    for number, person in enumerate(crowd[20:240:20]):
        people.leave(app, person.address, now - timedelta(weeks=11 - number, hours=9), by=by, name=FRIENDS)


@asynccontextmanager
async def sending_slowly(app: "App", *, rate: float = RATE) -> AsyncIterator[None]:
    """Have what is released sent, as `digest run` does it, so many mails a second, while the context is open."""
    from digest.resources import bundled  # noqa: PLC0415
    from digest.service.scheduler import running  # noqa: PLC0415
    from digest.service.ticks import load_jobs  # noqa: PLC0415

    smtp = app.config.smtp.model_copy(update={"rate": rate})
    slow = replace(app, config=app.config.model_copy(update={"smtp": smtp}), progress=lambda *_: None)
    jobs = tuple(one for one in load_jobs(bundled("jobs")) if one[0].id in ("send", "announcements", "letters"))
    async with running(slow, jobs):
        yield


async def begin_campaign(app: "App", now: datetime, *, by: "By") -> str:
    """Let an announcement to the friends go, for whoever sends what is released; another is still being written.

    Returns:
        The name of the campaign.
    """
    announcements.create_draft(app, _WRITTEN, name="work-morning.md", by=by, now=now - timedelta(hours=14))
    draft = announcements.create_draft(app, _NOTICE, name="open-day.md", by=by, now=now)
    campaign = await announcements.release_draft(app, draft.id, version=draft.version, by=by, now=now)
    return campaign.name
