"""The words by which a post gives away a vacancy or an event, and the facts that stand beside them; patterns only."""

import re

from digest.collect.dates import MONTH, WEEKDAY


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b", re.IGNORECASE)


def _label(names: str, value: str = "") -> re.Pattern[str]:
    """A label at the beginning of a line, after bullets and the like; a run of those is looked at once."""
    return re.compile(rf"^[^\w\n]*+(?:{names})\s*:{value}", re.IGNORECASE | re.MULTILINE)


_GAP = r"(?:[^.!?\n]|[.](?=\S)){0,60}"  # within one sentence, past the dots of an address
CLOSING = _words(
    r"(?:deadline|closing date)\b[^.!?\n]{0,60}\b(?:now|extended (?:to|until))",
    r"closing (?:date|time)(?! (?:was|has|had|passed))(?! for (?!(?:all |this |the )?(?:applications?|post|role|job)))",
    r"clos(?:es|ing) (?:on|at)",
    rf"clos(?:es|ing)(?=\s*:)|clos(?:es|ing)(?=\s+(?:{WEEKDAY}|{MONTH}|\d))",
    r"apply (?:by|before|no later than|online by)",
    r"applications?\s+(?:will\s+)?(?:close|closes|closing)(?! when)",
    r"applications?\b[^.!?\n]{0,60}\b(?:by|until|before|no later than)",
    r"deadline(?: for (?:all )?applications?)?(?! (?:was|has|had|passed))",
    r"last (?:date|day) (?:for applications?|to apply)",
    rf"(?:send|submit|e-?mail|return)\b{_GAP}\b(?:cv|application|covering letter)\b{_GAP}\bby",
)
CLOSING_LABEL = _label(r"closing date(?: for applications)?")
PROMISED = _words(
    r"closing date|deadline|last (?:date|day)|apply by the"
)  # a vacancy even where the date cannot be read
ANOTHER_CLOSING = _words(
    r"survey|consultation|questionnaire|poll|ballot|competition|nominations?|bookings?|registration|tickets?",
    r"exhibition|shop|office|shed|orders?|petition",
)
ROLE = _words(
    r"(?:co-?ordinator|officer|assistant|manager|worker|director|administrator|apprentice|facilitator|advis[eo]r)s?",
    r"(?:gardener|ranger|warden|researcher|trainer|tutor|intern|internship|secretary|treasurer|caretaker|clerk|cook)s?",
    r"(?:grower|driver|carpenter|teacher|technician|supervisor|chef|designer|editor|receptionist|trainee|apprenticeship"
    r"|traineeship|organiser|fundraiser|forester|ecologist|labourer|cleaner|consultant|mentor|chief executive)s?",
    r"head of \w+",
    r"(?:team|project|programme|development|communications?) lead",
    r"vacanc(?:y|ies)|jobs?(?! (?:of|well)\b)|recruiting|hiring",
)
JOB = (
    _words(r"per annum", r"pro rata", r"per hour", r"an hour", r"p\.a\.", r"a year", r"salary", r"real living wage"),
    _words(r"fixed[- ]term", r"full[- ]time", r"part[- ]time", r"permanent", r"maternity cover", r"secondment"),
    _words(r"\d+(?:\.\d+)? hours (?:per|a) week", r"\d+(?:\.\d+)? days (?:per|a) week", r"fte"),
    _words(
        r"vacanc(?:y|ies)",
        r"job description",
        r"person specification",
        r"application (?:pack|forms?|materials)",
        r"(?:send|submit|e-?mail)\b[^.!?\n]{0,30}\bcv",
    ),
    _words(r"(?:recruiting|recruit|hiring|appoint)", r"the (?:role|post ?holder|successful (?:candidate|applicant))"),
)
UNPAID = _words(
    r"unpaid (?:role|position|post|work)", r"(?<!or )voluntary (?:role|position|post|job)", r"expenses only"
)
_PAID_ROLE = r"(?:manager|co-?ordinator|officer|lead|director|advis[eo]r)s?"
NO_JOB = _words(
    r"(?:grants?|funds?|funding|awards?|volunteers?|conference|competition|survey|consultation)"
    rf"(?!(?:\s+(?:and|&)\s+\w+)?(?:\s+\w+)?\s+{_PAID_ROLE}\b)",
    r"bursar(?:y|ies)|prizes?|tenders?",
    r"call for (?:papers|proposals|abstracts|stories|photos|contributions|evidence|workshops|speakers)|abstracts?",
    r"webinar|plots?|thanks|thank you|congratulations|welcome to",
)
_MONEY = r"£\s?\d[\d,]*(?:\.\d+)?k?\b"
_UNIT = (
    r"(?:\s*\(?(?:per annum|p\.a\.|pa\b|a year|per year|per hour|an hour|per day|a day|per week|pro rata|fte\b"
    r"|full[- ]time equivalent)\)?,?)"
)
SALARY = re.compile(rf"{_MONEY}(?:\s*(?:-|–|—|to)\s*{_MONEY})?{_UNIT}+", re.IGNORECASE)
AMOUNT = re.compile(rf"{_MONEY}(?:\s*(?:-|–|—|to)\s*{_MONEY})?", re.IGNORECASE)

_EVENTS = (
    r"conference|meeting|meet-?up|gathering|practice exchange|agm|annual general meeting|assembly|forum|roundtable",
    r"workshop|seminar|webinar|symposium|summit|training(?: day| session| course)?|session|course|class|masterclass",
    r"talk|lecture|briefing|demonstration|taster|showcase|screening|exhibition|retreat|drop-in|coffee morning|quiz",
    r"event|launch|festival|celebration|party(?! wall)|work party|get-together|picnic|supper|lunch|dinner|breakfast",
    r"concert|ceilidh|singing|carols|bonfire|barbecue|bbq|f[eê]te|fayre|fair(?! trade)|show(?! gard)|wassail",
    r"walk|tour|visit|study visit|site visit|market(?! gard)|plant sale|jumble sale|(?:seed |plant )?swap",
    r"open day|open evening|work ?day|apple day|(?:spring|summer|autumn|winter) school",
)
_DOING = r"(?:(?!closing|following|during|working|evening|morning)[a-z]+ing|family|fun|action|potato|seed)"
EVENT = _words(*_EVENTS, rf"{_DOING} (?:day|morning|afternoon|evening|weekend)", r"(?:save|hold) the date")
INVITING = _words(
    r"join (?:us|our)|save the date|(?:you(?:'|’)?re|you are|all|everyone(?: is| are)?|members are) (?:all )?invited",
    r"(?:you are|all|everyone(?: is)?|members are) (?:all )?welcome",
    r"invites? (?:you|everyone|all members)|our (?:next|annual|first|second|third|spring|summer|autumn|winter)\b"
    r"[^.!?\n]{0,60}\b(?:is|will be) (?:on|at|in)",
    r"register (?:now|here|today|online|for|your)|book (?:now|here|your|a place|online)|sign up (?:now|here|today|for)",
    r"come along|come and join|tickets? (?:are|is|from|cost|now)|rsvp|hold the date|put it in your diar(?:y|ies)",
)
COMING = _words(
    r"join us|come along|come and join|invited|invites", r"(?:all|everyone|beginners|visitors)(?: is| are)? welcome"
)
HAPPENING = _words(
    r"(?:will be|is being|is to be|are being) (?:held|hosted)|(?:will )?takes? place|will (?:meet|gather)",
    r"will (?:host|run|hold)|(?:we|we(?:'|’)re|we are|network is) (?:will be )?(?:holding|hosting|running)",
    r"next (?:meeting|gathering|workshop)",
    rf"(?:is|are|will be|runs?) (?:on|from) (?:the )?(?={WEEKDAY}|{MONTH}|\d)",
)
BARE_WHEN = re.compile(r"(?:\W|\b(?:from|to|until|till|between|and|for|at|on|the|noon|midday|midnight|[ap]\.?m)\b)*")
STARTING = re.compile(
    r"\b(?:doors|starts?|starting|begins?|beginning|meet(?:ing)?|gather(?:ing)?|arrive|kick-?off)\b"
    r"[^.!?\n\d]{0,40}$",
    re.IGNORECASE,
)
UNTIL = re.compile(
    r"\s*(?:-|–|—|to)\s*(?:(?:about|around|approximately|late)\s+)?|.*\b(?:until|till|finish\w*|end(?:s|ing)?)\b.*",
    re.IGNORECASE | re.DOTALL,
)
ON_A_DAY = re.compile(r"\b(?:on|from)\s+$", re.IGNORECASE)
WHEN_LABEL = re.compile(r"(?:date|dates|when|date and time)\s*:", re.IGNORECASE)
PAST = _words(
    r"took place|was held|were held|held last|last (?:week|month|year|night|mon|tues|wednes|thurs|fri|satur|sun)\w*",
    r"thank(?:s| you)|attended|met (?:at|in|on)|was|were|had|yesterday|report (?:from|of|on)|notes (?:from|of)",
    r"minutes (?:from|of)|photos (?:from|of)|reflections|looking back|what we learned|highlights (?:from|of)|follow",
    r"postponed|cancelled|canceled|called off|recording|(?<!be )missed",
)
NOT_THE_DATE = re.compile(
    r"(?:\bby|deadline\b.{0,30}|\buntil|\bbefore|\bclos(?:es|ed|ing)\b.{0,30}|\bsince"
    r"|\b(?:planned|scheduled|announced) for|\b(?:originally|instead of|rather than|moved from|not)(?: on| for)?"
    r"|\b(?:on sale|(?:bookings?|registration) (?:opens?|closes?))(?: from| on)?"
    r"|\b(?:published|posted)(?: on)?|\bupdated(?: on)?|\bafter|\bno later than|\blast)\s*:?\s*"
    r"(?:the\s+|noon on\s+|midnight on\s+|\d{1,2}(?:[:.]\d\d)?\s*[ap]m on\s+)?\(?$",
    re.IGNORECASE,
)
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
TIME_LABELS = frozenset(("time", "times", "when", "doors", "date", "date and time", "start", "starts"))
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
SENTENCE = re.compile(r"(?<=[.!?])(?<!a\.m\.)(?<!p\.m\.)\s+(?=[^\W\d_a-z])")
ROLLING = _words(r"until filled|rolling|no closing date|open until|until we (?:find|have found)|no deadline|any time")
