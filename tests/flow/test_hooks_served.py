"""What a provider posts to `digest web` as it runs: by a socket, with a whole server in between."""

import re
from datetime import UTC, datetime

import httpx2
from provider_posts import SIGNERS

SECRET, BO = "an-address-that-nobody-can-guess-0123", "bo@example.org"
HOOK = '[[returns.hooks]]\nprovider = "mailgun"\nsecret = { file = "secret" }\nkey = { file = "key" }\n'


def test_a_signed_bounce_posted_to_the_running_server_counts_once_and_nothing_else_is_taken(network, sink):
    network.write("secret", SECRET)
    network.write("key", SIGNERS["mailgun"].hook.secret)
    network.change("config.toml", "[web]\n", f"{HOOK}[web]\n")
    network.send()
    now = datetime.now(UTC)
    copy = {"headers": {"message-id": sink.message(BO)["Message-ID"].strip("<>")}}
    event = SIGNERS["mailgun"].bounce | {"recipient": BO, "timestamp": now.timestamp(), "message": copy}
    signed, forged = (SIGNERS["mailgun"].post(event, at=now, key=key).body for key in (0, 1))
    with network.process("web") as service:
        address = re.search(r"pages at (\S+);", service.until("pages at"))[1]
        with httpx2.Client(base_url=address) as provider:
            posts = [(forged, SECRET), (signed, SECRET[:-1]), (signed, SECRET), (signed, SECRET), (b"{", SECRET)]
            answers = [provider.post(f"/hooks/mailgun/{secret}", content=body).status_code for body, secret in posts]
            assert provider.get(f"/hooks/mailgun/{SECRET}").status_code == 405
    assert answers == [403, 404, 200, 200, 403]
    (kept,) = network.json("subscriber", BO)["returns"]
    assert (kept["source"], kept["campaign"], kept["status"]) == ("mailgun", "weekly-2026-W48", "5.1.1")
    assert network.json("explain", BO)["suppressed"]
