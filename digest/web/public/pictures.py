"""The pictures of mails and pages."""

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import content
from digest.web.answers import message
from digest.web.languages import reading

_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
_FOR_GOOD = "public, max-age=31536000, immutable"


class PicturePages:
    """``/picture/HASH.jpg`` and ``/picture/HASH.png``."""

    def __init__(self, app: App) -> None:
        self._app = app

    def show(self, request: Request) -> Response:
        """A file that we made; its name is the hash of its bytes, so that it never changes."""
        name = request.path_params["name"]
        found = content.picture_file(self._app, name)
        if found is None:
            return message(reading(self._app, request).app, "not_found", status=404)
        headers = {"Cache-Control": _FOR_GOOD, "ETag": f'"{name}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(found, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)
