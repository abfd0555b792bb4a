"""The wordings of what a look at a mail finds; as those of `console_phrases`.

``finding_of_...`` names what is looked at, by the code that stays the same.
"""

from collections.abc import Mapping

FINDING_PHRASES: Mapping[str, str | tuple[str, str]] = {
    "finding_in": "in {language}: {told}",
    "finding_more": "{places} and {number} more",
    "finding_of_subject": "subject",
    "finding_of_unresolved": "unfilled",
    "finding_of_past": "over",
    "finding_of_weekday": "weekday",
    "finding_of_link": "link",
    "finding_of_link-words": "words of a link",
    "finding_of_http": "without TLS",
    "finding_of_image-size": "size of a picture",
    "finding_of_image-alt": "words for a picture",
    "finding_of_image-source": "source of a picture",
    "finding_of_image-elsewhere": "picture of another site",
    "finding_of_image-unfetched": "picture that is not shown",
    "finding_of_contrast": "contrast",
    "finding_of_clients": "mail programs",
    "finding_of_budget": "size",
    "finding_of_unsubscribe": "leaving",
    "finding_of_postal-address": "postal address",
    "finding_of_text-part": "text part",
    # where
    "finding_place_html": "the HTML",
    "finding_place_text": "the text part",
    "finding_place_subject": "the subject",
    "finding_place_element": "the HTML’s <{tag}>",
    "finding_place_attribute": "{element} in its {attribute}",
    "finding_place_sign": "{sign} in {place}",
    "finding_place_sheet": "a style sheet",
    "finding_place_link": '{element} to "{address}"',
    "finding_place_no_source": "<img> without src",
    # subject
    "finding_subject_empty": "it is empty; write one in the announcement, or in [[digests]] subject",
    "finding_subject_long": 'it has {length} characters; lists of mail show {most} at most: "{cut}"',
    "finding_subject_answer": '"{cut}" looks like an answer to a mail nobody wrote; leave that out',
    # what it says
    "finding_unfilled": "{place} has {left}: mend the template, or the setting it is from",
    "finding_as_it_stands": "{left} is sent as it stands: only {field} is filled",
    "finding_past": '"{title}": {reason}; take it out with `digest items edit {key} --hide`, or set its date',
    "finding_past_event": "event is over",
    "finding_closed_vacancy": "vacancy has closed",
    "finding_weekday": '"{words}" is a {day}; ask who wrote it',
    "finding_contradicts": (
        '"{title}" ({item}) contradicts itself: "{words}"; set it with `digest items edit`; ask who wrote it'
    ),
    # the whole
    "finding_budget": (
        "the HTML has {size} bytes; Gmail clips what has {most} or more: "
        "shorten it, or set a limit in the digest's sections"
    ),
    "finding_no_leaving_html": (
        "the HTML has no link to unsubscribe: put {markup} into the template; the shipped footer has it"
    ),
    "finding_no_leaving_text": (
        "the text part has no link to unsubscribe: put {markup} into the template; the shipped footer has it"
    ),
    "finding_no_address": (
        "there is none; many countries ask for one in mail to a list: set postal_address in [network]"
    ),
    "finding_address_not_shown_html": "the HTML does not show it; the shipped footer does",
    "finding_address_not_shown_text": "the text part does not show it; the shipped footer does",
    "finding_text_part": (
        "the text part has {told} words, the HTML {shown}: tell in it what the HTML tells; "
        "some read only that, and filters compare the two"
    ),
    # links and pictures
    "finding_link": "{places}: leads nowhere; write the whole address, https://...",
    "finding_link_words": "a link to {places} has nothing to click on; give it words",
    "finding_http": "{places}: not https; anybody on the way can read and change what comes back",
    "finding_image_size": (
        "{places}: give width and height in pixels, at most {widest} wide; classic Outlook shows them at full size else"
    ),
    "finding_image_alt": (
        '{places}: say what it shows, alt="..." or ![...](address); a decoration says role="presentation"'
    ),
    "finding_image_source": "{places}: nothing can be loaded from there; write the whole https address",
    "finding_image_elsewhere": (
        "{places}: whoever reads is seen there, and it may be gone one day; give it as a file beside the text"
    ),
    "finding_image_unfetched": (
        "{places}: could not be fetched, and its words stand there as a link; is it a JPEG, PNG, GIF or WebP from 120 "
        "pixels across and up to 20 MB that everybody can open? Else give it as a file"
    ),
    "finding_image_not_yet": (
        "{places}: is not fetched yet, and its words stand there as a link; it is when this is saved, tested or sent"
    ),
    # how it looks
    "finding_contrast": (
        "{colour} on {background} has a contrast of {ratio}; {needed} is readable ({places}); "
        "change the colours in [brand] or in the template"
    ),
    "finding_clients": "{places}: not supported by {programs} ({page})",
}
