"""The rate and the pauses of sending, on a clock that jumps to the next timer instead of waiting for it."""

import asyncio
from itertools import pairwise

from unit.test_deliver_engine import SLOW_DOWN, Books, Failing, Post, run

from digest.deliver import Patience
from digest.deliver.pace import Pace


class Hasty(asyncio.SelectorEventLoop):
    """Nothing here waits for a socket, so that what is waited for is a timer."""

    def __init__(self):
        super().__init__()
        self.seconds = 0.0
        self.look, self._selector.select = self._selector.select, self.jump

    def time(self):
        return self.seconds

    def jump(self, timeout):
        self.seconds += timeout or 0
        return self.look(0)


def test_a_pause_costs_no_more_of_the_rate_than_it_lasts():
    pauses, begun = [], []
    with asyncio.Runner(loop_factory=Hasty) as runner:
        loop = runner.get_loop()
        books = Books(60)
        post = Failing(books, [None] * 20 + [SLOW_DOWN], before=lambda _number: begun.append(loop.time()))
        patience = Patience(first_pause=1.0)
        runner.run(
            run(books, post, connections=20, rate=1.0, patience=patience, on_pause=lambda *told: pauses.append(told))
        )
    ((paused, _),) = pauses
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert len(begun) == 60
    assert min(gaps) > 0.999
    assert max(gaps) <= paused + 1.001


def test_a_server_that_stood_still_gets_no_more_at_once_than_the_rate_allows():
    begun = []

    class Still(Post):
        async def connect(self):
            connection = await super().connect()
            send = connection.send

            async def slowly(handed):
                begun.append(loop.time())
                await asyncio.sleep(max(80 - loop.time(), 0) if loop.time() > 20 else 0.1)
                return await send(handed)

            connection.send = slowly
            return connection

    with asyncio.Runner(loop_factory=Hasty) as runner:
        loop = runner.get_loop()
        books = Books(120)
        runner.run(run(books, Still(books), connections=20, rate=2.0))
    assert len(begun) == 120
    assert len([moment for moment in begun if 20 < moment < 40]) == 20  # over each connection one, and then none
    assert not [moment for moment in begun if 40 < moment < 80]
    assert min(later - earlier for earlier, later in pairwise(begun)) > 0.499


def test_the_end_does_not_wait_for_a_pause_when_nobody_is_left():
    books, pauses = Books(3), []
    with asyncio.Runner(loop_factory=Hasty) as runner:
        loop = runner.get_loop()

        def on_pause(seconds, _reason):
            pauses.append(loop.time() + seconds)

        post = Failing(books, [SLOW_DOWN] * 3)
        runner.run(run(books, post, connections=4, patience=Patience(first_pause=20, first_rest=20), on_pause=on_pause))
        ended = loop.time()
    assert books.recorded.total() == len(pauses) == 3
    assert ended < pauses[-1] - 20


def test_starts_that_are_given_back_are_had_again_and_no_others():
    pace = Pace(1.0, burst=2)
    assert [pace.reserve(10.0) for _ in range(5)] == [0, 0, 1, 2, 3]
    pace.give_back(2)
    assert [pace.reserve(10.0) for _ in range(2)] == [2, 3]
