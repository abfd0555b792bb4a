"""The wordings of the archive; as those of `phrases`."""

from collections.abc import Mapping

ARCHIVE_PHRASES: Mapping[str, str | tuple[str, str]] = {
    "archive_title": "What we have sent",
    "archive_empty": "Nothing has been sent yet.",
    "archive_left": "Nothing is left in it.",
    "archive_pages": "Pages of the archive",
    "page_languages": "Languages of this page",
    "archive_page": "Page {page} of {last}",
    "archive_newer": "Newer",
    "archive_older": "Older",
    "archive_before": "Previous",
    "archive_after": "Next",
    "archive_all": "Everything we have sent",
    "archive_follow": "Follow along",
    "archive_atom": "Atom feed",
    "archive_json": "JSON Feed",
    "archive_calendar": "Calendar of what is coming (.ics)",
    "archive_calendars": "Calendars by category",
    "closed_mark": "Closed",
    "past_events": ("{count} event is over", "{count} events are over"),
}
