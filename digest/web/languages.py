"""In which language a visitor reads a public page: as its address says, else as their browser asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from digest.app import App
from digest.core.mail import in_language

_LONGEST = 1000  # characters of a header that are read
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How one visitor reads: what answers them says everything in their language."""

    app: App  # says everything in the visitor's language
    network: App  # in its own
    language: str
    asked: str  # the language that the addresses of further pages name; "" where they need none
    named: str | None  # the one that this address names
    wanted: str | None  # the one that it names, else that the browser asks for; None where neither is one of ours
    headers: Mapping[str, str]  # that tell caches and readers of it

    def link(self, url: str) -> str:
        """An address of ours, in the same language."""
        return in_language(url, self.asked)

    def switch(self, url: str) -> list[dict[str, Any]]:
        """Each language to choose with the address of a page in it, for a template; none where there is but one."""
        if len(self.network.config.languages) == 1:
            return []
        names = self.network.renderer.language_names()
        return [
            {"tag": tag.replace("_", "-"), "name": name, "url": in_language(url, tag), "here": tag == self.language}
            for tag, name in names.items()
        ]


def reading(app: App, request: Request) -> Reading:
    """How whoever asks for a public page reads it.

    An address that names a language is followed, so that a link leads everybody to the same; else what the browser
    asks for (RFC 9110 section 12.5.4), which caches are told; else the network's own.
    """
    offered = app.config.languages
    if len(offered) == 1:
        return Reading(app=app, network=app, language=offered[0], asked="", named=None, wanted=None, headers=_NONE)
    named = app.config.spoken(request.query_params.get("language"))
    wanted = named or accepted(request.headers.get("accept-language", ""), offered)
    language = wanted or offered[0]
    return Reading(
        app=app.in_language(language),
        network=app,
        language=language,
        asked=language if named or language != offered[0] else "",
        named=named,
        wanted=wanted,
        headers={"Content-Language": language.replace("_", "-"), "Vary": "Accept-Language"},
    )


def accepted(header: str, offered: Sequence[str]) -> str | None:
    """The language that an ``Accept-Language`` wants most, of those that are offered (RFC 4647 section 3.4).

    One with another territory will do: who wants ``en-US`` reads ``en-GB``. None where none will do.
    """
    folded = {tag.replace("_", "-").casefold(): tag for tag in offered}
    near = {tag.partition("-")[0]: folded[tag] for tag in reversed(folded)}
    wanted = sorted(_wanted(header[:_LONGEST]), key=lambda one: one[1], reverse=True)
    found = (folded.get(tag) or near.get(tag.partition("-")[0]) for tag, _ in wanted)
    return next(filter(None, found), None)


def _wanted(header: str) -> Iterator[tuple[str, float]]:
    """Each language that is named and not refused, with how much it is wanted."""
    for part in header.split(","):
        tag, _, more = part.partition(";")
        told = more.strip().removeprefix("q=") if more.strip() else "1"
        try:
            weight = float(told)
        except ValueError:
            continue
        if 0 < weight <= 1 and tag.strip():
            yield tag.strip().casefold(), weight
