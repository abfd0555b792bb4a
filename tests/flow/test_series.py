"""A calendar of meetings that recur, over eight weekly editions: each series is one thing to those who read of it."""

from datetime import date, timedelta

import pytest

MONDAY = date(2026, 11, 23)
CHOIR = ("choir", "Choir", "20261126T190000", "RRULE:FREQ=WEEKLY")  # Thursdays
COMMITTEE = ("committee", "Committee", "20261201T180000", "RRULE:FREQ=MONTHLY;BYDAY=1TU")
FAIR = ("fair", "Spring fair", "20270403T100000")


def vevent(uid, title, start, *lines):
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SUMMARY:{title}",
        f"DTSTART;TZID=Europe/London:{start}",
        "DURATION:PT2H",
        *lines,
        "END:VEVENT",
    ]


@pytest.fixture
def publish(network):
    source = '[[sources]]\nname = "calendar"\nkind = "calendar"\npath = "events.ics"\n'
    network.change("config.toml", '[[lists]]\nname = "members"', source + '[[lists]]\nname = "members"')
    network.write("posts.txt", "")

    def publish(*events):
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *(line for event in events for line in vevent(*event))]
        network.write("events.ics", "\r\n".join([*lines, "END:VCALENDAR", ""]))

    return publish


def at(week, clock="08:00"):
    return f"{MONDAY + timedelta(weeks=week)}T{clock}"


def news(network, week):
    """What the edition of a week tells of: newness, title, and its dates, the next first."""
    shown = network.json("preview", "weekly", "--at", at(week), "--out", "out")
    return [
        (one["newness"], one["title"], *(date[5:10] for date in (one["starts_at"], *dates(one))))
        for section in shown["sections"]
        for group in section["groups"]
        for one in group["items"]
    ]


def dates(shown):
    return [one["starts_at"] for one in shown["further"]]


def send(network, week):
    """What was told, and what the mail says."""
    told = news(network, week)
    network.send(at(week))
    return told


def text_of_last(sink):
    return sink.message_of_last("ada@example.org").get_body(("plain",)).get_content()


def test_eight_editions_tell_of_series_once_and_of_their_dates_in_time(network, sink, publish):
    publish(CHOIR, COMMITTEE, FAIR)
    assert send(network, 0) == [
        ("new", "Choir", "11-26", "12-03", "12-10"),
        ("new", "Committee", "12-01", "01-05", "02-02"),
    ]
    text = " ".join(text_of_last(sink).split())
    assert "Every Thursday, then on 3 and 10 December" in text
    assert "Every first Tuesday of the month, then on 5 January and 2 February" in text

    assert send(network, 1) == [("reminder", "Committee", "12-01"), ("reminder", "Choir", "12-03")]
    assert "then on" not in text_of_last(sink)

    moved = ("committee", "Committee", "20270106T180000", "RECURRENCE-ID;TZID=Europe/London:20270105T180000")
    publish(CHOIR, COMMITTEE, moved, FAIR)
    assert send(network, 2) == [("reminder", "Choir", "12-10"), ("moved", "Committee", "01-06")]
    text = " ".join(text_of_last(sink).split())
    assert "New date or place: Committee Wed 6 January 2027, 6–8 pm Instead of Tue 5 January 2027" in text

    holidays = "EXDATE;TZID=Europe/London:20261224T190000,20261231T190000"
    publish((*CHOIR, holidays), COMMITTEE, moved, FAIR)
    assert send(network, 3) == [("reminder", "Choir", "12-17")]
    assert send(network, 4) == [("cancelled", "Choir", "12-24", "12-31")]
    assert "Nor on 31 December" in text_of_last(sink)

    away = ("choir", "Choir", "20270108T193000", "RRULE:FREQ=WEEKLY;BYDAY=FR")
    publish(away, COMMITTEE, moved, FAIR)
    assert send(network, 5) == [("moved", "Choir", "01-08", "01-15", "01-22")]
    assert "Every Friday, then on 15 and 22 January" in text_of_last(sink)

    assert send(network, 6) == [
        ("reminder", "Committee", "01-06"),
        ("reminder", "Choir", "01-08"),
        ("new", "Spring fair", "04-03"),
    ]

    publish(COMMITTEE, moved, FAIR)
    assert send(network, 7) == [("withdrawn", "Choir", "01-15", "01-22")]
    assert "Nor on 22 January" in text_of_last(sink)


def test_what_is_left_out_says_why(network, publish):
    publish(CHOIR, FAIR)
    send(network, 0)
    network.json("collect", "--at", at(1))
    later = network.json("explain", "calendar/choir/20261217T190000Z", "--at", at(1))
    assert later["next"] == {"weekly": "out: its series was announced"}
    assert (later["series"], later["rhythm"]) == ("choir", "Every Thursday")
    fair = network.json("explain", "calendar/fair", "--at", at(1))
    assert fair["next"] == {"weekly": "out: further ahead than look_ahead"}
    network.json("items", "edit", "calendar/fair", "--pin")
    assert network.json("explain", "calendar/fair", "--at", at(1))["next"] == {"weekly": "in: new"}


def test_a_cancelled_announcement_of_a_series_is_made_again(network, publish):
    publish(CHOIR)
    network.json("prepare", "weekly", "--at", at(0))
    network.json("cancel", "weekly-2026-W48")
    assert news(network, 1) == [("new", "Choir", "12-03", "12-10", "12-17")]


def test_a_series_is_hidden_as_a_whole_and_comes_back(network, publish):
    publish(CHOIR, COMMITTEE)
    network.json("collect", "--at", at(0))
    for name in ("Choir", "choir", "calendar/choir/20261203T190000Z"):
        hidden = network.json("items", "edit", name, "--series", "--hide")
        assert hidden["hidden"] is True
    network.json("items", "edit", "calendar/choir/20261203T190000Z", "--note", "Bring a torch")
    network.json("collect", "--at", at(5))
    assert {item["hidden"] for item in network.json("items") if item["title"] == "Choir"} == {True}
    assert [one[1] for one in news(network, 5)] == ["Committee"]
    network.json("items", "edit", "choir", "--series", "--clear")
    items = [item for item in network.json("items") if item["title"] == "Choir"]
    assert {item["hidden"] for item in items} == {False}
    assert [item["note"] for item in items if item["key"].endswith("20261203T190000Z")] == ["Bring a torch"]
    assert ("new", "Choir", "12-31", "01-07", "01-14") in news(network, 5)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("choir", "--series", "--starts", "2026-12-01"), "--series takes no date and no kind"),
        (("choir", "--series", "--kind", "post"), "--series takes no date and no kind"),
        (("Spring fair", "--series", "--hide"), "does not recur; leave --series out"),
        (("chior", "--series", "--hide"), 'No item "chior" is known'),
        (("choir", "--series"), "Say what to set"),
    ],
)
def test_what_cannot_be_set_for_a_series_is_told(network, publish, words, complaint):
    publish(CHOIR, FAIR)
    network.json("collect", "--at", at(0))
    done = network.run("items", "edit", *words)
    assert done.code == 2
    assert complaint in done.err
    assert not any(item["hidden"] for item in network.json("items"))
