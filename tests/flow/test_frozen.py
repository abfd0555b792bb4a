"""An edition that is frozen stays as it is: rendered again, in any process, it gives the same bytes."""

import os
import sqlite3
import subprocess
import sys

import pytest

RENDER_AGAIN = """
import sys

import pytest
from pathlib import Path
from digest.app import open_app
from digest.compose import edition_from_json
from digest.config import load_config
from digest.core.mail import render_edition
from digest.render import compiled_to_json
from digest.store import campaigns

with open_app(load_config(Path("config.toml"), environ={})) as app:
    with app.store.read() as connection:
        campaign = campaigns.by_name(connection, "weekly-2026-W48")
    rendered = compiled_to_json(render_edition(app, edition_from_json(campaign.edition)))
sys.stdout.buffer.write(rendered.encode())
"""


def frozen(network):
    with sqlite3.connect(network.folder / "var/digest.sqlite") as connection:
        ((edition, rendered),) = connection.execute("SELECT edition, rendered FROM campaigns").fetchall()
    connection.close()
    return edition, rendered


def rendered_again(network, seed, zone):
    done = subprocess.run(
        [sys.executable, "-c", RENDER_AGAIN],
        cwd=network.folder,
        env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "PYTHONWARNINGS": "error"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


@pytest.mark.sqlite
def test_a_frozen_edition_gives_the_same_bytes_in_another_process_with_another_hash_seed_and_zone(network):
    network.json("prepare", "weekly", "--at", network.at)
    _, kept = frozen(network)
    assert "Seed swap" in kept
    for seed, zone in (("1", "Pacific/Auckland"), ("2", "America/St_Johns")):
        assert rendered_again(network, seed, zone) == kept


@pytest.mark.sqlite
def test_what_changes_at_the_sources_does_not_change_a_frozen_edition(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    before = frozen(network)
    network.change("posts.txt", "A bench made of pallets", "A table made of pallets")
    network.json("collect", "--at", "2026-11-23T09:00")
    assert frozen(network) == before
    assert rendered_again(network, "3", "UTC") == before[1]
    network.send("2026-11-23T09:00")
    assert "A bench made of pallets" in sink.message("ada@example.org").get_body(("plain",)).get_content()


def test_two_previews_at_one_moment_give_the_same_bytes_whatever_the_hash_seed(network, monkeypatch):
    shown = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        network.json("preview", "weekly", "--at", network.at, "--out", seed)
        shown.append([(network.folder / seed / f"weekly.{kind}").read_bytes() for kind in ("html", "txt")])
    assert shown[0] == shown[1]
