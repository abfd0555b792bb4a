"""What an organiser answers to a draft: a page with one button, because link scanners open every link."""

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import editions
from digest.model import CampaignStatus
from digest.tokens import Scope
from digest.web.answers import message, page


class DraftPages:
    """``/approve/TOKEN`` and ``/hold/TOKEN``."""

    def __init__(self, app: App) -> None:
        self._app = app

    def ask_to_approve(self, request: Request) -> Response:
        """The page with the button; changes nothing."""
        answer = self._answer(request, Scope.APPROVE)
        app, draft = self._spoken(answer), editions.draft_of(self._app, answer, self._app.now)
        if draft is None:
            return message(app, "not_kept", status=410)
        if draft.changed:
            return message(app, "changed", status=409)
        return self._question(app, "approve", draft) if draft.may_be_approved else message(app, "decided")

    def approve(self, request: Request) -> Response:
        """What was shown is approved."""
        answer = self._answer(request, Scope.APPROVE)
        app, before = self._spoken(answer), editions.draft_of(self._app, answer, self._app.now)
        draft = editions.approve_draft(self._app, answer, self._app.now)
        if draft is None or before is None:
            return message(app, "not_kept", status=410)
        if draft.changed:
            return message(app, "changed", status=409)
        if not before.may_be_approved:
            return message(app, "decided")
        return self._thanks(app, draft)

    def ask_to_hold(self, request: Request) -> Response:
        """The page with the button; changes nothing."""
        answer = self._answer(request, Scope.HOLD)
        app, draft = self._spoken(answer), editions.draft_of(self._app, answer, self._app.now)
        if draft is None:
            return message(app, "not_kept", status=410)
        return self._question(app, "hold", draft) if draft.may_be_held else message(app, "decided")

    def hold(self, request: Request) -> Response:
        """It is held back."""
        answer = self._answer(request, Scope.HOLD)
        app, before = self._spoken(answer), editions.draft_of(self._app, answer, self._app.now)
        draft = editions.hold_draft(self._app, answer, self._app.now)
        if draft is None or before is None:
            return message(app, "not_kept", status=410)
        held = before.may_be_held and draft.status is CampaignStatus.HELD
        return message(app, "held" if held else "decided")

    def _answer(self, request: Request, scope: Scope) -> editions.Answer:
        return editions.read_answer_link(self._app, scope, request.path_params["token"])

    def _spoken(self, answer: editions.Answer) -> App:
        """What speaks as whoever answers reads."""
        return self._app.in_language(answer.organiser.language)

    def _question(self, app: App, what: str, draft: editions.Draft) -> Response:
        due = app.renderer.moment(draft.due_at or self._app.now)
        return page(app, "draft", what=what, subject=draft.subject, people=draft.people, due=due)

    def _thanks(self, app: App, draft: editions.Draft) -> Response:
        renderer, say = app.renderer, app.renderer.phrases.say
        if draft.status is not CampaignStatus.PREPARED:
            text = say("approved_now")
        elif draft.missing:
            text = say("approved_more", draft.missing)
        else:
            text = say("approved_text", date=renderer.moment(draft.due_at or self._app.now))
        return page(app, "message", title=say("approved_title"), text=text)
