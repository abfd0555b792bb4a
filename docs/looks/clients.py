"""The sample's mails as mail programs of Debian show them, each under an X server and in a home of its own.

`make looks CLIENTS=1` runs it. It needs Xvfb, xterm, ImageMagick's `import`, dbus-x11, and of the programs those
that are to be seen; what is missing is told and passed over. It is no part of the tests.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_SCREEN = (900, 1100)  # pixels
_TOOLS = ("Xvfb", "import", "dbus-run-session")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailProgram:
    """One that is started with a mail; `prepare` lays out its home and gives the command."""

    name: str
    needs: tuple[str, ...]  # what is called
    prepare: Callable[[Path, Path], Sequence[str]]  # its home, the mail
    settles: float  # seconds until it begins to draw
    does: tuple[str, ...] = ()  # by xdotool then, one after the other


def mutt(home: Path, mail: Path) -> Sequence[str]:
    """In a terminal; HTML through w3m."""
    for part in ("cur", "new", "tmp"):
        (home / "Maildir" / part).mkdir(parents=True)
    shutil.copy(mail, home / "Maildir/new/1")
    (home / ".mailcap").write_text("text/html; w3m -I %{charset} -T text/html -cols 96 -dump; copiousoutput\n")
    (home / ".muttrc").write_text(
        "set mailcap_path=~/.mailcap folder=~/Maildir header_cache='' quit=yes mark_old=no pager_stop\n"
        "auto_view text/html\nalternative_order text/html text/plain\nignore *\nunignore from subject date\n"
    )
    shell = ["mutt", "-F", str(home / ".muttrc"), "-f", str(home / "Maildir"), "-e", "push <display-message>"]
    return ["xterm", "-u8", "-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", "110x64+0+0", "-e", *shell]


def claws(home: Path, mail: Path) -> Sequence[str]:
    """Claws Mail with its litehtml or WebKit viewer."""
    inbox = home / "Mail/inbox"
    for name in ("inbox", "sent", "draft", "queue", "trash"):
        (home / "Mail" / name).mkdir(parents=True)
    shutil.copy(mail, inbox / "1")
    settings = home / ".claws-mail"
    settings.mkdir()
    account = ("account_name=Ada", "is_default=1", "name=Ada", "address=ada@example.org", "protocol=5")
    (settings / "accountrc").write_text("\n".join(("[Account: 1]", *account, "inbox=#mh/Mailbox/inbox", "")))
    names = {"inbox": "inbox", "outbox": "sent", "draft": "draft", "queue": "queue", "trash": "trash"}
    items = "".join(f'<folderitem type="{kind}" name="{name}" path="{name}"/>' for kind, name in names.items())
    (settings / "folderlist.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<folderlist><folder type="mh" name="Mailbox" path="Mail" collapsed="0">{items}</folder></folderlist>\n'
    )
    found = [*Path("/usr/lib").glob("*/claws-mail/plugins/*html*.so")]
    plugins = found or [*Path("/usr/lib").glob("*/claws-mail/plugins/fancy.so")]
    common = ("promote_html_part=1", "render_html=1", "invoke_plugin_on_html=1", "layout_mode=0")
    size = ("mainwin_width=900", "mainwin_height=1100", "mainwin_x=0", "mainwin_y=0", "folderview_width=120")
    (settings / "clawsrc").write_text("\n".join(("[Common]", *common, *size, "[Plugins_GTK3]", *map(str, plugins), "")))
    return ["claws-mail", "--select", str(inbox / "1")]


def thunderbird(home: Path, mail: Path) -> Sequence[str]:
    """The mail as a file, in a window of its own."""
    profile = home / "profile"
    profile.mkdir()
    preferences = {
        "app.donation.eoy.version.viewed": 999,
        "mail.provider.suppress_dialog_on_startup": True,
        "mail.spotlight.firstRunDone": True,
        "mailnews.start_page.enabled": False,
        "mail.shell.checkDefaultClient": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "mail.rights.version": 1,
        "app.update.enabled": False,
        "network.proxy.type": 0,
    }
    lines = (f'user_pref("{name}", {json.dumps(value)});\n' for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines))
    return ["thunderbird", "--profile", str(profile), "--no-remote", str(mail)]


def evolution(home: Path, mail: Path) -> Sequence[str]:
    """Evolution with an account of its own, a Maildir."""
    for part in ("cur", "new", "tmp"):
        (home / "Maildir" / part).mkdir(parents=True)
    shutil.copy(mail, home / "Maildir/cur/1:2,")
    sources = home / ".config/evolution/sources"
    sources.mkdir(parents=True)
    (sources / "ada.source").write_text(
        "[Data Source]\nDisplayName=Ada\nEnabled=true\nParent=\n"
        "[Mail Account]\nBackendName=maildir\nIdentityUid=ada-herself\nNeedsInitialSetup=false\n"
        f"[Maildir Backend]\nPath={home}/Maildir\n"
    )
    (sources / "ada-herself.source").write_text(
        "[Data Source]\nDisplayName=Ada\nEnabled=true\nParent=ada\n[Mail Identity]\nAddress=ada@example.org\nName=Ada\n"
    )
    return ["evolution", "--component=mail"]


def kmail(home: Path, mail: Path) -> Sequence[str]:
    """KMail's window of one message, with HTML allowed."""
    (home / ".config/akonadi").mkdir(parents=True)
    (home / ".config/akonadi/akonadiserverrc").write_text("[%General]\nDriver=QSQLITE\n")
    (home / ".config/kmail2rc").write_text(
        "[Reader]\nhtmlMail=true\nhtmlLoadExternal=false\n[General]\nfirst-start=false\n"
    )
    return ["kmail", "--view", mail.as_uri()]


_LARGE = "search --onlyvisible --class {} windowsize %@ 900 1100"
# Ada's inbox, then its only mail, in a window of its own.
_EVOLUTION = (
    _LARGE.format("evolution"),
    "mousemove 80 395 click 1",
    "mousemove 350 200 click --repeat 2 --delay 80 1",
    _LARGE.format("evolution"),
)
PROGRAMS = (
    MailProgram(name="mutt", needs=("mutt", "w3m", "xterm"), prepare=mutt, settles=4),
    MailProgram(name="claws-mail", needs=("claws-mail",), prepare=claws, settles=8),
    MailProgram(name="thunderbird", needs=("thunderbird",), prepare=thunderbird, settles=25),
    MailProgram(name="evolution", needs=("evolution", "xdotool"), prepare=evolution, settles=15, does=_EVOLUTION),
    MailProgram(name="kmail", needs=("kmail", "xdotool"), prepare=kmail, settles=25, does=(_LARGE.format("kmail"),)),
)


def missing(program: MailProgram) -> list[str]:
    """What is not installed of all that showing a mail in the program takes."""
    return [name for name in (*_TOOLS, *program.needs) if not shutil.which(name)]


def shown(program: MailProgram, mail: Path) -> bytes:
    """The whole screen with the mail open in the program, as PNG."""
    with tempfile.TemporaryDirectory(prefix="look-", ignore_cleanup_errors=True) as folder, _screen() as display:
        home = Path(folder)
        command = program.prepare(home, mail)
        around = {
            "PATH": f"{os.environ['PATH']}:/usr/sbin",
            "HOME": str(home),
            "DISPLAY": display,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(home),
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "QT_QPA_PLATFORM": "xcb",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "QTWEBENGINE_DISABLE_SANDBOX": "1",
            "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        with (home / "said").open("wb") as said:
            running = subprocess.Popen(
                ["dbus-run-session", "--", *command], env=around, stdout=said, stderr=said, start_new_session=True
            )
            try:
                time.sleep(program.settles)
                drawn = _at_rest(display)
                for words in program.does:
                    subprocess.run(["xdotool", *words.split()], env=around, check=False)
                    drawn = _at_rest(display)
                return drawn
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGTERM)
                running.wait()


def _at_rest(display: str) -> bytes:
    """The whole screen as PNG, once two seconds changed nothing of it; after a minute as it is."""
    before = b""
    for _ in range(30):
        time.sleep(2)
        command = ["import", "-display", display, "-window", "root", "rgb:-"]
        now = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        if now == before:
            break
        before = now
    command = ["import", "-display", display, "-window", "root", "png:-"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


@contextmanager
def _screen() -> Iterator[str]:
    """An X server without a screen; the name of its display."""
    reading, writing = os.pipe()
    size = "x".join(map(str, (*_SCREEN, 24)))
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
