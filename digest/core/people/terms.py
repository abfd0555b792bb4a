"""Terms: what a campaign asks of people's preferences, by the configuration."""

from digest.config import Config, DigestConfig
from digest.model import Offer, Terms


def terms_of(config: Config, digest: DigestConfig, offers: tuple[Offer, ...] = ()) -> Terms:
    """What an edition asks: who chose its digest or another in its place, and who wants anything that is in it."""
    return Terms(
        instead_of=digest.instead_of,
        alternatives=tuple(one.name for one in config.digests if one.instead_of == digest.name),
        per_week=config.limits.per_week,
        offers=offers,
    )


def terms_of_announcement(config: Config, *, passes: bool) -> Terms:
    """What an announcement asks; one that passes goes to those, too, who had as many mails this week as may be."""
    return Terms(per_week=None if passes else config.limits.per_week)
