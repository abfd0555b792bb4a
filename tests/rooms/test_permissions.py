"""What is written is this user's alone, whatever the umask; and what others can read is told."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import aiosmtplib
import pytest
from flow.conftest import CONFIG, MEMBERS, POSTS

from digest.app import open_app
from digest.config import load_config
from digest.core.health.permissions import look_at_permissions
from digest.deliver.embedded import embedded_server
from digest.errors import DeliveryError, DigestError, UsageError
from digest.resources import write_private
from digest.store.engine import open_store


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def folder():
    """A folder that everybody on this machine may pass through."""
    made = Path(tempfile.mkdtemp(prefix="digest-open-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def modes(folder):
    """The mode of everything below a folder, in octal."""
    return {path.relative_to(folder).as_posix(): f"{stat.S_IMODE(path.stat().st_mode):o}" for path in folder.rglob("*")}


def test_folders_database_logs_and_locks_are_this_users_alone(umask, tmp_path):
    store = open_store("sqlite:///data/deep/digest.sqlite", base=tmp_path, var=tmp_path / "run" / "var")
    with store.write() as connection, store.exclusive("campaign-1"):
        connection.exec_driver_sql("CREATE TABLE scratch (x)")
        found = modes(tmp_path)
    store.close()
    assert {name: mode for name, mode in found.items() if mode not in {"700", "600"}} == {}
    files = {f"data/deep/digest.sqlite{suffix}" for suffix in ("", "-wal", "-shm")} | {"run/var/campaign-1.lock"}
    assert {name for name, mode in found.items() if mode == "600"} == files


def test_a_folder_and_a_database_that_are_there_keep_their_modes(tmp_path):
    (tmp_path / "var").mkdir(mode=0o750)
    (tmp_path / "var" / "digest.sqlite").touch(0o640)
    open_store("sqlite:///var/digest.sqlite", base=tmp_path, var=tmp_path / "var").close()
    assert modes(tmp_path) == {"var": "750", "var/digest.sqlite": "640"}


async def test_the_embedded_mailbox_and_its_mails_are_this_users_alone(umask, tmp_path):
    async with embedded_server(tmp_path / "var" / "mailbox") as (host, port):
        await aiosmtplib.send(
            b"Subject: x\r\n\r\nx\r\n", sender="a@example.org", recipients=["b@example.org"], hostname=host, port=port
        )
    found = modes(tmp_path)
    assert sorted(found.values()) == ["600", *["700"] * 5]


@pytest.mark.parametrize("before", [None, 0o644])
def test_a_file_that_is_written_anew_is_this_users_alone(umask, tmp_path, before):
    file = tmp_path / "weekly.html"
    if before:
        file.write_text("a much longer text that was there before")
        file.chmod(before)
    write_private(file, "new\r\n")
    assert (file.read_bytes(), modes(tmp_path)) == (b"new\r\n", {"weekly.html": "600"})


def test_previews_and_csvs_of_commands_are_this_users_alone(tmp_path):
    (tmp_path / "config.toml").write_text(
        CONFIG.format(port=1).replace('host = "127.0.0.1"\nport = 1', 'host = "embedded"')
    )
    (tmp_path / "posts.txt").write_text(POSTS)
    (tmp_path / "members.csv").write_text(MEMBERS)
    at = ("--at", "2026-11-23T08:00")
    for words in (
        ("preview", "weekly", *at, "--out", "out/deep"),
        ("send", "weekly", *at, "--yes"),
        ("report", "weekly-2026-W48", "--csv", "who.csv"),
    ):
        subprocess.run(
            [sys.executable, "-m", "digest", *words],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            umask=0,
            timeout=120,
        )
    made = {name: mode for name, mode in modes(tmp_path).items() if not name.startswith(("posts", "members", "config"))}
    assert {name: mode for name, mode in made.items() if mode not in {"600", "700"}} == {}
    assert {"who.csv", "out/deep/weekly.eml", "var/digest.sqlite"} <= made.keys()


def network(folder, **files):
    text = CONFIG.format(port=25).replace("[smtp]", '[store]\nurl = "sqlite:///var/digest.sqlite"\n[smtp]')
    for name, content in ({"config.toml": text, "posts.txt": POSTS, "members.csv": MEMBERS} | files).items():
        (folder / name).write_text(content)
        (folder / name).chmod(0o600)
    return folder / "config.toml"


def wide(config):
    with open_app(load_config(config, environ={})) as app:
        return [(one.level, one.detail) for one in look_at_permissions(app)]


def test_nothing_is_told_of_what_is_closed(folder):
    assert wide(network(folder)) == [("ok", "addresses and secrets are closed to others")]


@pytest.mark.parametrize(
    ("name", "mode", "told"),
    [
        ("var", 0o755, "var is open to everybody on this machine (0755): `chmod 700 "),
        ("var", 0o750, "var is open to its group on this machine (0750): `chmod 700 "),
        ("members.csv", 0o644, "members.csv is open to everybody on this machine (0644): `chmod o-rwx "),
        ("password", 0o604, "password is open to everybody"),
        ("dkim.pem", 0o644, "dkim.pem is open to everybody"),
    ],
)
def test_what_others_can_read_is_told_with_the_way_out(folder, name, mode, told):
    config = network(folder, password="swordfish", **{"dkim.pem": _KEY})
    text = config.read_text().replace("[smtp]", '[smtp]\nusername = "u"\npassword = { file = "password" }')
    config.write_text(text.replace("[web]", '[sender.dkim]\nselector = "s"\nkey = { file = "dkim.pem" }\n[web]'))
    assert [level for level, _ in wide(config)] == ["ok"]
    (folder / name).chmod(mode)
    ((level, detail),) = wide(config)
    assert (level, told in detail) == ("warn", True)


def test_a_database_that_others_can_read_is_told_in_a_folder_that_they_can_enter(folder):
    config = network(folder)
    assert [level for level, _ in wide(config)] == ["ok"]
    (folder / "var" / "digest.sqlite").chmod(0o644)
    assert [level for level, _ in wide(config)] == ["ok"]  # nobody gets into var
    (folder / "var").chmod(0o711)
    told = [detail.split(" is ")[0].rpartition("/")[2] for _, detail in wide(config)]
    assert told == ["var", "digest.sqlite", "digest.sqlite-wal", "digest.sqlite-shm"]  # the last two while it is open


@pytest.mark.parametrize(
    ("url", "levels"),
    [
        ("https://example.org/feed", ["ok"]),
        ("https://joan:swordfish@example.org/feed", ["warn"]),
        ("https://example.org/feed?token=swordfish", ["warn"]),
    ],
)
def test_a_configuration_is_told_of_where_a_secret_stands_in_it(folder, url, levels):
    config = network(folder)
    config.write_text(config.read_text() + f'[[sources]]\nname = "f"\nkind = "feed"\nurl = "{url}"\n')
    config.chmod(0o644)
    assert [level for level, _ in wide(config)] == levels


def test_files_that_a_group_shares_with_the_service_are_not_complained_of(folder):
    config = network(folder)
    (folder / "members.csv").chmod(0o640)
    assert [level for level, _ in wide(config)] == ["ok"]


def test_a_folder_for_mailbox_and_locks_that_cannot_be_made_is_named_by_its_key(tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(UsageError, match=r"^config\.toml: paths\.var: .*/var cannot be written: .*; let the user who"):
        open_store("sqlite:///digest.sqlite", base=tmp_path, var=tmp_path / "var")
    assert not (tmp_path / "digest.sqlite").exists()


def test_a_lock_that_cannot_be_made_is_named_by_its_key(tmp_path):
    store = open_store("sqlite:///digest.sqlite", base=tmp_path, var=tmp_path / "var")
    shutil.rmtree(tmp_path / "var")
    with pytest.raises(DigestError, match=r"paths\.var: .*/var cannot be written: No such file"), store.exclusive("x"):
        pass
    store.close()


async def test_a_mailbox_that_cannot_be_made_is_named_by_its_key(tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(DeliveryError, match=r"paths\.var: .*/var cannot be written: "):
        async with embedded_server(tmp_path / "var" / "mailbox"):
            pass


async def test_a_mail_that_cannot_be_filed_is_put_off_and_not_refused_for_good(tmp_path):
    async with embedded_server(tmp_path / "mailbox") as (host, port):
        shutil.rmtree(tmp_path / "mailbox")
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await aiosmtplib.send(b"x\r\n", sender="a@example.org", recipients=["b@c.org"], hostname=host, port=port)
    assert refused.value.code == 451


_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
"""
