"""The words beside which the facts of a vacancy or an event stand; patterns only."""

import re

from digest.collect.dates import MONTH, WEEKDAY


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b", re.IGNORECASE)


def _label(names: str, value: str = "") -> re.Pattern[str]:
    """A label at the beginning of a line, after bullets and the like; a run of those is looked at once."""
    return re.compile(rf"^[^\w\n]*+(?:{names})\s*:{value}", re.IGNORECASE | re.MULTILINE)


ROLE = _words(
    r"(?:co-?ordinator|officer|assistant|manager|worker|director|administrator|apprentice|facilitator|advis[eo]r)s?",
    r"(?:gardener|ranger|warden|researcher|trainer|tutor|intern|internship|secretary|treasurer|caretaker|clerk|cook)s?",
    r"(?:grower|driver|carpenter|teacher|technician|supervisor|chef|designer|editor|receptionist|trainee|apprenticeship"
    r"|traineeship|organiser|fundraiser|forester|ecologist|labourer|cleaner|consultant|mentor|chief executive)s?",
    r"head of \w+",
    r"(?:team|project|programme|development|communications?) lead",
    r"vacanc(?:y|ies)|jobs?(?! (?:of|well)\b)|recruiting|hiring",
)
_MONEY = r"£\s?\d[\d,]*(?:\.\d+)?k?\b"
_UNIT = (
    r"(?:\s*\(?(?:per annum|p\.a\.|pa\b|a year|per year|per hour|an hour|per day|a day|per week|pro rata|fte\b"
    r"|full[- ]time equivalent)\)?,?)"
)
SALARY = re.compile(rf"{_MONEY}(?:\s*(?:-|–|—|to)\s*{_MONEY})?{_UNIT}+", re.IGNORECASE)
AMOUNT = re.compile(rf"{_MONEY}(?:\s*(?:-|–|—|to)\s*{_MONEY})?", re.IGNORECASE)

_PROPER = r"(?:St\.|[^\W\d_a-z][\w'’&-]*)"
_PLACE = rf"{_PROPER}(?:,?[ ](?:(?:of|the|upon|on|and|in|le|y|yr|new)[ ]){{0,3}}{_PROPER}){{0,9}}"
PLACE_LABEL = _label("where|venue|location|place|based", r"\s*(?P<place>\S.{1,118})$")
PLACE_HELD = re.compile(
    r"\b(?:held|hosted|place|meet|gather|us|be|is|meeting|here|again)\s+(?:at|in)\s+(?:the\s+|our\s+)?"
    rf"(?P<place>{_PLACE})"
)
PLACE_AFTER = re.compile(rf"\b(?:at|in)\s+(?:the\s+|our\s+)?(?P<place>{_PLACE})")
PLACE_WORK = re.compile(
    rf"\b(?:office|offices|team|garden|base|hub|centre|based|working|work)\s+(?:is\s+)?(?:in|at)\s+(?:central\s+)?"
    rf"(?P<place>{_PROPER}(?:[ ](?:upon |on |of |le )?{_PROPER}){{0,3}})"
)
DATED = re.compile(rf",?\s(?:(?:on|from|this|next)\s)?(?:{WEEKDAY}|{MONTH})(?=\W|$)", re.IGNORECASE)
CALENDAR_WORD = re.compile(rf"(?:{MONTH}|{WEEKDAY}|we\b|please\b|i\b|this\b)", re.IGNORECASE)
_MORE = rf"(?:[ ](?:(?:of|the|and|for) ){{0,2}}{_PROPER}){{0,6}}"
EMPLOYER_LABEL = _label("employer|organisation", r"\s*(?P<name>\S.{1,98})$")
SALARY_LABEL = _label("salary|pay|rate of pay", r"\s*(?P<salary>\S.{1,98})$")
EMPLOYER_AT = re.compile(rf"\b(?:at|with|for)\s+(?:the\s+)?(?P<name>{_PROPER}{_MORE})$")
EMPLOYER_IS = re.compile(
    rf"^(?:The\s+)?(?P<name>{_PROPER}{_MORE})\s+(?:is|are)\s+(?:an?|the)\s"
    r"[^.\n]{0,80}\b(?:charity|organisation|trust|network|company|co-?operative|enterprise|partnership|association)",
    re.MULTILINE,
)
CONDITIONS = re.compile(
    r"\d|£|\b(?:fixed|part|full|term|time|hours?|maternity|cover|permanent|temporary|vacancy|job|closing|apply)\b",
    re.IGNORECASE,
)
URL = re.compile(r"https?://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"]{1,2000}")
APPLY = _words(
    r"(?:more|further|full|all) (?:details|information)|details|apply|application",
    r"job (?:pack|description)|find out more",
)
BOOK = _words(r"register|registration|book|booking|sign up|details|programme|tickets?|information|join|find out more")
ROLLING = _words(r"until filled|rolling|no closing date|open until|until we (?:find|have found)|no deadline|any time")
