"""What a vacancy pays, as written: the likeliest of the sums of money in a post, else what a label says; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from digest.collect.languages import of_all_languages
from digest.collect.languages.patterns import any_of
from digest.text.markup import one_line

_LINE = 1_000  # characters of a line that are looked at
_NEAR = 60  # characters before a sum that say what it is
_LONGEST = 90  # characters of what is kept
_FIGURES = r"\d{1,3}(?:[ .,  ]\d{3}){1,2}(?:[.,]\d{2})?(?!\d)|\d{1,6}(?:\.\d{1,2})?(?!\d)"
_CODE = r"(?:EUR|GBP|USD|CAD|AUD|NZD|CHF|NOK|SEK|DKK|INR|Rs\.?|kr\.?)"
_SUM = rf"(?:(?:(?:US|CA|NZ|AU|A|C)?[£€$]|\b{_CODE})\s?(?:{_FIGURES})(?:\s?[kK]\b)?(?:/-)?)"
_BEHIND = rf"\b(?:{_FIGURES})(?:\s?k)?\s?(?:€|euros?\b|pounds\b|{_CODE}(?![^\W\d_]))"
_MONEY = rf"(?:{_BEHIND}|{_SUM})"
_TO = r"\s?(?:-|–|—|to\b|rising to\b|and(?= £\d[\d.]{0,6} an? ))\s?"
_PERIOD = r"(?:year|month|week|day|hour|session|visit|shift|night|interview)"
_UNIT = (
    rf"(?:\s?(?:per [a-z]{{3,12}}(?:-day| hour)?|an? (?:{_PERIOD}|[a-z]{{4,12}}(?=[.,;)\n]|$))|p\.?/?a\b\.?"
    rf"|p\.?/?h\b\.?|p\.?/?w\b\.?|pcm\b"
    r"|/\s?(?:hour|hr|day|week|month|year|h|d)\b|pro[- ]rata\b|\(?FTE\b\)?|gross\b|net\b|brutt?o?\b|inc(?:l?\."
    r"|luding|lusive of) (?:VAT|expenses)"
    r"|inclusive\b|all in\b|actual\b|full[- ]time equivalent\b|outside IR35))"
)
_NOUN = r"(?:\s(?:maintenance |flat |fixed )?(?:stipend|bursary|grant|fee|voucher|honorarium|minimum call-out))"
_MORE = r"(?:\s\+\s?[^\n.,;:()]{1,40}(?:(?<=\d),\d{3}[^\n.,;:()]{0,40})?|\splus [a-z][^\n.,;:()]{2,40}(?=[.,;()\n]|$))"
_GRADE = r"(?:(?:Band|SCHADS Level) \w{1,3},\s|Grade \w{1,3}:\s)"
_AMOUNT = re.compile(
    rf"(?:{_GRADE})?(?:(?:up to|circa|ca?\.)\s?)?(?P<sum>{_MONEY}(?:{_TO}(?:{_MONEY}|(?:{_FIGURES})(?:\s?[kK]\b)?))?)"
    rf"(?P<unit>{_NOUN}?{_UNIT}{{0,3}})(?P<more>{_MORE}?)",
    re.IGNORECASE,
)
_NOT_PAY = re.compile(
    r"\b(?:raised|turn(?:s|ed)? over|turnover|income|costs?|(?:a|own|small) budget|budgets? of|deposit|tickets?"
    r"|donat\w{1,6}|grant of"
    r"|awarded?|won|lottery|members?(?:hip)? fee|reserves|savings?|saved|expenses|travel|relocation|mileage|prize"
    r"|profit|sales|debt"
    r"|grants? (?:of|from|up to)|funds?|spend|spent|training|CPD|charge|owed?|bought|sold|sell|allowance of"
    r"|insurance)\W{1,3}$"
    r"|\b(?:worth|of up to|for research costs|turnover of|raised|budget of|assets of|(?:bid"
    r"|applied) for)\W{1,3}(?:\w{1,12} ){0,2}$",
    re.IGNORECASE,
)
_AFTER_NOT = re.compile(
    r"\s?(?:m|bn|million|billion|turnover|a ticket|each for|in (?:grants?|funding|debt|donations)|for (?:research"
    r"|travel|members|training|materials))\b",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"\b(?:NJC|SCP|MPS ?\d|UPS ?\d|TV-L E ?\d{1,2}|L\d{1,2}|Band \d|Grade \d{1,2}|Grade [A-K])(?:[ \d–-]|SCP|MPS"
    r"|L\d|equivalent|, \d\d ?%){0,12}"
)
_OFFERED = re.compile(
    r"\b(?:fee|pay|salary|wage|stipend|honorarium)(?: is| of| will be|:)? (?:up to )?$", re.IGNORECASE
)
_HOURS = re.compile(
    r"[,.;]?\s\(?(?:for (?:about )?)?(?:hourly|\d{1,2}(?:\.\d{1,2})?[ -](?:hours?|hrs?|days?)|full|part|fixed|perm)",
    re.IGNORECASE,
)
_ANNUAL = range(8_000, 260_000)  # what is paid for a year
_ENOUGH = 3  # points


class _Patterns(NamedTuple):
    label: re.Pattern[str]
    paid: re.Pattern[str]
    free: re.Pattern[str]


@of_all_languages
def _patterns() -> _Patterns:
    label = rf"[^\w\n]{{0,8}}(?:grade ?/ ?)?{any_of('pay')}\W{{0,3}}(?::|\|| [-–—] |\t)\W{{0,4}}(?P<said>.{{2,200}})"
    return _Patterns(
        label=re.compile(label, re.IGNORECASE),
        paid=re.compile(rf"\b{any_of('paid')}\b", re.IGNORECASE),
        free=re.compile(rf"\b{any_of('free')}\b", re.IGNORECASE),
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    words: str
    points: int


def salary(title: str, text: str) -> str | None:
    """What is paid, with its currency; nothing where no sum is likely to be that."""
    offers = [offer for line in (title, *text.split("\n")) for offer in _offers(line[:_LINE])]
    best = max(offers, key=lambda offer: offer.points, default=None)
    if best is not None and best.points >= _ENOUGH:
        return best.words
    return next(filter(None, map(_labelled, text.split("\n"))), None)


def _offers(line: str) -> Iterator[_Offer]:
    label = _patterns().label.match(line)
    for match in _AMOUNT.finditer(line):
        before, after = line[max(0, match.start() - _NEAR) : match.start()], line[match.end() : match.end() + 40]
        points = (
            4 * (label is not None)
            + 3 * bool(match["unit"].strip())
            + 2 * bool(_patterns().paid.search(before))
            + _size(match["sum"])
        )
        points += bool(_HOURS.match(after)) + 2 * (not before.strip(" -–•*|\t"))
        points += bool(match["more"]) + bool(_OFFERED.search(before))
        if _NOT_PAY.search(before.split(". ")[-1]):
            points -= 5
        if _AFTER_NOT.match(after):
            points -= 9
        yield _Offer(_whole(match), points)


def _size(written: str) -> int:
    """How likely a sum is pay by its size alone."""
    figures = [float(one.replace(",", "").replace(" ", "")) for one in re.findall(r"\d[\d, ]{0,12}", written)[:1]]
    thousands = 1000 if re.search(r"\d\s?k", written, re.IGNORECASE) else 1
    annual = bool(figures) and int(figures[0] * thousands) in _ANNUAL
    ranging = len(re.findall(r"\d[\d,. ]*", written)) > 1
    return 3 * annual + 2 * ranging


def _whole(match: re.Match[str]) -> str:
    more = match["more"]
    if more.startswith(" plus") and match["unit"] and not match["unit"].startswith("/"):
        more = ""
    words = one_line(match[0][: len(match[0]) - len(match["more"])] + more)
    words = words[:_LONGEST].rstrip(" ,;:")
    return words.removesuffix(")") if "(" not in words else words


def _labelled(line: str) -> str | None:
    """What a label says where it names no sum: a grade, or that it is open."""
    label = _patterns().label.match(line[:_LINE])
    if label is None:
        scale = _SCALE.search(line[:_LINE])
        return one_line(scale[0]).rstrip(" ,-–") if scale and _patterns().paid.search(line) else None
    if scale := _SCALE.search(label["said"]):
        return one_line(scale[0]).rstrip(" ,-–")
    return one_line(label["said"])[:_LONGEST].rstrip(" .") if _patterns().free.search(label["said"]) else None
