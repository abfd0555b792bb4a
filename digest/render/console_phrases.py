"""The wordings of the console, which organisers read; said and translated as those of `digest.render.phrases`."""

from collections.abc import Mapping

CONSOLE_PHRASES: Mapping[str, str | tuple[str, str]] = {
    # the frame of every page
    "console_title": "Post room",
    "console_skip": "Skip to the content",
    "console_navigation": "Pages of the post room",
    "console_overview": "Overview",
    "console_editions": "Editions",
    "console_announcements": "Announcements",
    "console_campaigns": "Campaigns",
    "console_people": "People",
    "console_items": "Items",
    "console_sources": "Sources",
    "console_activity": "Activity",
    "console_mailbox": "Mailbox",
    "console_sessions": "Where you are signed in",
    "console_sign_out": "Sign out",
    "console_role_admin": "Admin",
    "console_role_organiser": "Organiser",
    "console_role_editor": "Editor",
    "console_keys": "Keys",
    "console_keys_help": "Show the keys",
    "console_keys_search": "Go to the search",
    "console_keys_go": "Then one of these: go to",
    "console_keys_close": "Close this",
    "console_close": "Close",
    "console_cancel": "Cancel",
    "console_save": "Save",
    "console_back": "Back",
    "console_now": "now",
    "console_never": "never",
    # what went wrong
    "console_not_found_title": "There is no such page",
    "console_not_found_text": "It may have been removed, or it belongs to a list that is not yours.",
    "console_problem_title": "That could not be done",
    "console_foreign_title": "This did not come from the post room",
    "console_foreign_text": "What you sent came from another site, so nothing was changed. Go back and try once more.",
    "console_over_title": "You are signed out",
    "console_over_text": (
        "Nothing was changed, and nothing you wrote is lost: sign in on another tab, then come back to this one and "
        "send it again."
    ),
    "console_over_again": "Send it again",
    # signing in
    "console_sign_in": "Sign in",
    "console_sign_in_text": "We mail you a link by which this browser is signed in. There is no password.",
    "console_address": "Your email address",
    "console_mail_link": "Mail me a link",
    "console_mailed_title": "Look into your mail",
    "console_mailed_text": (
        "If this address is an organiser’s, a link is on its way to it. It works once, within {duration}, and in this "
        "browser only."
    ),
    "console_mailed_nothing": "Nothing came? Look among the spam, or ask whoever runs the server for a link.",
    "console_ask_again": "Ask for a new link",
    "console_enter_title": "Sign in to {network}",
    "console_enter_text": "One more click, since programs that look through mail open every link in it.",
    "console_enter": "Sign in now",
    "console_link_over_title": "This link is used up",
    "console_link_over_text": "It was used before, or is too old. Ask for a new one; it takes a minute.",
    "console_other_browser_title": "This is another browser",
    "console_other_browser_text": (
        "The link works only in the browser in which it was asked for. Open it there, or ask for a new one here."
    ),
    "console_too_many_title": "Too many tries",
    "console_too_many_text": "From here it was tried too often. Wait an hour, then try again.",
    "console_sessions_text": (
        "Each line is a browser in which you are signed in. End those that you do not know, and the ones you no longer "
        "use."
    ),
    "console_session_this": "This browser",
    "console_session_unknown": "A browser",
    "console_session_began": "Signed in",
    "console_session_seen": "Last used",
    "console_session_where": "Where",
    "console_session_end": "End",
    "console_sessions_end_all": "Sign out everywhere",
    # what was just done
    "done_signed_out": "You are signed out.",
    "done_session_ended": "That session is ended.",
}
