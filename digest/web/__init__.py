"""The public pages that the links in a mail lead to."""

from digest.web.limits import Limits
from digest.web.public import create_web
from digest.web.server import serving

__all__ = ["Limits", "create_web", "serving"]
