"""No pattern takes more than linear time: each is tried on long runs of every token, and of its own words."""

import ast
import importlib
import inspect
import pkgutil
import re
from functools import partial
from pathlib import Path

import pytest
from slowness import cost

import digest

SIZE = 16_000  # characters: a pattern that looks at each pair of places needs a second and more
SECONDS = 0.4  # of CPU; those that look once need a tenth of it
# Tried at one place of a text, never searched for.
MATCHED = {"_PREAMBLE", "_LINE", "_AT_MOST_ONE", "_DASHES", "_WROTE", "_TO"}
APART = {
    "digest.collect.called_off",  # titles of at most 300 characters
    *(f"digest.collect.calendar.{name}" for name in ("parser", "series", "recurrence", "timezones", "vevent")),
}
TOKENS = (
    *("a", "1", " ", "\n", "\t", "!", "-", "–", ".", ",", ":", ";", "/", "\\", '"', "'", "(", ")", "[", "]", "{", "}"),
    *(
        "<",
        ">",
        "&",
        "=",
        "@",
        "#",
        "*",
        "_",
        "`",
        "|",
        "?",
        "%",
        "+",
        "£",
        "é",
        "A",
        "a ",
        "A ",
        "1 ",
        ", ",
        "!\n",
        "a\n",
    ),
    *(
        '\\"',
        "a.",
        "a@",
        "a@a.",
        "1,",
        "1.",
        "1-",
        "<a",
        "<a ",
        "<a>",
        "</",
        'a="',
        "a=b ",
        "<!--",
        "<?",
        "?>",
        "<![CDATA[",
    ),
    *("]]>", "http://", "http://a/", "www.", "4 Dec ", "Dec 4 ", "7pm ", "Hall of the "),
)


def _modules():
    rooms = {"collect", "returns", "text", "markup", "markdown", "front_matter", "links", "text_part"}
    names = [
        module.name
        for module in pkgutil.walk_packages(digest.__path__, "digest.")
        if module.name.split(".")[1] in rooms
    ]
    return [importlib.import_module(name) for name in names if name not in APART]


def _held(module):
    """The patterns a module keeps, makes of the words of languages or writes where it uses them; whether each is only
    matched.
    """
    for name, value in vars(module).items():
        if getattr(value, "__module__", "") == module.__name__ and hasattr(value, "__wrapped__"):
            value = value() if not inspect.signature(value).parameters else None  # noqa: PLW2901
        for pattern in value if isinstance(value, tuple) else (value,):
            if isinstance(pattern, re.Pattern):
                yield name, pattern, name in MATCHED
    for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr=use), args=[ast.Constant(source), *_]):
                if use != "compile":
                    yield f"line {node.lineno}", re.compile(source, re.MULTILINE | re.IGNORECASE), "match" in use


PATTERNS = {
    f"{module.__name__}: {name}": (pattern, only_matched)
    for module in _modules()
    for name, pattern, only_matched in _held(module)
}


def _pumped(pattern):
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = dict.fromkeys(word.lower() for word in re.findall(r"[A-Za-z]{2,}", source))
    for token in (*TOKENS, *(f"{word} " for word in words)):
        text = token * (SIZE // len(token)) + "\x01"
        yield token, text if isinstance(pattern.pattern, str) else text.encode()


def _match(pattern, text, *, only_matched):
    if only_matched:
        pattern.match(text)
    else:
        sum(1 for _ in pattern.finditer(text))


def _dearest(pattern, *, only_matched=False):
    costs = {}
    for token, text in _pumped(pattern):
        costs[token] = cost(partial(_match, pattern, text, only_matched=only_matched))
        if costs[token] > SECONDS:
            break
    return max(costs.items(), key=lambda one: one[1])


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_time_in_proportion_to_its_text(name):
    pattern, only_matched = PATTERNS[name]
    token, seconds = _dearest(pattern, only_matched=only_matched)
    assert seconds <= SECONDS, f"{SIZE} characters of {token!r}"


def test_there_are_patterns_and_a_square_one_is_noticed():
    assert len(PATTERNS) > 60
    assert _dearest(re.compile(r"^\W*closing date", re.MULTILINE))[1] > SECONDS
