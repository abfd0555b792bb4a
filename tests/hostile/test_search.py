"""A search for documents that take too long to read: hostile fragments, composed.

Few are tried each time. To look longer: ``DIGEST_HOSTILE_EXAMPLES=5000 .venv/bin/pytest tests/hostile/test_search.py``.
What it finds becomes a case of `corpus.py`.
"""

import os

from hostile.corpus import CARRIERS, FRAGMENTS, repeated
from hostile.reading import read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slowness import cost

EXAMPLES = int(os.environ.get("DIGEST_HOSTILE_EXAMPLES", "60"))
SECONDS = 2.0  # of CPU, for a hundredth of what a document may hold

_MARKS = st.text(st.sampled_from("!\"'()*+,-./:;<=>?@[\\]^_`{|}~&#$% \t\n"), min_size=1, max_size=4)
_WORDS = st.sampled_from(
    [
        *("4 Dec", "Monday", "noon", "7-9pm", "until", "from", "closing date", "deadline", "apply", "cv", "join us"),
        *("workshop", "Hall", "of the", "Ann", "£1", "is a"),
    ]
)
_TAGS = st.sampled_from(
    [
        *("a", "b", "p", "li", "td", "tr", "ol", "ul", "table", "div", "pre", "blockquote", "h1", "img", "script"),
        *("svg", "math"),
    ]
)
_OPENINGS = st.builds("<{}>".format, _TAGS)
_CLOSINGS = st.builds("</{}>".format, _TAGS)
_ATTRIBUTES = st.builds("<{} {}={}>".format, _TAGS, st.sampled_from(["href", "src", "style", "title"]), _MARKS)
_TOKENS = st.one_of(st.sampled_from([*FRAGMENTS.values()]), _MARKS, _WORDS, _OPENINGS, _CLOSINGS, _ATTRIBUTES)
_RUNS = st.builds(
    lambda tokens, size: repeated("".join(tokens), size),
    st.lists(_TOKENS, min_size=1, max_size=4),
    st.integers(1, 20_000),
)
_BODIES = st.lists(_RUNS, min_size=1, max_size=5).map("".join)


def _budget(carrier, text):
    kind, carry = CARRIERS[carrier]
    document = carry(text)
    states = []
    assert cost(lambda: states.append(read(kind, document))) <= SECONDS, f"{len(document):,} characters"
    (state,) = states
    assert state.startswith(("read: ", "refused: source s"))


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from([name for name in CARRIERS if name != "calendar"]), _BODIES)
def test_what_is_composed_of_hostile_fragments_is_read_within_the_budget(carrier, body):
    _budget(carrier, body)
