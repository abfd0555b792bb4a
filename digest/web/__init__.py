"""The web application: the pages that links in mails lead to."""

from digest.web.server import serving
from digest.web.site import create_web

__all__ = ["create_web", "serving"]
