import pytest

from digest.text.markup import html_to_text

LABELS = (
    "<table><tr><{0}>Closing date</{0}><td>5 March 2026</td></tr><tr><{0}>Salary:</{0}><td>£20,000</td></tr></table>"
)


@pytest.mark.parametrize(
    "html",
    [
        LABELS.format("th"),
        LABELS.format("td"),
        "<dl><dt>Closing date</dt><dd>5 March 2026</dd><dt>Salary:</dt><dd><p>£20,000</p></dd></dl>",
        "<dl><div><dt>Closing date<dd>5 March 2026</div><div><dt><b>Salary</b><dd>£20,000</div></dl>",
    ],
)
def test_labels_stand_on_one_line_with_their_values(html):
    assert html_to_text(html) == "Closing date: 5 March 2026\nSalary: £20,000"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><th>Name</th><th>Day</th></tr><tr><td>Bo</td><td>5</td></tr></table>", "Name | Day\n\nBo | 5"),
        ("<table><tr><td>a</td><td>b</td><td>c</td></tr></table>", "a | b | c"),
        ("<table><tr><td>10:00</td><td>Welcome</td></tr></table>", "10:00 | Welcome"),
        ("<dl><dt>May I bring my dog?</dt><dd>Yes.</dd></dl>", "May I bring my dog?\n\nYes."),
        ("<dl><dt>Cat</dt><dt>Dog</dt><dd>No.</dd></dl>", "Cat\n\nDog: No."),
        ("<dl><dt>Duties</dt><dd><ul><li>weed</li><li>sow</li></ul></dd></dl>", "Duties:\n\n- weed\n- sow"),
        ("<dl><dt>Salary</dt><dd></dd></dl><p>Next</p>", "Salary\n\nNext"),
    ],
)
def test_what_is_no_label_stays_apart(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("stated", "written", "text"),
    [
        ("2026-03-05T18:00+00:00", "Thursday at 6", "2026-03-05 18:00 UTC (Thursday at 6)"),
        ("2026-03-05 18:00:00.5-0530", "Thursday at 6", "2026-03-05 18:00 UTC-5:30 (Thursday at 6)"),
        ("2026-03-05", "5 March", "2026-03-05 (5 March)"),
        ("2026-03-05T18:00", "", "2026-03-05 18:00"),
        ("2026-03-05", "5 March 2026", "5 March 2026"),
        ("2026-03-05T18:00Z", "5 March 2026", "5 March 2026"),
        ("2026-03-05T18:00Z", "5 March 2026, 6pm", "2026-03-05 18:00 UTC (5 March 2026, 6pm)"),
        ("PT2H", "two hours", "two hours"),
        ("18:00", "at six", "at six"),
    ],
)
def test_a_time_says_what_its_words_do_not(stated, written, text):
    html = f'<p>Come <time datetime="{stated}">{written}</time>!</p>'
    assert html_to_text(html, dated=True) == f"Come {text}!"
    assert html_to_text(html) == html_to_text(f"<p>Come {written}!</p>")


@pytest.mark.parametrize(
    "stated", ['class="entry-date"', "pubdate", 'itemprop="datePublished"', 'class="dt-published"']
)
def test_a_time_of_publication_is_no_date_of_what_is_written(stated):
    assert html_to_text(f'<p><time {stated} datetime="2026-03-05">Thursday</time></p>', dated=True) == "Thursday"
