"""The words beside which addresses and open ends stand in vacancies and events; patterns only."""

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b", re.IGNORECASE)


URL = re.compile(r"https?://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"]{1,2000}")
APPLY = _words(
    r"(?:more|further|full|all) (?:details|information)|details|apply|application",
    r"job (?:pack|description)|find out more",
)
BOOK = _words(r"register|registration|book|booking|sign up|details|programme|tickets?|information|join|find out more")
ROLLING = _words(r"until filled|rolling|no closing date|open until|until we (?:find|have found)|no deadline|any time")
