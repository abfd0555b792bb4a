"""Who may do what on which list: asked by the table of routes, and once more by the verb."""

from collections.abc import Collection, Iterable, Mapping

from digest.app import App
from digest.config import Config
from digest.config.addresses import address_key
from digest.errors import NotAllowedError
from digest.model import By, Organiser, Role, Via

_LEAST: Mapping[str, Role] = {
    # what shows, or changes what is shown, and sends nothing
    **dict.fromkeys(("see", "review", "arrange", "edit item", "collect", "preview"), Role.EDITOR),
    # what concerns more than the lists that somebody has
    **dict.fromkeys(("suppress", "lift", "forget", "export", "apply lists", "see all activity"), Role.ADMIN),
}
"""The least role that a verb asks for; any other asks for an organiser."""


def known(config: Config) -> tuple[Organiser, ...]:
    """Who runs the network's mail, as config.toml has them now."""
    return tuple(
        Organiser(email=one.email, name=one.name, role=Role(one.role), lists=one.lists, language=one.language)
        for one in config.organisers
    )


def organiser_of(app: App, address: str) -> Organiser | None:
    """Who has this address, however it is written; None where it is nobody's who is configured now."""
    key = address_key(address)
    return next((one for one in known(app.config) if address_key(one.email) == key), None)


def reaches(organiser: Organiser, list_names: Collection[str]) -> bool:
    """Whether somebody has to do with what concerns all of these lists.

    An admin has to do with every list, and so has an editor with whom none is named; of an organiser each is named.
    """
    if organiser.role is Role.ADMIN or (organiser.role is Role.EDITOR and not organiser.lists):
        return True
    return bool(list_names) and set(list_names) <= set(organiser.lists)


def reach(app: App, organiser: Organiser) -> tuple[str, ...]:
    """The names of the configured lists that somebody has to do with, in the order of config.toml."""
    return tuple(one.name for one in app.config.lists if reaches(organiser, (one.name,)))


def role_allows(organiser: Organiser, verb: str) -> bool:
    """Whether somebody's role allows a verb, on whatever list."""
    return organiser.role.includes(_LEAST.get(verb, Role.ORGANISER))


def let_by(app: App, by: By, verb: str, list_names: Iterable[str]) -> None:
    """Let pass whoever acts, as `may` does an organiser; what acts otherwise than through the console may.

    Raises:
        NotAllowedError: as `may`; also where they are no organiser any more.
    """
    if by.via is not Via.ORGANISER:
        return
    organiser = organiser_of(app, by.name)
    if organiser is None:
        raise NotAllowedError(f"{by.name} is no organiser any more.")
    may(organiser, verb, list_names)


def may(organiser: Organiser, verb: str, list_names: Iterable[str]) -> None:
    """Let pass who may do this to what concerns these lists.

    Args:
        organiser: who wants to.
        verb: as `activity` has it, such as "approve".
        list_names: all that are concerned; of what concerns no list only an admin has a say.

    Raises:
        NotAllowedError: when their role does not allow it, or one of the lists is none of theirs.
    """
    if not role_allows(organiser, verb) or not reaches(organiser, tuple(list_names)):
        raise NotAllowedError(f"{organiser.email} may not {verb} this.")
