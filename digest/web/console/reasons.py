"""Why a campaign does not go on, as far as it is for who is signed in."""

from typing import Protocol

from starlette.requests import Request

from digest.model import By, CampaignStatus, Role, Via
from digest.web.console.page import Console


class Stopped(Protocol):
    """A campaign, with or without its mail."""

    @property
    def status(self) -> CampaignStatus:
        """Where it stands."""

    @property
    def reason(self) -> str:
        """Why, in words that may quote a server or tell of other lists."""

    @property
    def moved_by(self) -> By:
        """Who brought it there."""


def reason_for(console: Console, request: Request, campaign: Stopped, *, quoted_to: Role = Role.ADMIN) -> str:
    """Why it does not go on: as it stands for who has this role, else in plain words; "" where there is nothing to say.

    A reason may quote a server, which names addresses, or tell what is wrong with lists that are none of theirs.
    """
    if request.state.organiser.role.includes(quoted_to) or not campaign.reason:
        return campaign.reason
    by = campaign.moved_by
    if by.via is Via.ORGANISER and by.name:
        return console.say("console_held_by", who=by.name) if campaign.status is CampaignStatus.HELD else ""
    match campaign.status:
        case CampaignStatus.HELD if by.via in (Via.ITSELF, Via.SCHEDULE):
            return console.say("console_held_itself")
        case CampaignStatus.HELD:
            return console.say("console_held_by_somebody")
        case CampaignStatus.PAUSED:
            return console.say("console_stopped_itself") if by.via in (Via.ITSELF, Via.SCHEDULE) else ""
        case _:
            return ""
