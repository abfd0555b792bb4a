"""Calendars made to cost: by zones, by changes, by rules that match no day, by numbers."""

from collections.abc import Callable, Mapping

HOURS = ",".join(map(str, range(24)))


def events(count, *lines, start="20261130T190000Z", head="", uid="{}"):
    """A calendar of many events that differ in their UID alone."""
    told = "\n".join([f"DTSTART:{start}", *lines, "SUMMARY:x"])
    body = "".join(f"BEGIN:VEVENT\nUID:{uid.format(n)}\n{told}\nEND:VEVENT\n" for n in range(count))
    return f"BEGIN:VCALENDAR\n{head}{body}END:VCALENDAR\n"


def changes(count, change):
    """A daily series and many of its occurrences changed."""
    series = "BEGIN:VEVENT\nUID:a\nDTSTART:20200101T190000Z\nRRULE:FREQ=DAILY\nSUMMARY:x\nEND:VEVENT\n"
    body = "".join(f"BEGIN:VEVENT\nUID:a\n{change(n)}\nSUMMARY:x\nEND:VEVENT\n" for n in range(count))
    return f"BEGIN:VCALENDAR\n{series}{body}END:VCALENDAR\n"


def this_and_future(n):
    day = f"202{n // 300 % 7}{n % 12 + 1:02}{n % 28 + 1:02}"
    return f"RECURRENCE-ID;RANGE=THISANDFUTURE:{day}T190000Z\nDTSTART:20261{n % 3}{n % 28 + 1:02}T200000Z"


def one_changed(n):
    return f"RECURRENCE-ID:2026{n % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}{n % 60:02}00Z\nDTSTART:20261130T190000Z"


def zones(count, *observances):
    """As many definitions of zones, and an event in each."""
    offsets = "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200"
    rules = "".join(f"BEGIN:STANDARD\n{lines}\n{offsets}\nEND:STANDARD\n" for lines in observances)
    defined = (f"BEGIN:VTIMEZONE\nTZID:Z{n}\n{rules}END:VTIMEZONE\n" for n in range(count))
    used = (f"BEGIN:VEVENT\nUID:{n}\nDTSTART;TZID=Z{n}:20261201T190000\nEND:VEVENT\n" for n in range(count))
    return "".join(["BEGIN:VCALENDAR\n", *defined, *used, "END:VCALENDAR\n"])


DAYS_LEFT_OUT = "\n".join(f"EXDATE:2027{n % 12 + 1:02}01T{n % 24:02}{n % 60:02}00Z" for n in range(3000))
LISTED = ",".join(f"2027{n % 12 + 1:02}01T{n % 24:02}{n % 60:02}00Z" for n in range(1100))
OFTEN = f"RRULE:FREQ=DAILY;COUNT=99999;BYHOUR={HOURS}"
SINCE_1601 = "DTSTART:16010101T000000\nRRULE:FREQ=YEARLY"
CALENDARS: Mapping[str, Callable[[], str]] = {
    "a zone of eighty rules that seldom match": lambda: zones(1, *[f"{SINCE_1601};BYMONTHDAY=30"] * 80),
    "forty zones of eighty rules that never match": lambda: zones(40, *[f"{SINCE_1601};BYMONTH=2;BYMONTHDAY=30"] * 80),
    "forty zones of eighty ordinary rules": lambda: zones(40, *[f"{SINCE_1601};BYMONTH=2;BYDAY=-1SU"] * 80),
    "forty zones that change every day": lambda: zones(40, "DTSTART:16010101T000000\nRRULE:FREQ=DAILY"),
    "zones that list their days": lambda: zones(
        600, "DTSTART:16010101T000000\nRDATE:" + ",".join(["19800101T000000"] * 900)
    ),
    "a name twelve thousand times in one line": lambda: events(1, "DTSTART;" * 12_500),
    "one line of ten million characters": lambda: events(1, "DTSTART;" * 1_250_000),
    "thousands of days left out": lambda: events(30, "RRULE:FREQ=WEEKLY", DAYS_LEFT_OUT),
    "thousands of days listed": lambda: events(300, f"RDATE:{LISTED}"),
    "hundreds of changes of all that follow": lambda: changes(1500, this_and_future),
    "forty thousand changes": lambda: changes(40_000, one_changed),
    "a hundred thousand events": lambda: events(100_000),
    "a hundred thousand events of long ago": lambda: events(100_000, start="20100101T190000Z"),
    "one event forty thousand times": lambda: events(40_000, uid="same"),
    "components within components": lambda: "BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 1_000_000 + "END:VCALENDAR\n",
    "events within events": lambda: "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * 600_000 + "END:VCALENDAR\n",
    "ends without beginnings": lambda: "BEGIN:VCALENDAR\n" + "END:X\n" * 1_000_000 + "END:VCALENDAR\n",
    "calendar after calendar": lambda: "BEGIN:VCALENDAR\nEND:VCALENDAR\n" * 300_000,
    "ten million empty lines": lambda: "BEGIN:VCALENDAR\n" + "\n" * 9_900_000 + "END:VCALENDAR\n",
    "a line folded three million times": lambda: events(1, "DESCRIPTION:" + "a\n " * 3_000_000),
    "a rule that matches no day, of days": lambda: events(1500, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "a rule that matches no day, of years": lambda: events(1500, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"),
    "the same since 1604": lambda: events(1500, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", start="16040229T190000Z"),
    "the last hour of each year": lambda: events(
        1500, f"RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={HOURS};BYSETPOS=-1"
    ),
    "a week that no year has": lambda: events(1500, "RRULE:FREQ=YEARLY;BYWEEKNO=60"),
    "the 53rd week since 1604": lambda: events(1500, "RRULE:FREQ=YEARLY;BYWEEKNO=53", start="16040229T190000Z"),
    "a day in a week it is never in": lambda: events(1500, "RRULE:FREQ=YEARLY;BYYEARDAY=366;BYWEEKNO=20"),
    "every hour a hundred thousand times": lambda: events(1500, OFTEN, start="16040229T190000Z"),
    "an interval of centuries": lambda: events(1500, "RRULE:FREQ=DAILY;INTERVAL=99999;COUNT=99999"),
}
