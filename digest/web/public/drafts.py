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
        draft = editions.draft_of(self._app, self._answer(request, Scope.APPROVE), self._app.now)
        if draft is None:
            return message(self._app, "not_kept", status=410)
        if draft.changed:
            return message(self._app, "changed", status=409)
        return self._question("approve", draft) if draft.may_be_approved else message(self._app, "decided")

    def approve(self, request: Request) -> Response:
        """What was shown is approved."""
        answer = self._answer(request, Scope.APPROVE)
        before = editions.draft_of(self._app, answer, self._app.now)
        draft = editions.approve_draft(self._app, answer, self._app.now)
        if draft is None or before is None:
            return message(self._app, "not_kept", status=410)
        if draft.changed:
            return message(self._app, "changed", status=409)
        if not before.may_be_approved:
            return message(self._app, "decided")
        return self._thanks(draft)

    def ask_to_hold(self, request: Request) -> Response:
        """The page with the button; changes nothing."""
        draft = editions.draft_of(self._app, self._answer(request, Scope.HOLD), self._app.now)
        if draft is None:
            return message(self._app, "not_kept", status=410)
        return self._question("hold", draft) if draft.may_be_held else message(self._app, "decided")

    def hold(self, request: Request) -> Response:
        """It is held back."""
        answer = self._answer(request, Scope.HOLD)
        before = editions.draft_of(self._app, answer, self._app.now)
        draft = editions.hold_draft(self._app, answer, self._app.now)
        if draft is None or before is None:
            return message(self._app, "not_kept", status=410)
        held = before.may_be_held and draft.status is CampaignStatus.HELD
        return message(self._app, "held" if held else "decided")

    def _answer(self, request: Request, scope: Scope) -> editions.Answer:
        return editions.read_answer_link(self._app, scope, request.path_params["token"])

    def _question(self, what: str, draft: editions.Draft) -> Response:
        due = self._app.renderer.moment(draft.due_at or self._app.now)
        return page(self._app, "draft", what=what, subject=draft.subject, people=draft.people, due=due)

    def _thanks(self, draft: editions.Draft) -> Response:
        renderer, say = self._app.renderer, self._app.renderer.phrases.say
        if draft.status is not CampaignStatus.PREPARED:
            text = say("approved_now")
        elif draft.missing:
            text = say("approved_more", draft.missing)
        else:
            text = say("approved_text", date=renderer.moment(draft.due_at or self._app.now))
        return page(self._app, "message", title=say("approved_title"), text=text)
