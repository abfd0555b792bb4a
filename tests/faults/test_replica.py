"""A database that can only be read, as a hot standby is: what tells of the network works there."""

import re

import httpx2
import psycopg
import pytest
from faults.test_workers import CAMPAIGN, made

pytestmark = pytest.mark.service("postgresql")

READING = [
    ["status"],
    ["report", CAMPAIGN],
    ["subscriber", "m1@example.org"],
    ["items"],
    ["activity"],
    ["jobs"],
    ["preview", "weekly"],
    ["returns", "--unmatched"],
    ["drafts"],
]
PAGES = ["/health", "/metrics", "/preferences", "/console/sign-in"]


@pytest.fixture
def replica(network, sink, shared_url):
    """The network's store after an edition, made read-only as PostgreSQL itself says it is on a standby."""
    cluster = made(network, shared_url, port=sink.port, people=3)
    cluster.begin()
    network.send()
    name = shared_url.rpartition("/")[2]
    with psycopg.connect(shared_url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    return cluster


def test_what_only_reads_works_on_a_replica_and_what_writes_says_why_it_cannot(replica):
    network = replica.network
    assert {" ".join(words): network.run(*words).code for words in READING} == {" ".join(words): 0 for words in READING}
    refused = network.run("unsubscribe", "m1@example.org")
    assert (refused.code, "read-only" in refused.err, len(refused.err.splitlines())) == (1, True, 1), refused.err


def test_pages_are_answered_from_a_replica(replica):
    with replica.network.process("web") as web:
        address = re.search(r"pages at (\S+);", web.until("pages at"))[1]
        with httpx2.Client(base_url=address) as client:
            assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
