"""How it reads in English what is wrong with what people wrote, and what became of people; as those of `reasons`."""

from collections.abc import Mapping

WRITTEN_REASONS: Mapping[str, str | tuple[str, str]] = {
    # databases
    "database_says": "the database says: {said}",
    "database_reads": "the database says: {said}; a query may only read: write one SELECT",
    "database_slow": "the query took longer than {seconds} s; raise timeout or add a LIMIT",
    "database_large": "the rows are larger than {size} bytes; select fewer, or raise max_bytes",
    "database_many": "the query gives more than {number} rows; add a WHERE or a LIMIT",
    "database_no_rows": "the query returns no rows; write a SELECT",
    "database_driver": (
        'its driver {driver} is not installed; install "network-digest[cluster]" for PostgreSQL, or the driver of your '
        "database"
    ),
    "database_address": (
        'the url is no database address; write "postgresql://user@host/database" or "sqlite:///file.sqlite"'
    ),
    # events of calendars
    "event_lines": "it has more than {number} lines",
    "event_days": "it lists thousands of days",
    "event_start": "it has no readable DTSTART",
    "event_breaks_off": "it breaks off before END:VEVENT",
    "event_no_date": "{stated} is no date that can be read",
    "rule_long": "its recurrence would take too long to follow",
    "rule_end": "the end of its rule, {stated}, is no date",
    "rule_not_followed": "its rule {rule} cannot be followed: {said}",
    "rule_malformed": "its rule of recurrence is malformed",
    "rule_unknown": "its rule has {parts}, which is not understood",
    "rule_often": "it recurs more often than a calendar of events would",
    "rule_wrong": "its rule {rule} is malformed",
    # front matter
    "matter_open": "the front matter is opened with --- but never closed with ---",
    "matter_long": "the front matter has more than {number} characters",
    "matter_brackets": "the front matter has more than {number} opening brackets",
    "matter_none": "it is not YAML",
    "matter_character": "the character {character} is not allowed in YAML",
    "matter_deep": "it is nested too deeply",
    "matter_lines": 'write "key: value" lines',
    # announcements
    "notice_matter_fix": (
        'front matter is YAML between two lines of ---; a value with a colon needs quotes, subject: "..."'
    ),
    "with_fix": "{what} ({fix})",
    "notice_subject": "the announcement has no subject",
    "notice_subject_fix": 'write "subject: ..." between two lines of --- at the top, or begin with a "# heading"',
    "notice_text": "the announcement has no text",
    "notice_text_fix": "write it in Markdown",
    "notice_long": "An announcement has {most} characters at most; this has {number}",
    "notice_key": 'there is no such key as "{key}"',
    "notice_switch": "{key} is neither yes nor no",
    "notice_switch_fix": "write {key}: yes, or leave it out",
    "notice_items": "{key} is not a list of items",
    "notice_items_fix": "write {key}: [ONE, OTHER], with keys as `digest items` shows them",
    "notice_lists": "{key} is not a list of lists",
    "notice_lists_fix": "write {key}: [ONE, OTHER], with names as `digest lists show` does",
    "notice_line": "{key} is not one line of text",
    "notice_line_fix": 'write {key}: "..."',
    "notice_twice": "there is a subject and a title",
    "notice_twice_fix": "they mean the same: keep one",
    "notice_time": 'at "{words}" is not an ISO time',
    "notice_as": "as in {sample}",
    "notice_address": "{key}: {words} is no address: {why}",
    "notice_where_fix": 'as in where: region = "Fife"',
    "notice_domain": 'from: "{address}" is not at {domain}',
    "notice_domain_fix": "write reply_to: for where answers go",
    "notice_fields": "known: {names} (fields are named in [[lists]] of config.toml)",
    "notice_attached": '"{title}" cannot be attached: {why}',
    "notice_attached_fix": "take it out, or mend it with `digest items edit`",
    "notice_no_picture": "there is no picture {picture} here",
    "notice_picture_fix": (
        "JPEG, PNG, GIF and WebP are taken; a picture beside the text is named as in ![A gate](gate.jpg)"
    ),
    "notice_unreachable": "readers could not load {picture}: {address} cannot be reached from outside",
    "notice_unreachable_fix": "give [web] url, or leave the picture out",
    "item_unknown": 'No item "{wanted}" is known; `digest items` shows them',
    "item_near": 'No item "{wanted}" is known; did you mean {near}? `digest items` shows them',
    "item_several": '"{wanted}" names several items: {names}',
    "draft_changed": (
        "Draft {number} was changed meanwhile by {by} at {moment}; it is version {version} now, and stays as it is."
    ),
    "draft_gone": (
        "Draft {number} was sent as {campaign} meanwhile by {by} at {moment}; it is version {version} now, and stays "
        "as it is."
    ),
    "draft_unscheduled": "Draft {number} is not scheduled",
    "item_none": '"{words}" names no item',
    "type_number": "It goes to {number} people: type that number to send it. Nothing was done.",
    "time_missing": "Say when it is to go, as in 2026-11-23T08:00",
    "time_past": "{moment} is past; send it now, or name a later time",
    # conditions over people
    "where": "where {condition}: {why}",
    "where_field": (
        'where {condition}: there is no field "{field}"; {nearest} (fields are named in [[lists]] of config.toml)'
    ),
    "none": "none",
    "condition_long": "the condition has more than {number} characters",
    "condition_astray": "character {at}, {sign}, has no meaning here; a value with it needs quotes",
    "condition_deep": "the condition is nested more than {number} deep",
    "condition_wrong": "at character {at} stands {there}, where there should be {wanted}",
    "condition_end": "the end",
    "condition_word": '"{word}"',
    "condition_more": '"and", "or" or the end; a value of several words needs quotes',
    "condition_field": "the name of a field",
    "condition_sign": "=, != or in (...)",
    "condition_value": "a value",
    # addresses, and files of lists
    "address_dot": "the part after the @-sign has no dot; write the whole domain, such as example.org",
    "not_an_address": "That is no address: {why}",
    "list_line_fix": "mend or delete the line",
    "list_no_address": "no address in this row",
    "list_no_address_fix": "add it in the column email, or delete the line",
    "list_named": 'named by list "{name}"',
    "list_repeated": "{address} stands already at {where}",
    "column_several": "the columns {columns} could both be the {name}",
    "column_several_fix": 'say which in the list: columns = {{ {name} = "..." }}, or rename one',
    "column_email": "no column is named email, or anything like it; there are: {there}",
    "column_email_fix": 'name it email, or say in the list which it is: columns = {{ email = "..." }}',
    "column_none": "no column is named {name}; there are: {there}",
    "column_none_fix": 'add it, or say in the list which it is: columns = {{ {name} = "..." }}',
    "file_missing": "there is no such file",
    "not_utf8": "byte {byte} is not UTF-8",
    "not_utf8_fix": "save the file as UTF-8",
    # templates
    "template_none": "there is no template {name}",
    "template_encoding": "is not UTF-8 at byte {at}; save it as UTF-8",
    "template_itself": "it includes itself, over and over",
    "template_mjml": "is not MJML once it is filled in: {said}",
    "template_subject": "the subject is empty; every mail needs one",
    # what waits, and is arranged
    "arranged_empty": "Nothing would be left in {name}; take it back with `digest cancel {name}`",
    "arranged_there": "{item} is in {name} already",
    "arranged_not_there": "{item} is not in {name}",
    "arranged_not_dropped": "{item} was not dropped from {name}",
    "arranged_long": "The {line} has {number} characters; {most} at most",
    "arranged_note": "The note has {number} characters, {most} at most",
    "arranged_stands": (
        "{name} is {status}; only what waits is arranged: what is being sent is mended with `digest pause`, then "
        "`digest resume --recompose`"
    ),
    "not_to_be_moved": "{name} is {status}; only what is {states} can be told to {move}",
    "changed_by_sources": "its sources say something else by now",
    "changed_since": "{name} has changed since it was shown; look at it again.",
    "changed_edition": "{name} was changed since you looked at it; nothing was done",
    # people
    "by_hand_only": "by hand",
    "imported_from": "imported from {tool}",
    "bounced": "bounced",
    "complained": "complained",
    "blocked": "blocked",
    "suppressed_for": "{reason}: {said}",
    "person_suppressed": (
        "{address} is suppressed: {reason}; if it can be mailed again, `digest suppress --lift {address}` first."
    ),
    "person_forgotten": "That address is forgotten: nothing is held about it, and it stays unmailed.",
    "not_suppressed": "{address} is not suppressed.",
    "not_suppressed_left": (
        "{address} is not suppressed; they left {lists}, and come back by confirming, never by this."
    ),
    "consent_mistake": "{by}: leaving was a mistake",
    "consent_mailed": "{by}: a link mailed to the address",
    "consent_link": "a link to their preferences was mailed",
    "consent_reported": "reported by {by}",
    "consent_invited": "invited {moment}; confirmed by the link in the mail",
    "consent_invited_from": "invited {moment} from {network}; confirmed by the link in the mail",
    "consent_asked": "asked by the form {moment}; confirmed by the link in the mail",
    "consent_asked_from": "asked by the form {moment} from {network}; confirmed by the link in the mail",
    "wants": "{told} ({digest})",
    "wants_mute": "mute {name}",
    "wants_unmute": "unmute {name}",
    "wants_pause": "pause until {moment}",
    "wants_resume": "resume",
    "wants_choose": "choose {digest}",
    "wants_language": "language {language}",
}
