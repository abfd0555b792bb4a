"""Every fixed wording that a member reads in a mail or on a page, in one place.

A phrase is a template for ``str.format``, or the two forms that follow a count. What is filled in is never
read as a template again, so a title with braces in it stays as it is.
"""

from collections.abc import Mapping
from typing import Any

_PHRASES: Mapping[str, str | tuple[str, str]] = {
    # what an edition holds
    "posts": ("{count} post", "{count} posts"),
    "events": ("{count} event", "{count} events"),
    "vacancies": ("{count} vacancy", "{count} vacancies"),
    "section_post": "New from members",
    "section_event": "Coming up",
    "section_vacancy": "Vacancies",
    "uncategorised": "Elsewhere in the network",
    # subject
    "closing_soon": ("{count} vacancy closes soon", "{count} vacancies close soon"),
    "event_on": "{title} on {date}",
    "and_more": ("{title} and {count} more", "{title} and {count} more"),
    # one item
    "by": "by {name}",
    "closes": "Closes {date}",
    "closes_today": "Closes today – {date}",
    "closes_tomorrow": "Closes tomorrow – {date}",
    "closes_in_days": ("Closes in {count} day – {date}", "Closes in {count} days – {date}"),
    "closed": "Closed {date}",
    "no_closing_date": "No closing date given",
    "last_call": "Last call",
    "reminder": "Reminder",
    "moved": "New date or place",
    "cancelled": "Cancelled",
    "editor": "Editor’s note: {note}",
    "doubt": "{doubts} – please check with the organiser.",
    # calendars
    "add_to_calendar": "Add to calendar:",
    "add_to_your_calendar": "Add to your calendar:",
    "calendar_google": "Google Calendar",
    "calendar_outlook": "Outlook",
    "calendar_file": "Other calendars (.ics)",
    # dates
    "date_and_time": "{date}, {time}",
    "from_to": "{start} – {end}",
    "noon": "noon",
    "midnight": "midnight",
    # footer
    "why_list": "You get this because you are on the list {list} of {network}.",
    "why_network": "You get this because you are on a list of {network}.",
    "view_on_web": "View on the web",
    "unsubscribe": "Unsubscribe",
    # pages
    "unsubscribe_title": "Unsubscribe?",
    "unsubscribe_text": "This stops the mails that {network} sends to these lists:",
    "unsubscribe_text_one": "This stops the mails that {network} sends to the list {lists}.",
    "unsubscribe_network": "This stops the mails that {network} sends you.",
    "unsubscribe_nothing_yet": "Nothing has changed yet. It takes effect as soon as you press the button.",
    "unsubscribe_button": "Yes, unsubscribe me",
    "unsubscribed_title": "You are unsubscribed",
    "unsubscribed_text": "{network} will not mail you through {lists} any more.",
    "unsubscribed_network": "{network} will not mail you any more.",
    "unsubscribed_return": "Was it a mistake, or would you like to come back? Write to the organisers:",
    "back_to_network": "Go to {network}",
}


def say(name: str, count: int | None = None, /, **values: Any) -> str:
    """The phrase of that name; where it has two forms, `count` chooses and may be written.

    Raises:
        KeyError: for a phrase that is not in the table, or a value that it needs and was not given.
    """
    phrase = _PHRASES[name]
    if isinstance(phrase, tuple):
        phrase = phrase[0] if count == 1 else phrase[1]
    return phrase.format(count=count, **values)
