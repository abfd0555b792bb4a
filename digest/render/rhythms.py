"""How an event recurs, in words: "Every first Tuesday of the month"; pure."""

from collections.abc import Sequence
from datetime import date
from gettext import NullTranslations

from babel import Locale
from babel.dates import get_month_names

from digest.model import Frequency, Rhythm
from digest.render.dates import day_and_month
from digest.render.phrases import Phrases

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKING_DAYS = tuple((weekday, 0) for weekday in range(5))
_PAIRS = {(1, 3): "nth_1_3", (2, 4): "nth_2_4"}
_LEAP_YEAR = 2024


def say_rhythm(rhythm: Rhythm, phrases: Phrases) -> str:
    """A rhythm as a sentence of its own, without a full stop."""
    match rhythm.frequency:
        case Frequency.DAILY:
            said = phrases.say("every_day") if rhythm.interval == 1 else phrases.say("every_days", rhythm.interval)
        case Frequency.WEEKLY:
            said = _weekly(rhythm, phrases)
        case Frequency.MONTHLY:
            said = _monthly(rhythm, phrases)
        case Frequency.YEARLY:
            return _capitalised(_yearly(rhythm, phrases))
    return _capitalised(_in_months(said, rhythm.months, phrases))


def rhythm_in_english(rhythm: Rhythm) -> str:
    """As `say_rhythm`, for organisers' tables and documents, whatever language members read."""
    return say_rhythm(rhythm, Phrases(locale=Locale("en", "GB"), translations=NullTranslations()))


def _weekly(rhythm: Rhythm, phrases: Phrases) -> str:
    if rhythm.weekdays == _WORKING_DAYS and rhythm.interval == 1:
        return phrases.say("working_days")
    days = phrases.listed([phrases.say(_WEEKDAYS[weekday]) for weekday, _ in rhythm.weekdays])
    match rhythm.interval:
        case 1:
            return phrases.say("every_weekday", days=days)
        case 2:
            return phrases.say("every_two_weeks", days=days)
    return phrases.say("every_weeks", rhythm.interval, days=days)


def _monthly(rhythm: Rhythm, phrases: Phrases) -> str:
    if rhythm.weekdays:
        nth = _nth(rhythm, phrases)
        match rhythm.interval:
            case 1:
                return phrases.say("every_nth", nth=nth)
            case 2:
                return phrases.say("every_two_months_nth", nth=nth)
        return phrases.say("every_months_nth", rhythm.interval, nth=nth)
    days = phrases.listed([_month_day(day, phrases) for day in rhythm.month_days])
    match rhythm.interval:
        case 1:
            return phrases.say("every_month_day", days=days)
        case 2:
            return phrases.say("every_two_months_day", days=days)
    return phrases.say("every_months_day", rhythm.interval, days=days)


def _yearly(rhythm: Rhythm, phrases: Phrases) -> str:
    (month,) = rhythm.months
    if rhythm.weekdays or rhythm.month_days == (-1,):
        nth = _nth(rhythm, phrases) if rhythm.weekdays else phrases.say("last_day")
        told = phrases.say("nth_in_month", nth=nth, month=_month(month, phrases.locale))
    else:
        told = day_and_month(date(_LEAP_YEAR, month, rhythm.month_days[0]), phrases.locale)
    if rhythm.interval == 1:
        return phrases.say("every_year", date=told)
    return phrases.say("every_years", rhythm.interval, date=told)


def _nth(rhythm: Rhythm, phrases: Phrases) -> str:
    """Which of its weekday's dates of a month, as in "first and third Tuesday"."""
    day = phrases.say(_WEEKDAYS[rhythm.weekdays[0][0]])
    ordinals = tuple(ordinal for _, ordinal in rhythm.weekdays)
    if ordinals in _PAIRS:
        return phrases.say(_PAIRS[ordinals], day=day)
    return phrases.listed([phrases.say(f"nth_{ordinal}", day=day) for ordinal in ordinals])


def _month_day(day: int, phrases: Phrases) -> str:
    if day == -1:
        return phrases.say("last_day")
    form = phrases.locale.ordinal_form(day)
    return phrases.say(f"ordinal_{form if form in {'one', 'two', 'few'} else 'other'}", day=day)


def _in_months(said: str, months: Sequence[int], phrases: Phrases) -> str:
    """With the months in which the rhythm holds, or the few in which it does not."""
    if not months:
        return said
    others = [month for month in range(1, 13) if month not in months]
    name, named = ("only_in", months) if len(months) <= len(others) else ("except_in", others)
    told = phrases.listed([_month(month, phrases.locale) for month in named])
    return phrases.say(name, rhythm=said, months=told)


def _month(month: int, locale: Locale) -> str:
    return str(get_month_names("wide", "stand-alone", locale)[month])


def _capitalised(said: str) -> str:
    return said[:1].upper() + said[1:]
