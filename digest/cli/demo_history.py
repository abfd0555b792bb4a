"""Half a year that the sample network never had, so that the console has something to show: invented throughout."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.core import announcements, campaigns, people
from digest.model import BounceClass, Clarity, Evidence, Hint, Recipient, Return, ReturnKind

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import By

_WEEKS = 26
_PEOPLE = (
    *("Alder Marsh", "Bryony Vetch", "Clover Dean", "Dill Hawkins", "Elder Quill", "Fern Lockett", "Gorse Pym"),
    *("Hazel Tarn", "Ivy Sedge", "Juniper Ley", "Larch Bowen", "Mallow Finch", "Nettle Croft", "Oak Summers"),
    *("Poppy Reed", "Rue Holloway", "Sage Winter", "Teasel Moor", "Umber Field", "Willow Brook"),
)
_SUBJECTS = (
    *("Keys to the tool shed", "Who waters in August?", "Minutes of the spring meeting", "A hedge to lay"),
    *("The compost is ready", "Slugs: what worked", "Lost: one blue wheelbarrow", "Open gate on Sunday"),
    *("Frost is forecast", "Seeds to share", "The well is low", "Thank you for the cakes", "Bees have moved in"),
)
_LEAVE = {5: 3, 11: 7, 16: 12, 20: 15, 24: 18}  # in which week who leaves
_BOUNCE = {8: 1, 15: 5, 22: 9}
_COMPLAINT = {18: 4}


async def invent_history(app: "App", now: datetime, *, by: "By") -> None:
    """People who joined half a year ago, a note to them each week, and some who leave or whose mail comes back.

    Args:
        app: on an empty store.
        now: to which the half year leads up.
        by: who does it all.
    """
    name = app.config.digests[0].lists[0]
    begun = now - timedelta(weeks=_WEEKS)
    there = _then(app, begun)
    people.apply_lists(there, begun, by=by)
    for one in _PEOPLE:
        person = Recipient(address=f"{one.lower().replace(' ', '.')}@example.org", name=one)
        people.subscribe(there, person, begun, by=by, name=name, consent="invented for the demo")
    ids = {member.recipient.name: member.subscriber_id for member in people.members(app, name)}
    for week in range(1, _WEEKS):
        at = begun + timedelta(weeks=week, hours=2)
        there = _then(app, at)
        await _note(there, week, name, at, by)
        if week in _LEAVE:
            people.leave(there, _address(_LEAVE[week]), at + timedelta(hours=5), by=by, name=name)
        for kind, whose in ((ReturnKind.BOUNCE, _BOUNCE), (ReturnKind.COMPLAINT, _COMPLAINT)):
            if week in whose:
                _comes_back(there, kind, ids[_PEOPLE[whose[week]]], at + timedelta(hours=1), by)


def _then(app: "App", at: datetime) -> "App":
    """The same at another time, which stands still."""
    return replace(app, clock=lambda: at, progress=lambda *_: None)


def _address(number: int) -> str:
    return f"{_PEOPLE[number].lower().replace(' ', '.')}@example.org"


async def _note(app: "App", week: int, name: str, at: datetime, by: "By") -> None:
    subject = _SUBJECTS[week % len(_SUBJECTS)]
    text = (
        f'---\nsubject: "{subject}"\npublic: no\nid: note-{week:02}\n---\n\n# {subject}\n\nMore at the next meeting.\n'
    )
    draft = await announcements.draft(app, text, name=f"note-{week:02}.md", list_names=[name], now=at, by=by)
    await announcements.announce(app, draft, at, by=by)


def _comes_back(app: "App", kind: ReturnKind, subscriber_id: int, at: datetime, by: "By") -> None:
    bounced = kind is ReturnKind.BOUNCE
    found = Return(
        key=f"demo {kind} {subscriber_id}",
        kind=kind,
        received_at=at,
        bounce_class=BounceClass.MAILBOX if bounced else None,
        clarity=Clarity.DEFINITE if bounced else None,
        hints=(Hint(evidence=Evidence.MESSAGE_ID, subscriber_id=subscriber_id),),
        status="5.1.1" if bounced else "",
        excerpt="550 5.1.1 there is no such mailbox" if bounced else "reported as spam",
    )
    campaigns.take_returns(app, [found], at, by=by, source="mail")
