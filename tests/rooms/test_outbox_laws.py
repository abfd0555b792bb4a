"""For any order in which several take, send, die, come back and are told to stop, the outbox keeps its laws.

Nobody is lost, nobody is granted a second time unless the server put them off, nothing of theirs was sent, or a person
asked for it; who lost a chunk changes nothing; what is cancelled grants nothing.
"""

from itertools import count

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from rooms.outbox_machine import PEOPLE, SHARE, OutboxMachine

from digest.app import open_app
from digest.config import load_config
from digest.model import Recipient
from digest.store import people
from digest.store.outbox import chunks

CONFIG = """\
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[store]
url = "{url}"
"""
CLUSTER = """\
[cluster]
lost_after = "30 seconds"
"""


@pytest.fixture
def app(store_url, tmp_path, now, empty_store, monkeypatch):
    monkeypatch.setattr(chunks, "SIZE", SHARE)
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=store_url) + (CLUSTER if store_url.startswith("postgresql") else ""))
    listed = [Recipient(address=f"m{number}@example.org") for number in range(PEOPLE)]
    with open_app(load_config(path, environ={})) as opened:
        with opened.store.write() as connection:
            plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
            people.apply_list(connection, plan, now)
        yield opened


def test_whatever_order_things_happen_in_nobody_is_lost_and_nobody_is_granted_twice(app, now):
    numbers = count(1)
    run_state_machine_as_test(
        lambda: OutboxMachine(app, f"notice-{next(numbers)}", now),
        settings=settings(max_examples=20, stateful_step_count=30),
    )
