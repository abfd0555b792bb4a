"""What a person sees who has left, and what they may do right after."""

from starlette.responses import Response

from digest.app import App
from digest.core import mail, people
from digest.tokens import Scope
from digest.web.answers import message, page
from digest.web.public.wishes import local


def left_page(app: App, subscriber_id: int, list_ids: tuple[int, ...], *, told: bool = False) -> Response:
    """That they have left these lists; right after with "that was a mistake", and a reason unless it was told."""
    app = mail.in_language_of(app, subscriber_id)
    person = people.membership(app, subscriber_id, list_ids)
    if person is None:
        return message(app, "nothing_to_do")
    after = {}
    if people.has_just_left(app, subscriber_id, list_ids, app.now):
        action = local(app.link(Scope.UNSUBSCRIBE, subscriber_id, *list_ids))
        after = {"back": f"{action}/back", "why": "" if told else f"{action}/why", "longest": people.REASON_LENGTH}
    preferences = local(people.preferences_link(app, subscriber_id))
    return page(app, "unsubscribed", lists=person.titles, after=after, told=told, preferences=preferences)
