"""How slow the machine is just now: what shares its cores takes CPU seconds from whoever counts them.

A budget of CPU seconds is told for a machine at rest. On one core's second hyperthread the same work costs up to twice
as many; work that is always the same, measured beside it, tells how many.
"""

import time
from collections.abc import Callable

_AT_REST = 0.022  # CPU seconds of `_work` on the machine for which the budgets are told, alone on its core
_MATTERS = 0.1  # seconds; no budget is smaller


def slowness() -> float:
    """How many times as long as at rest the same work takes now; at least 1."""
    before = time.thread_time()
    _work()
    return max(1.0, (time.thread_time() - before) / _AT_REST)


def cost(work: Callable[[], object]) -> float:
    """CPU seconds that work takes of this process, as if the machine were at rest."""
    before = time.process_time()
    work()
    used = time.process_time() - before
    return used / slowness() if used > _MATTERS else used


def _work() -> None:
    """Text cut, looked up and joined, as readings do."""
    for number in range(400):
        words = [f"{number}:{word}" for word in range(100)]
        counts = dict.fromkeys(words, 0)
        for word in words:
            counts[word] += len(word.partition(":")[2])
        "\n".join(sorted(counts, key=counts.__getitem__)).split("\n")
