"""The public pages that the links in a mail lead to."""

from digest.web.public import create_web
from digest.web.server import serving

__all__ = ["create_web", "serving"]
