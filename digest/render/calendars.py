"""Events for calendar programs: files of one or of many, and links that add one; in the network's own words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from digest.config import Config
from digest.model import Event
from digest.render.calendar_links import CalendarLinks, calendar_links
from digest.render.ics import CalendarEntry, calendar_file, event_file
from digest.render.phrases import Phrases
from digest.render.plain import one_line
from digest.render.view import place_of, web_address


class CalendarWriter:
    """Writes the events of one network."""

    def __init__(self, config: Config, phrases: Phrases) -> None:
        self._network, self._phrases = config.network, phrases
        self._domain = config.sender.email.rpartition("@")[2]

    def links(self, event: Event, *, ics: str | None, page: str | None) -> CalendarLinks | None:
        """Where to add an event to a calendar; None without an `ics` address, and for what will not take place.

        `page` is ours of the event, for where it has none of its own.
        """
        if ics is None or event.cancelled:
            return None
        url = web_address(event.url) or page
        return calendar_links(self._placed(event), ics=ics, url=url, zone=self._network.zone)

    def event_file(self, event: Event, *, page: str | None, stamped_at: datetime) -> bytes:
        """An event as an iCalendar file (RFC 5545), made at `stamped_at`; `page` as for `links`."""
        return event_file(
            self._placed(event),
            network=self._network.name,
            domain=self._domain,
            zone=self._network.zone,
            url=web_address(event.url) or page,
            stamped_at=stamped_at,
        )

    def calendar_file(self, entries: Sequence[CalendarEntry], *, url: str, category: str | None = None) -> bytes:
        """What is coming, as an iCalendar file that calendar programs ask for again and again.

        Args:
            entries: by their start.
            url: of this file.
            category: of which they are, as members read it; all unless given.
        """
        network = one_line(self._network.name)
        return calendar_file(
            [replace(one, url=web_address(one.event.url) or one.url) for one in entries],
            name=self._phrases.say("titled", title=network, content=one_line(category)) if category else network,
            network=network,
            domain=self._domain,
            zone=self._network.zone,
            url=url,
        )

    def _placed(self, event: Event) -> Event:
        return replace(event, location=place_of(event, self._phrases))
