"""What preflight finds in really rendered mails, and what it lets pass."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_edition import (
    announcement,
    config,
    edition,
    event,
    html_of,
    long_edition,
    post,
    render,
    rich_edition,
    section,
)

from digest.model import ItemSkip, Slot
from digest.render import Renderer
from digest.render.preflight import Words, preflight
from digest.resources import bundled

LOGO = {"brand": {"logo": "https://growers.example.org/logo.png"}}
FOOTER = "email/_partials/footer.mjml.j2"


def found(rendered, content, settings=None, **more):
    """(level, what) of each finding."""
    return [
        (one.level, one.what)
        for one in preflight(rendered.whole(), content=content, config=settings or config(), **more)
    ]


def notice_of(html="<p>The taps on sites 2 and 5 will be dry.</p>", **fields):
    """What preflight finds in an announcement of this body."""
    written = announcement(html=html, **{"text": "The taps on sites 2 and 5 will be dry.", **fields})
    return found(Renderer(config()).announcement(written), written)


def edition_of(*items, **fields):
    shown = edition(section(*items), **fields)
    return found(render(shown), shown)


@pytest.fixture
def with_template(tmp_path):
    """What preflight finds in the sample edition when one shipped template is changed."""

    def look(name, before, after, **tables):
        shipped = (bundled("templates") / name).read_text(encoding="utf-8")
        assert before in shipped
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(shipped.replace(before, after), encoding="utf-8")
        own = config(paths={"templates": tmp_path}, **tables)
        rendered = Renderer(own).edition(rich_edition(), item_url=lambda _: "https://mail.example.org/item")
        return found(rendered, rich_edition(), own)

    return look


@pytest.fixture
def with_footer(with_template):
    """What preflight finds when something stands in the mail's footer."""
    return lambda addition, **tables: with_template(FOOTER, "    <mj-text>\n", f"    <mj-text>\n{addition}\n", **tables)


@pytest.mark.parametrize("brand", [{}, LOGO, {"brand": {"accent": "#ffcc00"}}, {"network": {"language": "ar"}}])
def test_the_shipped_edition_has_nothing_wrong(brand):
    assert found(render(rich_edition(), **brand), rich_edition(), config(**brand)) == []


def test_a_plain_announcement_has_nothing_wrong():
    assert notice_of() == []


def test_a_mail_that_gmail_would_clip_is_an_error():
    shown = long_edition(20)
    rendered = render(shown)
    room = 100_000 - len(html_of(rendered).encode())
    grown = lambda more: replace(rendered, html=(*rendered.html, f"<!--{'x' * more}-->"))  # noqa: E731
    assert found(grown(room + 100), shown) == [("error", "budget")]
    assert found(grown(room - 1000), shown) == []


def test_the_budget_counts_bytes_and_not_characters():
    shown = long_edition(20)
    rendered = render(shown)
    assert found(replace(rendered, html=(*rendered.html, f"<!--{'я' * 40_000}-->")), shown) == [("error", "budget")]


def test_a_mail_that_cannot_be_left_is_an_error(with_template):
    assert with_template(FOOTER, "slot.unsubscribe_url", "slot.view_url") == [("error", "unsubscribe")]


def test_an_unsubscribe_address_that_is_no_link_is_an_error(with_template):
    link = '<a href="{{ slot.unsubscribe_url }}">{{ say("unsubscribe") }}</a>'
    assert with_template(FOOTER, link, "{{ slot.unsubscribe_url }}") == [("error", "unsubscribe")]


def test_a_text_part_that_cannot_be_left_is_an_error(with_template):
    shipped = "email/_partials/footer.txt.j2"
    assert with_template(shipped, "{{ slot.unsubscribe_url }}", "by answering") == [("error", "unsubscribe")]


def test_an_announcement_without_its_unsubscribe_link_is_an_error():
    written = announcement(html="<p>Dry taps.</p>", text="Dry taps.")
    rendered = Renderer(config()).announcement(written)
    without = replace(rendered, text=tuple(piece for piece in rendered.text if piece is not Slot.UNSUBSCRIBE_URL))
    assert found(without, written) == [("error", "unsubscribe")]


@pytest.mark.parametrize(
    "left",
    [
        "<p>{{ '{{ network.name }}' }}</p>",
        "<p>{{ '{% if x %}' }}</p>",
        "<p>slot0123456789abcdef01234567unsubscribeurlx</p>",
        "<p>{{ none }}</p>",
        "<p><a href=\"https://growers.example.org/{{ '{{ x }}' }}\">More</a></p>",
    ],
)
def test_what_a_template_left_unfilled_is_an_error(with_footer, left):
    assert with_footer(left) == [("error", "unresolved")]


def test_a_link_to_none_leads_nowhere_and_was_left_unfilled(with_footer):
    assert with_footer('<p><a href="{{ none }}">More</a></p>') == [("error", "unresolved"), ("error", "link")]


def test_a_variable_in_a_setting_that_is_no_template_is_an_error_in_both_parts():
    settings = config(brand={"tagline": "News of {{ network.name }}"})
    rendered = Renderer(settings).edition(rich_edition(), item_url=lambda _: "https://mail.example.org/item")
    assert found(rendered, rich_edition(), settings) == [("error", "unresolved")] * 2


@pytest.mark.parametrize(
    "title", ["How to write {{ name }} in Jinja", "{% raw %}", "None", "a {{b}} c %}", "{{ a\n\x00 b }}"]
)
def test_braces_that_a_member_wrote_are_content(title):
    assert edition_of(post(title, summary=title, author=title)) == []


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.sampled_from("{}% aN\tя\x00\n"), min_size=1).map(lambda text: f"x{text}x"))
def test_no_text_of_a_member_is_taken_for_a_template_s(title):
    assert ("error", "unresolved") not in edition_of(post(title, summary=title))


def test_a_variable_in_an_announcement_is_a_warning_and_in_code_it_is_none():
    assert notice_of("<p>Dear {{ name }}, the taps will be dry.</p>") == [("warning", "unresolved")]
    assert notice_of(subject="Dear {{ name }}") == [("warning", "unresolved")]
    assert notice_of("<p>Write <code>{{ name }}</code> there.</p>") == []


def test_what_is_over_is_an_error():
    meeting = event()
    shown = edition(section(meeting))
    assert found(render(shown), shown, past=[(meeting, ItemSkip.PAST_EVENT)]) == [("error", "past")]
    assert found(render(shown), shown) == []


def test_a_contradicting_date_is_a_warning():
    shown = edition(section(event()))
    told = Words(phrase="finding_weekday", facts={"words": "Friday 5th", "day": Words(phrase="saturday")})
    assert found(render(shown), shown, contradicting=[told]) == [("warning", "weekday")]


@pytest.mark.parametrize(
    "link",
    [
        "<a>map</a>",
        '<a href="">map</a>',
        '<a href="#">map</a>',
        '<a href="#nowhere">map</a>',
        '<a href="javascript:alert(1)">map</a>',
        '<a href="map.html">map</a>',
        '<a href="https://">map</a>',
        '<a href="mailto:">map</a>',
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(link):
    assert notice_of(f"<p>Here is a {link} of the taps.</p>") == [("error", "link")]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://growers.example.org/map">map</a>',
        '<a href="HTTPS://growers.example.org/map">map</a>',
        '<a href="mailto:taps@growers.example.org">us</a>',
        '<a href="tel:+441632960001">us</a>',
        '<a name="here"></a><a href="#here">map</a>',
        '<a id="here"></a><a href="#here">map</a>',
    ],
)
def test_a_link_that_leads_somewhere_is_not(link):
    assert notice_of(f"<p>Here is a {link} of the taps.</p>") == []


def test_a_link_without_words_is_a_warning():
    assert notice_of('<p>Taps <a href="https://growers.example.org/map"> </a></p>') == [("warning", "link-words")]


def test_an_address_without_tls_is_a_warning_save_of_our_own_pages():
    assert notice_of('<p>Taps: <a href="http://growers.example.org/map">map</a></p>') == [("warning", "http")]
    assert notice_of('<p>Taps: <a href="http://127.0.0.1:8025/i/abc">map</a></p>') == []
    assert notice_of('<p>Taps: <a href="http://127.0.0.1:80251/">map</a></p>') == [("warning", "http")]


IMAGE = 'src="https://growers.example.org/map.png" width="400" height="300"'


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (f'<img {IMAGE} alt="A map of the taps">', []),
        (f"<img {IMAGE}>", ["image-alt"]),
        (f'<img {IMAGE} alt=" ">', ["image-alt"]),
        (f'<img {IMAGE} alt="" role="presentation">', []),
        (f'<a href="https://growers.example.org/"><img {IMAGE} alt="" role="presentation"></a>', ["image-alt"]),
        (f'<a href="https://growers.example.org/"><img {IMAGE} alt="" role="presentation"> Map</a>', []),
        (f'<img {IMAGE.replace("400", "601")} alt="A map">', ["image-size"]),
        (f'<img {IMAGE.replace("400", "100%")} alt="A map">', ["image-size"]),
        ('<img src="https://growers.example.org/map.png" alt="A map" style="width:400px; height:auto">', []),
        ('<img src="https://growers.example.org/map.png" height="300" alt="A map">', ["image-size"]),
        ('<img src="map.png" width="400" height="300" alt="A map">', ["image-source"]),
        ('<img width="400" height="300" alt="A map">', ["image-source"]),
        (f'<img {IMAGE.replace("https", "http")} alt="A map">', ["http"]),
        (f'<img {IMAGE.replace("growers", "pictures")} alt="A map">', ["image-elsewhere"]),
        (f'<img {IMAGE.replace("//growers", "//[growers")} alt="A map">', []),
    ],
)
def test_pictures_have_size_words_and_source(image, expected):
    assert notice_of(f"<p>The taps will be dry.</p>{image}") == [("warning", what) for what in expected]


@pytest.mark.parametrize(
    ("style", "is_faint"),
    [
        ("color:#777777", True),  # 4.48 on white
        ("color:#767676", False),  # 4.54
        ("color:#949494;font-size:24px", False),  # 3.03
        ("color:#949494;font-size:23px", True),
        ("color:#949494;font-size:14pt;font-weight:700", False),
        ("color:#949494;font-size:14pt;font-weight:400", True),
        ("color:gray;background:silver", True),
        ("color:rgb(255, 255, 255)", True),
        ("color:#fff;background-color:#0b5d4e", False),
        ("color:#fff;background-image:url(https://growers.example.org/x.png)", False),
        ("color:#fff;display:none", False),
        ("color:var(--x)", False),
    ],
)
def test_text_that_is_hard_to_read_is_a_warning(style, is_faint):
    rest = [one for one in notice_of(f'<div style="{style}">The taps will be dry.</div>') if one[1] != "clients"]
    assert rest == ([("warning", "contrast")] if is_faint else [])


def test_a_colour_is_inherited_and_a_link_has_its_own():
    assert notice_of('<div style="color:#999"><p><b>Dry taps</b></p></div>') == [("warning", "contrast")]
    link = '<a href="https://growers.example.org/" style="color:#0b5d4e">Dry taps</a>'
    assert notice_of(f'<div style="color:#999">{link}</div>') == []


def test_a_link_that_nobody_coloured_is_blue_on_whatever_is_behind_it(with_template):
    dark = {"background": "#101010", "surface": "#101010", "text": "#ffffff"}
    shipped = ("email/_partials/styles.css.j2", "a { color: {{ palette.light.accent }}; }")
    assert set(with_template(*shipped, "", brand=dark)) == {("warning", "contrast")}


@pytest.mark.parametrize(
    ("html", "is_told"),
    [
        ('<div style="display:flex">Taps</div>', True),
        ('<div style="display:block">Taps</div>', False),
        ('<div style="position:absolute">Taps</div>', True),
        ('<div style="position:relative">Taps</div>', False),
        ('<div style="width:calc(100% - 1px)">Taps</div>', True),
        ('<div style="padding:2rem">Taps</div>', True),
        ('<div style="border-radius:4px; box-shadow:0 0 2px #000">Taps</div>', False),
        ("<p>Taps</p><video></video>", True),
        ("<section>Taps</section>", False),
        ("<p>Taps</p><style>p { color: #111 }</style>", False),
        ("<p>Taps</p><style>@import 'x.css';</style>", True),
        ("<p>Taps</p><style>/* @import */ @media (prefers-color-scheme: dark) { p { gap: 1px } }</style>", False),
        ("<p>Taps</p><style>p::before { color: #111 }</style>", True),
        (f'<p>Taps</p><img {IMAGE.replace("png", "webp")} alt="A map">', True),
    ],
)
def test_what_a_client_does_not_support_is_a_warning_where_it_matters(with_footer, html, is_told):
    assert with_footer(html) == ([("warning", "clients")] if is_told else [])


def test_only_the_chosen_clients_count(with_footer):
    flex = '<div style="display:flex">Taps</div>'
    assert with_footer(flex, brand={"clients": ["gmail", "apple-mail"]}) == []


def test_a_finding_names_its_place_and_the_clients():
    written = announcement(html='<p style="display:grid">Dry taps</p>', text="Dry taps")
    (one,) = preflight(Renderer(config()).announcement(written).whole(), content=written, config=config())
    assert one.detail.startswith(
        'display:grid in <p> "Dry taps": not supported by Gmail, Gmail (iOS), Gmail (Android),'
    )
    assert "Thunderbird" not in one.detail
    assert "https://www.caniemail.com/features/css-display-grid/" in one.detail


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("x" * 78, []),
        ("x" * 79, [("warning", "subject")]),
        ("Re: the taps", [("warning", "subject")]),
        ("FWD: the taps", [("warning", "subject")]),
        ("AW: the taps", [("warning", "subject")]),
        ("Regarding: the taps", []),
        ("The taps: re: yesterday", []),
    ],
)
def test_a_subject_is_short_and_no_answer(subject, expected):
    assert notice_of(subject=subject) == expected


def test_an_empty_subject_is_an_error():
    rendered = replace(render(rich_edition()), subject=" ")
    assert found(rendered, rich_edition()) == [("error", "subject")]


def test_a_network_without_postal_address_is_a_warning():
    settings = config(network={"postal_address": " \n"})
    rendered = Renderer(settings).edition(rich_edition(), item_url=lambda _: "https://mail.example.org/item")
    assert found(rendered, rich_edition(), settings) == [("warning", "postal-address")]


def test_a_postal_address_that_a_template_leaves_out_is_a_warning(with_template):
    shipped = "email/_partials/footer.txt.j2"
    assert with_template(shipped, "network.postal_address.splitlines()", "[]") == [("warning", "postal-address")]


def test_a_text_part_that_says_less_than_the_html_is_a_warning():
    long = "<p>" + "The taps on sites 2 and 5 will be dry. " * 30 + "</p>"
    assert notice_of(long, text="See the HTML.") == [("warning", "text-part")]


def test_errors_come_first():
    levels = [level for level, _ in notice_of('<a href="">x</a>', subject="Re: taps")]
    assert levels == ["error", "warning"]


def test_a_mail_of_100_kilobytes_is_looked_at_within_a_tenth_of_a_second():
    shown = long_edition(90)
    rendered = render(shown)
    assert len(html_of(rendered)) > 80_000

    def seconds():
        begun = time.process_time()
        preflight(rendered.whole(), content=shown, config=config())
        return time.process_time() - begun

    assert min(seconds() for _ in range(5)) < 0.1
