"""More clients than there are descriptors, none of them honest: pages are answered and mails sent all the same."""

import re
import resource
from collections import Counter

import httpx2
from faults.conftest import CAMPAIGN, EVERYBODY, states
from hostile_clients import crowd

from digest.web import Limits

FILES, CLIENTS = 256, 500


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def test_hostile_clients_by_the_hundred_keep_nobody_from_pages_or_mail(members, sink):
    members.change("config.toml", "[web]", 'rate = "30/second"\n[web]')
    members.json("prepare", "weekly", "--at", members.at)
    with members.process("run", preexec_fn=few_files) as service:
        port = int(re.search(r"pages at http://127\.0\.0\.1:(\d+)", service.until("pages at"))[1])
        with crowd(port, CLIENTS) as hostile:
            assert hostile.everybody_came.wait(timeout=60)
            members.json("approve", CAMPAIGN)
            answers = Counter()
            while len(sink.taken) < len(EVERYBODY):
                with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as honest:
                    answers[honest.get("/health").status_code] += 1
                sink.arrived.get(timeout=60)
    assert sink.recipients == sorted(EVERYBODY)
    assert states(members) == {"accepted": len(EVERYBODY)}
    assert set(answers) == {200}
    assert not [line for line in service.seen if "Too many open files" in line or "Traceback" in line]


def test_what_a_client_may_take_is_less_than_what_the_process_has(monkeypatch):
    for files, most in ((1024, 256), (256, 64), (resource.RLIM_INFINITY, 256)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert Limits.for_this_process().connections == most
