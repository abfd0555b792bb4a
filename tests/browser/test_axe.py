"""What axe-core finds wrong with a page, where it is there: `AXE` names its axe.min.js (npm package axe-core)."""

import os
from pathlib import Path

import pytest

from browser.sights import PAGES

AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))

pytestmark = [
    pytest.mark.service("chromium"),
    pytest.mark.enable_socket,
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_on_a_page(look, name, scheme):
    page = look(name, width=320, scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
