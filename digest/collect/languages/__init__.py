"""The words of each language, one TOML file for each; a further language is a further file.

Sections are named by what reads them: `digest.collect.dates` has months, weekdays, ordinals, numbers, dates, vague,
seasons, relative, clock and zones.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def tables() -> Mapping[str, Mapping[str, Any]]:
    """Every shipped language's sections by its code, in the order of the codes, English first."""
    found = (one for one in files(__name__).iterdir() if one.name.endswith(".toml"))
    named = {one.name.removesuffix(".toml"): tomllib.loads(one.read_text(encoding="utf-8")) for one in found}
    return {code: named[code] for code in sorted(named, key=lambda code: (code != "en", code))}
