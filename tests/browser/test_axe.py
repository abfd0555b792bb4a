"""Every mail and page, the console's too: axe-core finds nothing, nothing scrolls sideways, keys reach all of it."""

from itertools import cycle

import pytest
from conftest import AXE
from console_visit import ADMIN

from browser.console_pages import NO_PAGES, OUTSIDE, filled
from browser.sights import SIGHTS
from digest.render import page_of_mail
from digest.web import create_web
from digest.web.console.guard import ConsoleRoute

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]

# One page after the other takes the first two or the last two: each is seen on a phone and a desk, in light and dark.
LOOKS = [((320, "light"), (1280, "dark")), ((320, "dark"), (1280, "light"))]
RUN = """async () => {
  const {violations} = await axe.run({iframes: false, resultTypes: ['violations'], elementRef: false});
  const place = node => `${node.target.join(' ')}: ${node.html.slice(0, 120)}`;
  return violations.flatMap(one => one.nodes.map(node => `${one.id} at ${place(node)}`));
}"""
# What takes the focus without a line around it, or where nobody sees it; after a key the focus is a keyboard's.
UNSEEN = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.type !== 'hidden' && !e.disabled && e.tabIndex >= 0)
  .filter(e => {
    e.focus();
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return document.activeElement !== e || !seen || style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
  })
  .map(e => e.outerHTML.slice(0, 100))"""

HERE = """() => [...document.querySelectorAll('nav.places a[aria-current]')]
  .every(e => e.getBoundingClientRect().left >= 0 && e.getBoundingClientRect().right <= innerWidth)"""


@pytest.fixture(scope="module")
def axe():
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory, morning):
    with filled(tmp_path_factory.mktemp("network"), morning) as site:
        yield site


@pytest.fixture
def page(windows):
    context = windows[1].context.browser.new_context(reduced_motion="reduce")  # no colour between two schemes
    yield context.new_page()
    context.close()


def paths_inside(site):
    """The pages of who is signed in."""
    return [path for route, paths in site.pages.items() if route not in OUTSIDE for path in paths]


def found_on(page, axe, name, looks):
    """What is wrong with the page that is open, a line each: however it is looked at, and where."""
    page.evaluate(axe)
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        yield from (f"{name}, {width} pixels, {scheme}: {one}" for one in page.evaluate(RUN))
        if (across := page.evaluate("document.documentElement.scrollWidth")) > width:
            yield f"{name}, {width} pixels: scrolls sideways, {across} pixels"


@pytest.mark.service("axe-core")
def test_axe_finds_no_violation_on_a_mail_or_public_page(page, html_of_sight, axe):
    found = []
    for name, looks in zip(SIGHTS, cycle(LOOKS)):
        page.set_content(page_of_mail(html_of_sight(name)))  # a mail's rules are a page's where it is one
        found += found_on(page, axe, name, looks)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_every_page_of_the_console_is_walked(site):
    pages = {one.path for one in create_web(site.app).routes if isinstance(one, ConsoleRoute) and "GET" in one.methods}
    assert pages == set(site.pages) | NO_PAGES


@pytest.mark.service("axe-core")
def test_axe_finds_no_violation_on_a_page_of_the_console(page, site, axe):
    found = []
    outside = [path for route in OUTSIDE for path in site.pages[route]]
    for path, looks in zip((*outside, "", *paths_inside(site)), cycle(LOOKS)):
        if not path:
            site.enter(page, ADMIN)
            continue
        assert page.goto(site.address + path).status == 200, path
        found += found_on(page, axe, path, looks)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_on_a_phone_the_keyboard_reaches_all_of_every_page_and_is_seen_and_shows_its_keys(page, site):
    page.set_viewport_size({"width": 320, "height": 640})
    site.enter(page, ADMIN)
    unseen = {}
    for path in paths_inside(site):
        page.goto(site.address + path)
        assert page.evaluate(HERE), path
        page.keyboard.press("Tab")
        page.locator("a.skip:focus").wait_for()  # on a busy machine the key is there before what it does
        if wrong := page.evaluate(UNSEEN):
            unseen[path] = wrong
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("?")
        assert page.get_by_role("dialog", name="Keys").is_visible(), path
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog", name="Keys").is_hidden(), path
    if unseen:
        pytest.fail("\n".join(f"{path}: {one}" for path, wrong in unseen.items() for one in wrong), pytrace=False)
