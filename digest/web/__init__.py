"""The web application: the pages that links in mails lead to."""

from digest.web.limits import Limits
from digest.web.server import serving
from digest.web.site import create_web

__all__ = ["Limits", "create_web", "serving"]
