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
    # the overview
    "console_no_lists": (
        "No list is named with you in config.toml, so there is nothing for you to see yet. Ask an admin."
    ),
    "console_next": "What goes next",
    "console_next_none": "No digest is configured for your lists.",
    "console_next_fine": "Nothing to do",
    "console_next_itself": "It is made and sent by itself.",
    "console_next_waits": "It is made by itself, then waits for somebody’s approval.",
    "console_next_prepared": (
        "It is ready for {count} person and waits for somebody’s approval.",
        "It is ready for {count} people and waits for somebody’s approval.",
    ),
    "console_next_held": (
        "It is held back from {count} person until somebody has looked at it:",
        "It is held back from {count} people until somebody has looked at it:",
    ),
    "console_next_at": "Next: {moment}",
    "console_look": "Look at it",
    "console_look_and_approve": "Look at it and approve",
    "console_sending": "Being sent",
    "console_sending_so_far": "{done} of {all} dealt with",
    "console_in_doubt": ("{count} in doubt", "{count} in doubt"),
    "console_weeks": "The last twelve weeks",
    "console_weeks_delivered": "Delivered",
    "console_weeks_bounced": "Came back",
    "console_weeks_left": "Left a list",
    "console_weeks_complained": "Called it spam",
    "console_weeks_plot": "{what}, by week: at most {most}, this week {latest}",
    "console_weeks_table": "The same as a table",
    "console_week_of": "Week from",
    "console_latest": "Latest campaigns",
    "console_campaign": "Campaign",
    "console_status": "Status",
    "console_recipients": "Recipients",
    "console_accepted": "Accepted",
    "console_status_prepared": "Waits for approval",
    "console_status_sending": "Being sent",
    "console_status_sent": "Sent",
    "console_status_skipped": "Skipped",
    "console_status_held": "Held",
    "console_status_paused": "Paused",
    "console_status_cancelled": "Cancelled",
    "console_needs": "Needs somebody",
    "console_needs_mend": "On the server:",
    "console_needs_nothing": "Nothing needs anybody. Everything goes on by itself.",
    # activity
    "console_activity_own": "You see what you did yourself.",
    "console_activity_at": "When",
    "console_activity_by": "Who",
    "console_activity_verb": "What",
    "console_activity_about": "To what or whom",
    "console_activity_detail": "More",
    "console_activity_anything": "Anything",
    "console_activity_anybody": "Anybody",
    "console_activity_none": "Nothing of that kind was done.",
    "console_filter": "Show",
    "console_newer": "Newer",
    "console_older": "Older",
    # people looked for
    "console_people_search": "Any part of an address, name or field",
    "console_search": "Search",
    "console_people_found": ("{count} person found.", "{count} people found."),
    "console_people_more": "There are more: type a little more.",
    "console_people_latest": "Those who came last",
    "console_people_none": "Nobody was found.",
    "console_suppressed": "Not mailed",
    "console_lists": "Lists",
    "console_list": "List",
    "console_invite": "Invite to a list",
    "console_invite_text": "A mail asks whether they want to be on it. They are once they confirm.",
    "console_invite_button": "Invite",
    "console_person_address": "Address",
    "console_person_name": "Name",
    "console_bad_address": "That is no address: {why}",
    # one person
    "console_suppressed_since": "Nothing is mailed to this address since {date}:",
    "console_stands_title": "What reaches them",
    "console_gets_it": "Reaches them",
    "console_gets_it_not": "Does not",
    "console_stands": "They get the next edition.",
    "console_stands_unsubscribed": "They left its list by their own word; only they themselves can come back.",
    "console_stands_suppressed": "Their address is not mailed at all.",
    "console_stands_delisted": "They are on none of its lists.",
    "console_stands_left_out": "They are on a list that is left out.",
    "console_stands_not_meant": "They do not meet its condition.",
    "console_stands_paused": "They paused it themselves.",
    "console_stands_alternative": "They chose another digest in its place.",
    "console_stands_nothing_wanted": "They muted all that it holds.",
    "console_stands_often": "They had as many mails this week as one may have.",
    "console_stands_forgotten": "They asked to be forgotten.",
    "console_stands_cancelled": "It was cancelled.",
    "console_stands_over": "Everything in it was over before it was sent.",
    "console_nothing": "Nothing yet.",
    "console_on_active": "On it",
    "console_on_delisted": "Taken off by a file",
    "console_on_unsubscribed": "Left",
    "console_unsubscribe": "Unsubscribe",
    "console_sent": "What they were sent",
    "console_sent_more": ("and {count} earlier", "and {count} earlier"),
    "console_resend": "Send again",
    "console_state_queued": "Waits",
    "console_state_in_flight": "On its way",
    "console_state_accepted": "Accepted",
    "console_state_deferred": "Tried again later",
    "console_state_rejected": "Refused",
    "console_state_unknown": "In doubt",
    "console_state_skipped": "Not for them",
    "console_returns": "What came back",
    "console_wants": "What they want less of",
    "console_all_mail": "All mail",
    "console_muted": "muted:",
    "console_paused": "paused until {date}",
    "console_chosen": "{digest} in its place",
    "console_consent": "What they agreed to",
    "console_suppress": "Mail them no more",
    "console_suppress_text": "Nothing goes to this address any more, whatever list it is on.",
    "console_reason": "Why",
    "console_lift": "Let them be mailed again",
    "console_lift_text": (
        "What is sent to their lists reaches them again. To lists that they left they come back by themselves."
    ),
    "console_export": "Their data",
    "console_export_text": "All that is held about them, for who asks for it.",
    "console_forget": "Forget them",
    "console_forget_text": (
        "Everything held about them is erased for good. What stays is a keyed hash, so that the address stays unmailed."
    ),
    "console_forget_typed": "Type the address to confirm",
    "console_forget_typed_wrong": "What was typed is not the address of this person; nothing was erased.",
    # lists, and what the files would change
    "console_plan": "What the files would change",
    "console_plan_nothing": "Nothing: the lists are as the files say.",
    "console_plan_guarded": (
        "This takes off more people than a change usually does. Look at the file before you apply it."
    ),
    "console_plan_added": ("{count} person would be added", "{count} people would be added"),
    "console_plan_removed": ("{count} person would be taken off", "{count} people would be taken off"),
    "console_plan_changed": ("{count} person is told of otherwise", "{count} people are told of otherwise"),
    "console_plan_kept_out": (
        "{count} person stands in a file and stays away, because they left or cannot be mailed",
        "{count} people stand in a file and stay away, because they left or cannot be mailed",
    ),
    "console_plan_rest": ("and {count} more", "and {count} more"),
    "console_plan_confirm": "I have looked, and this is meant",
    "console_plan_apply": "Apply this",
    "console_lists_guard": (
        "More people would be taken off than a change usually does: tick that it is meant. Nothing was changed."
    ),
    # what was done to people and lists
    "done_unsubscribed": "They are off that list.",
    "done_on_it_already": "They are on that list already; nothing was sent.",
    "done_invited": "The invitation is sent.",
    "done_invited_later": "The invitation is written down; the mail is tried again by itself.",
    "done_suppressed": "Nothing is mailed to them any more.",
    "done_lifted": "They can be mailed again.",
    "done_resent": "The mail was sent once more.",
    "done_forgotten": "They are forgotten.",
    "done_forgotten_listed": "They are forgotten. A list’s file still names them: take the line out there, too.",
    "done_lists_applied": "The lists are as the files say.",
    "done_lists_changed": "The files have changed since you looked, so nothing was applied: look once more.",
    # the overview
    # activity
    # people looked for
    # one person
    "console_return_bounce": "Came back",
    "console_return_complaint": "Called spam",
    "console_return_auto_reply": "Automatic reply",
    "console_return_delayed": "Delayed",
    "console_return_challenge": "Asked who we are",
    "console_return_unknown": "Something else",
    # lists, and what the files would change
    # what was done to people and lists
    # the overview
    "console_next_review": (
        "It is ready for {count} person and goes by itself unless somebody holds it.",
        "It is ready for {count} people and goes by itself unless somebody holds it.",
    ),
    # activity
    # people looked for
    # one person
    # lists, and what the files would change
    # what was done to people and lists
}
