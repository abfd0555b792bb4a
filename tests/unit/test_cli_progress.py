"""Progress where no terminal is: few lines, each with everything in it."""

from digest.cli.progress import PlainProgress


def watched(*calls):
    """What is written when these (second, done, total, counts) happen."""
    written, seconds = [], iter([second for second, *_ in calls])
    progress = PlainProgress(write=written.append, clock=lambda: next(seconds))
    for _, done, total, counts in calls:
        progress("sending", done, total, counts)
    return written


def test_what_is_done_within_ten_seconds_writes_nothing():
    assert watched((0, 0, 5, {}), (9.9, 5, 5, {"accepted": 5})) == []


def test_a_line_comes_every_ten_seconds_with_counts_pace_and_what_is_left():
    counts = {"accepted": 1180, "deferred": 20}
    first, second = watched(
        (0, 0, 20_000, {}), (10, 1200, 20_000, counts), (15, 2000, 20_000, {}), (20, 2400, 20_000, {})
    )
    assert first == "sending: 1,200 of 20,000; 1,180 accepted, 20 deferred, 0 rejected; 120.0/s, 2 min 37 s left\n"
    assert second.startswith("sending: 2,400 of 20,000; 120.0/s")


def test_what_was_done_before_it_began_does_not_count_for_the_pace():
    (line,) = watched((0, 100, 200, {}), (10, 110, 200, {"accepted": 109, "unknown": 1}))
    assert line == "sending: 110 of 200; 109 accepted, 0 deferred, 0 rejected, 1 in doubt; 1.0/s, 1 min 30 s left\n"
