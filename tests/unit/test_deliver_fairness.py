"""What campaigns that are sent at once share."""

from contextlib import ExitStack

from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import FairShare


@given(connections=st.integers(1, 50), senders=st.integers(1, 50))
def test_everybody_has_a_place_and_together_no_more_than_there_are(connections, senders):
    share = FairShare(connections)
    with ExitStack() as stack:
        for _ in range(senders):
            stack.enter_context(share.taken(lambda: None))
        assert share.places >= 1
        assert share.places * senders <= max(connections, senders)
        assert connections - share.places * senders < senders  # what is left over is less than one for each
    assert share.places == connections


def test_who_sends_already_is_told_when_another_comes_and_when_it_goes():
    share, told = FairShare(20), []
    with share.taken(lambda: told.append(share.places)), share.taken(lambda: None):
        pass
    assert told == [20, 10, 20]
