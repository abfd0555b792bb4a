"""Every fixed wording that a member reads in a mail or on a page, in one place, and how it is said in a language; pure.

A phrase is a template for ``str.format``, or the two forms that follow a count. What is filled in is never
read as a template again, so a title with braces in it stays as it is. In a catalog (``templates/locales/*.po``)
the name of the phrase is its context (``msgctxt``) and the English words are its ``msgid``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from digest.render.console_phrases import CONSOLE_PHRASES
from digest.render.desk_phrases import DESK_PHRASES
from digest.render.doubt_phrases import DOUBT_PHRASES
from digest.render.evidence_phrases import EVIDENCE_PHRASES
from digest.render.finding_phrases import FINDING_PHRASES

_MEMBERS: Mapping[str, str | tuple[str, str]] = {
    # what an edition holds
    "posts": ("{count} post", "{count} posts"),
    "events": ("{count} event", "{count} events"),
    "vacancies": ("{count} vacancy", "{count} vacancies"),
    "section_post": "New from members",
    "section_event": "Coming up",
    "section_vacancy": "Vacancies",
    "uncategorised": "Elsewhere in the network",
    "untitled": "Without a title",
    # subject
    "closing_this_week": ("{count} vacancy closes this week", "{count} vacancies close this week"),
    "closing_soon": ("{count} vacancy closes soon", "{count} vacancies close soon"),
    "events_changed": ("{count} event changed", "{count} events changed"),
    "event_on": "{title} on {date}",
    "and_more": ("{title} and {count} more", "{title} and {count} more"),
    "titled": "{title}: {content}",
    # one item
    "by": "by {name}",
    "closes": "Closes {date}",
    "closes_today": "Closes today – {date}",
    "closes_tomorrow": "Closes tomorrow – {date}",
    "closes_in_days": ("Closes in {count} day – {date}", "Closes in {count} days – {date}"),
    "closed": "Closed {date}",
    "book_by": "Book by {date}",
    "abstracts_by": "Abstracts by {date}",
    "online": "Online",
    "openings": ("{count} post", "{count} posts"),
    "no_closing_date": "No closing date given",
    "last_call": "Last call",
    "reminder": "Reminder",
    "moved": "New date or place",
    "cancelled": "Cancelled",
    "withdrawn": "No longer listed",
    "editor": "Editor’s note: {note}",
    "doubt": "{doubts} – please check with the organiser.",
    "doubtful": "Not all of this is certain – please check with the organiser.",
    "picture_at": "Picture at {host}",
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
    # how an event recurs
    "monday": "Monday",
    "tuesday": "Tuesday",
    "wednesday": "Wednesday",
    "thursday": "Thursday",
    "friday": "Friday",
    "saturday": "Saturday",
    "sunday": "Sunday",
    "nth_1": "first {day}",
    "nth_2": "second {day}",
    "nth_3": "third {day}",
    "nth_4": "fourth {day}",
    "nth_-1": "last {day}",
    "nth_1_3": "first and third {day}",
    "nth_2_4": "second and fourth {day}",
    "ordinal_one": "{day}st",
    "ordinal_two": "{day}nd",
    "ordinal_few": "{day}rd",
    "ordinal_other": "{day}th",
    "last_day": "last day",
    "every_day": "Every day",
    "every_days": ("Every {count} day", "Every {count} days"),
    "every_weekday": "Every {days}",
    "working_days": "Monday to Friday",
    "every_two_weeks": "Every two weeks on {days}",
    "every_weeks": ("Every {count} week on {days}", "Every {count} weeks on {days}"),
    "every_nth": "Every {nth} of the month",
    "every_two_months_nth": "Every two months on the {nth}",
    "every_months_nth": ("Every {count} month on the {nth}", "Every {count} months on the {nth}"),
    "every_month_day": "On the {days} of every month",
    "every_two_months_day": "Every two months on the {days}",
    "every_months_day": ("Every {count} month on the {days}", "Every {count} months on the {days}"),
    "nth_in_month": "the {nth} in {month}",
    "every_year": "Every year on {date}",
    "every_years": ("Every {count} year on {date}", "Every {count} years on {date}"),
    "only_in": "{rhythm}, in {months}",
    "except_in": "{rhythm}, except in {months}",
    "then_on": "{rhythm}, then on {dates}",
    "also_on": "Also on {dates}",
    "nor_on": "Nor on {dates}",
    "but_not_on": "{told}, but not on {dates}",
    "instead_of": "Instead of {date}",
    # an announcement
    "attached": "Details",
    "more_on_web": ("{count} more on the web", "{count} more on the web"),
    # footer
    "why_list": "You get this because you are on the list {list} of {network}.",
    "why_network": "You get this because you are on a list of {network}.",
    "view_on_web": "View on the web",
    "unsubscribe": "Unsubscribe",
    # letters
    "confirm_subject": "Confirm that {network} may write to you",
    "confirm_text": "Somebody, we hope you, asked {network} to write to this address through: {lists}.",
    "confirm_button": "Yes, write to me",
    "confirm_ignore": "If it was not you, do nothing: without your word we do not write again.",
    "sign_in_subject": "Sign in to {network}",
    "sign_in_text": "Somebody, we hope you, wants to sign in to {network} with this address.",
    "sign_in_button": "Sign in",
    "sign_in_ignore": "If it was not you, do nothing. Pass this mail on to nobody: whoever has the link can sign in.",
    "link_valid": "The link works for {duration}.",
    "waits_subject": "{title}, {period}, waits for you",
    "waits_text": "It is not sent until somebody approves it.",
    "waits_because": "Why it waits:",
    "waits_content": "In it: {content}.",
    "waits_more": ("and {count} more", "and {count} more"),
    "waits_look": "Look at it",
    "waits_approve": "Approve it",
    "waits_hold": "Hold it back",
    "why_address": "You get this because somebody gave this address to {network}.",
    "why_editor": "You get this because you are an editor of {network}.",
    # preferences: their pages, their letter, and what is offered beside leaving
    "preferences": "Choose what you get",
    "preferences_title": "What you get",
    "preferences_for": "Mail to {address}",
    "preferences_lists_text": "Lists through which {network} mails you:",
    "language_title": "Language",
    "language_text": "Of headings, dates and buttons. What members wrote stays as it is.",
    "preferences_save": "Save",
    "preferences_saved": "Saved. It holds from the next mail.",
    "preferences_unchanged": "Nothing has changed: choose something, or for a pause a day within two years.",
    "preferences_not_fresh": "Nothing has changed: this takes a link that was mailed to you within a day.",
    "preferences_all": "See and choose all that you get",
    "choice_title": "How often",
    "parts_title": "What you want in it",
    "part_posts": "Posts",
    "part_events": "Events",
    "part_vacancies": "Vacancies",
    "pauses_title": "A pause",
    "pause_none": "No pause",
    "pause_kept": "Paused until {date}",
    "pause_month": "Pause for a month",
    "pause_months": "Pause for 3 months",
    "pause_date": "Pause until this day:",
    "pause_day": "The day on which mail comes again",
    "digest_only": "Only of {title}",
    "return_title": "Lists that you are not on",
    "fresh_text": "To change this, let us mail you a link. So nobody changes it who was only passed one of your mails.",
    "fresh_button": "Mail me a link",
    "unmailed_text": (
        "Mail to you has been stopped since {date}: it came back, was called spam, or an organiser stopped it."
    ),
    "unmailed_button": "Mail me again",
    "preferences_lifted": "You get mail again.",
    "leave_title": "No mail at all",
    "leave_button": "Unsubscribe me from everything",
    "gentler_title": "Or would less be enough?",
    "gentler_choice": "You get: {chosen}.",
    "gentler_instead": "{title} instead",
    "pause_title": "Pause all mail from {network}",
    "pause_button": "Pause",
    "mute_title": "Leave out of all mails",
    "mute_button": "Leave these out",
    "mistake_button": "That was a mistake: put me back",
    "taken_back": "You are back on what you left.",
    "why_title": "Would you tell us why? Nobody but the organisers reads it, and you need not.",
    "why_button": "Tell the organisers",
    "why_thanks": "Thank you.",
    "preferences_ask_text": (
        "Every mail from {network} has a link to your choices. If you have none at hand, we mail you one."
    ),
    "preferences_ask_address": "Your email address",
    "preferences_ask_button": "Mail me the link",
    "preferences_mailed_title": "Look into your mailbox",
    "preferences_mailed_text": (
        "If we know the address, a link is on its way to it, three a day at most. If none comes within some "
        "minutes, look among the spam."
    ),
    "preferences_subject": "Choose what {network} sends you",
    "preferences_letter": (
        "With this link you choose what {network} sends to this address, and come back onto lists that you left."
    ),
    "preferences_open": "Choose what you get",
    "preferences_ignore": (
        "If it was not you who asked, do nothing. Pass this mail on to nobody: whoever has the link can choose for you."
    ),
    "trouble_subject": ("Something at {network} needs you", "{count} things at {network} need you"),
    "trouble_text": "This does not go on by itself:",
    "trouble_mend": "To mend it: {command}",
    "trouble_again": "You are told of each once a day, as long as it lasts.",
    "why_admin": "You get this because you are an admin of {network}.",
    # sign-up: letters and pages
    "invite_subject": "{network} invites you to its mails",
    "invite_text": "{network} would like to write to you through: {lists}. It does so only if you want it.",
    "invite_ignore": "If you do not want it, do nothing: without your word we do not write again.",
    "why_invited": "You get this because an organiser of {network} invited this address.",
    "welcome_subject": "Welcome to {network}",
    "welcome_text": "From now on {network} writes to you through: {lists}.",
    "welcome_next": "Next comes {title}, on {date}.",
    "welcome_latest": "Read the latest",
    "welcome_coming": "Coming up:",
    "back_subject": "Welcome back to {network}",
    "back_text": "Your pause is over, and {network} writes to you again. This is what you missed:",
    "why_welcome": "You get this because you confirmed that {network} may write to you.",
    "subscribe_title": "Get our mails",
    "subscribe_text": "Tell {network} where to write. You get a mail with a button to confirm it.",
    "subscribe_lists": "What would you like?",
    "subscribe_email": "Email address",
    "subscribe_name": "Name (may be left out)",
    "subscribe_button": "Subscribe",
    "subscribe_promise": "Every mail has a link to leave. Your address is used for these mails alone.",
    "subscribe_known": "Do you get our mails already?",
    "subscribe_preferences": "Ask for your link",
    "subscribe_bad_email": "That is no email address that mail can be sent to. Please write it again.",
    "subscribe_no_list": "Please choose at least one.",
    "subscribe_again_title": "One more step",
    "subscribe_again_text": "Press the button, so that we know a person is asking.",
    "subscribe_again_button": "Go on",
    "subscribe_script": (
        "This form needs JavaScript, to keep programs out. Please switch it on, or write to the organisers."
    ),
    "subscribed_title": "Look into your mailbox",
    "subscribed_text": (
        "If this address gets no mail from {network} yet, a mail is on its way to it. Press the button in that mail "
        "within {duration}; until then nothing has changed."
    ),
    "subscribed_nothing": "Nothing there after some minutes? Look among the spam.",
    "too_many_title": "Too many at once",
    "too_many_text": "There are too many sign-ups just now, so yours was not taken. Please come back tomorrow.",
    "confirm_page_title": "Shall we write to you?",
    "confirm_page_text": "Press the button, and {network} writes to you through: {lists}.",
    "confirm_page_nothing_yet": "Nothing has changed yet. Every mail has a link to leave.",
    "confirmed_title": "Welcome!",
    "confirmed_text": "{network} now writes to you through: {lists}. A first mail is on its way.",
    "confirm_used_title": "This link was used",
    "confirm_used_text": "It confirmed something once, and you have left since. To come back, sign up once more.",
    "confirm_expired_title": "This link is too old",
    "confirm_expired_text": "It has expired, and what was asked is erased. Please sign up once more.",
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
    "nothing_to_do_title": "Nothing to do",
    "nothing_to_do_text": "This address is on none of our lists any more.",
    "not_kept_title": "Not kept",
    "not_kept_text": "The link is right, but what it leads to is no longer kept.",
    "sample_title": "A sample",
    "sample_text": (
        "This link stands in a sample or a shared copy of a mail. In the mail that a member receives, it leads to "
        "that member’s own page."
    ),
    "no_event_title": "Nothing for a calendar",
    "no_event_text": "This is not an event any more, so there is no date to add to a calendar.",
    "not_found_title": "Not found",
    "not_found_text": "There is no such page here.",
    "bad_link_title": "This link does not work",
    "bad_link_text": "This link is incomplete or not ours; copy it whole from the mail.",
    # an edition that its organisers are shown before it goes: the bar above the mail, and its pages
    "draft_subject": "[Draft] {subject}",
    "draft_intro": (
        "This is a draft for {count} person, due on {date}.",
        "This is a draft for {count} people, due on {date}.",
    ),
    "draft_by_itself": "It goes by itself, unless somebody holds it back.",
    "draft_on_word": ("It goes once an organiser approves it.", "It goes once {count} organisers approve it."),
    "draft_approved_by": "Approved so far by {names}.",
    "draft_languages": "Some get it in {names}; what is approved is the mail in every language.",
    "draft_in_language": "Look at it in {language}",
    "draft_changed": "It has changed since you were shown it last; what was approved before does not count.",
    "draft_arrived": (
        "{count} new item has come in since. It waits for the next edition, unless it is added.",
        "{count} new items have come in since. They wait for the next edition, unless they are added.",
    ),
    "draft_nothing_yet": "Nothing has happened yet. It counts as soon as you press the button.",
    "approve_title": "Approve this edition?",
    "approve_button": "Approve it",
    "approved_title": "Approved",
    "approved_text": "Thank you. It goes on {date}.",
    "approved_now": "Thank you. It is being sent.",
    "approved_more": (
        "Thank you. {count} more organiser has to approve it.",
        "Thank you. {count} more organisers have to approve it.",
    ),
    "hold_title": "Hold this edition back?",
    "hold_button": "Hold it back",
    "held_title": "Held back",
    "held_text": "It is not sent until somebody approves it.",
    "changed_title": "It has changed",
    "changed_text": (
        "What would be sent now is not what you were shown. Look at the newest draft; one is mailed to you within a "
        "quarter of an hour."
    ),
    "decided_title": "Nothing to decide",
    "decided_text": "It has been sent, skipped, held or cancelled meanwhile.",
    # the archive
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

PHRASES: Mapping[str, str | tuple[str, str]] = {
    **_MEMBERS,
    **CONSOLE_PHRASES,
    **DESK_PHRASES,
    **EVIDENCE_PHRASES,
    **DOUBT_PHRASES,
    **FINDING_PHRASES,
}
"""All of them; each part has a catalog of its own: members' in ``locales``, the console's in folders there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrases:
    """The wordings of one language; what its catalogs leave out is said in English."""

    locale: Locale
    translations: NullTranslations  # what the catalogs say; of NullTranslations itself: nothing
    untranslated: frozenset[str] = frozenset()  # names of the phrases that no catalog says
    unknown: tuple[str, ...] = ()  # "cy.po, line 7": translations of what is not (or no longer) a phrase

    @property
    def english(self) -> bool:
        """Whether members read English words, be it for want of a catalog."""
        return self.locale.language == "en" or len(self.untranslated) == len(PHRASES)

    def say(self, name: str, count: int | None = None, /, **values: Any) -> str:
        """The phrase of that name; where it has several forms, `count` chooses and may be written.

        Raises:
            KeyError: for a phrase that is not in the table, or a value that it needs and was not given.
        """
        phrase = PHRASES[name]
        if isinstance(phrase, str):
            template = self.translations.pgettext(name, phrase)
        elif count is None:
            raise KeyError("count")
        else:
            template = self.translations.npgettext(name, *phrase, count)
        return template.format(count=None if count is None else format_decimal(count, locale=self.locale), **values)

    def gaps(self) -> Iterator[str]:
        """What the catalogs leave to be done, one sentence each, for whoever keeps them."""
        language = self.locale.language
        missing = [name for name in PHRASES if name in self.untranslated] if language != "en" else []
        if len(missing) == len(PHRASES):
            yield f"members read English words: there is no {language}.po in a folder locales of paths.templates"
        elif missing:
            rest = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            yield f"said in English: {', '.join(missing[:3])}{rest}; translate them in {language}.po"
        for place in self.unknown:
            yield f"{place}: translates no phrase of ours; compare msgctxt and msgid with messages.pot"

    def listed(self, parts: Sequence[str]) -> str:
        """Several things in one sentence, as in "Jobs, Members and Organisers"."""
        # Where "and" depends on the sound that follows, CLDR leaves the choice to the reader: "a(c)" in Welsh.
        if "(" in self.locale.list_patterns["standard"]["2"]:
            return ", ".join(parts)
        return format_list(list(parts), locale=self.locale)


IN_ENGLISH = Phrases(locale=Locale("en", "GB"), translations=NullTranslations())
"""For what programs read, which is the same in every network."""
