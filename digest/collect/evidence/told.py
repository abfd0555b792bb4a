"""The evidence in words, as an editor reads it."""

from digest.collect.evidence.answers import Alike
from digest.collect.evidence.otherwise import WOULD, Otherwise
from digest.collect.evidence.verdict import Evidence
from digest.model import A, Kind

_SIGNS = {
    "role": "names a role",
    "role spoken of": "speaks of people by their role",
    "vacancy_noun": "speaks of a vacancy",
    "seeks": "looks for somebody",
    "apply": "says how to apply",
    "closing": "has a closing date",
    "interview": "speaks of interviews",
    "pay": "says what is paid",
    "hours": "says how many hours",
    "workplace": "says where one works",
    "post_noun": "speaks of the post",
    "qualities": "says what one should be",
    "equal": "welcomes applicants alike",
    "informal_chat": "offers a chat about it",
    "unpaid_role": "speaks of volunteers",
    "study": "names a studentship or the like",
    "event_noun": "names an event",
    "several_events": "speaks of several events",
    "announces": "announces what is to come",
    "attendees": "speaks of those who take part",
    "invites": "invites to come",
    "happening": "says that it takes place",
    "venue": "names a place to meet",
    "refreshments": "speaks of food and access",
    "speaker": "names speakers or a programme",
    "reported": "reports what was",
    "appointed": "tells who was appointed",
    "survey": "asks for answers or views",
    "calls": "calls for contributions",
    "grants": "speaks of grants or gifts",
    "asks": "asks the reader",
    "seeks_work": "is by somebody who looks for work",
    "news": "gives news",
    "called_off": "calls something off",
    "goods": "offers or looks for a thing",
    "obituary": "remembers somebody",
    "election": "speaks of votes",
    "closure": "tells of closures or dues",
    "date": "has a date",
    "coming": "has a date to come",
    "deadline": "has a date to do something by",
    "past": "has a date gone by",
    "clock": "has a time of day",
    "hours of day": "says from when to when",
}
_SHAPES = {
    "shape: short": "it is short",
    "shape: long": "it is long",
    "shape: you": "it speaks to the reader",
    "shape: I": "it speaks of the writer",
    "shape: we": "it says we",
    "shape: past tense": "it tells of what was",
    "shape: will": "it tells of what will be",
    "shape: questions": "it asks questions",
    "shape: links": "it has many links",
    "shape: money": "it has many amounts of money",
    "shape: numbers": "it has many numbers",
    "shape: dates": "it has many dates",
    "shape: times": "it has many times of day",
    "shape: labels": "its lines have labels",
    "shape: lists": "it has lists",
    "shape: headings": "it has headings",
    "dates: none": "it has no date",
    "dates: only past": "all its dates are gone by",
    "dates: several ahead": "it has several dates to come",
    "dates: soon": "a date is near",
    "dates: like a start": "a date is told as when something starts",
    "dates: like a closing date": "a date is told as when something closes",
    "dates: like a start alone": "a date is told as a start, and none as a closing date",
    "dates: with a weekday": "a date to come has its weekday",
    "dates: with a weekday and a time": "a date to come has its weekday and a time",
    "dates: of several days": "it speaks of several days to come",
    "dates: before a place": "a place stands behind a date",
    "dates: behind a place": "a place stands before a date",
    "dates: at the beginning of a line": "a line begins with a date to come",
    "dates: nearly alone in a line": "a line is little more than a date to come",
    "title: length": "its title is long",
    "title: question": "its title is a question",
    "title: colon": "its title has a colon",
    "title: comma": "its title has a comma",
    "title: brackets": "its title has brackets",
    "title: capitals": "words of its title begin with capitals",
    "category: vacancies": "its category is of vacancies",
    "category: events": "its category is of events",
    "category: news": "its category is of news",
    "label: job": "it has labels of an advert",
    "label: event": "it has labels of an invitation",
}
_TOKENS = {"{date}": "a date", "{time}": "a time", "{money}": "an amount", "{number}": "a number", "{link}": "a link"}
_COUNTS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MOST_TITLES = 3
_PARTS = {"title": "the title", "lead": "its beginning", "body": "the rest", "any": "it"}


def in_words(evidence: Evidence) -> str:
    """One piece as a line: ``+1.3 the title names a role ("Assistant")``."""
    part, _, name = evidence.sign.partition(": ")
    plain = name.removesuffix("_hint")
    if evidence.sign.startswith('"'):
        word = evidence.sign.strip('"')
        place = "its title has" if word.startswith("title: ") else "it has"
        for token, meaning in _TOKENS.items():
            word = word.replace(token, meaning)
        said = f"{place} “{word.removeprefix('title: ')}”"
    elif evidence.sign in _SHAPES:
        said = _SHAPES[evidence.sign]
    elif name.startswith(("begins with ", "ends with ")):
        how, _, what = name.partition(" with ")
        said = f"its title {how} with what {_said(what)}"
    elif part in _PARTS and plain in _SIGNS:
        said = f"{_PARTS[part]} {'perhaps ' if plain != name else ''}{_SIGNS[plain]}"
    elif " with " in evidence.sign:
        one, _, other = evidence.sign.partition(" with ")
        said = f"one sentence {_said(one)} and {_said(other)}"
    else:
        said = evidence.sign
    words = f" ({', '.join(f'“{word}”' for word in evidence.words)})" if evidence.words else ""
    return f"{evidence.weight:+.1f} {said}{words}"


def alike_in_words(alike: Alike) -> str:
    """What editors called others like it as a line: ``+0.8 three like it were called a vacancy here``."""
    count = len(alike.titles)
    others = f"{_COUNTS[count] if count < len(_COUNTS) else f'{count:,}'} like it" if count else ""
    who = " and ".join(filter(None, ("this" if alike.own else "", others))) or "others with something of it"
    were = "was" if count + alike.own == 1 else "were"
    titles = ", ".join(f"“{title}”" for title in alike.titles[:_MOST_TITLES])
    return f"{alike.weight:+.1f} {who} {were} called {A[alike.kind]} here{f' ({titles})' if titles else ''}"


def change_in_words(change: Otherwise, kind: Kind) -> str:
    """What would change the verdict that it is of this kind, as a clause."""
    *others, last = (WOULD[name] for name in change.signs)
    said = f"{', '.join(others)} and {last}" if others else last
    if change.enough:
        return f"{A[change.kind]} rather than {A[kind]} if it {said}"
    return f"nearer to {A[change.kind]}, yet still {A[kind]}, if it {said}"


def _said(name: str) -> str:
    plain = name.removesuffix("_hint")
    return ("perhaps " if plain != name else "") + _SIGNS.get(plain, plain)
