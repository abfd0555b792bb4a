"""The sample's mails as mail programs of Debian show them, each under an X server and in a home of its own.

`make looks CLIENTS=1` runs it. It needs Xvfb, xterm, ImageMagick's `import` and `convert`, dbus-x11, and of the programs those
that are to be seen; what is missing is told and passed over. It is no part of the tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SCREEN = (900, 1100)  # pixels
_TOOLS = ("Xvfb", "import", "convert", "dbus-run-session")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailProgram:
    """One that is started with a mail; `prepare` lays out its home and gives the command."""

    name: str
    needs: tuple[str, ...]  # what is called
    prepare: Callable[[Path, Path], Sequence[str]]  # its home, the mail
    settles: float  # seconds until it has drawn
    keys: tuple[str, ...] = ()  # pressed then, a second after each other


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
    (settings / "accountrc").write_text(
        "[Account: 1]\naccount_name=Ada\nis_default=1\nname=Ada\naddress=ada@example.org\nprotocol=5\ninbox=#mh/Mailbox/inbox\n"
    )
    (settings / "folderlist.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<folderlist>\n<folder type="mh" name="Mailbox" path="Mail" collapsed="0">\n'
        + "".join(
            f'<folderitem type="{kind}" name="{name}" path="{name}" />\n'
            for kind, name in (("inbox", "inbox"), ("outbox", "sent"), ("draft", "draft"), ("queue", "queue"), ("trash", "trash"))
        )
        + "</folder>\n</folderlist>\n"
    )
    plugins = sorted(Path("/usr/lib").glob("*/claws-mail/plugins/*html*.so")) or sorted(
        Path("/usr/lib").glob("*/claws-mail/plugins/fancy.so")
    )
    (settings / "clawsrc").write_text(
        "[Common]\npromote_html_part=1\nrender_html=1\ninvoke_plugin_on_html=1\nlayout_mode=0\nopen_selected_on_folder_open=1\n"
        "mainwin_width=900\nmainwin_height=1100\nmainwin_x=0\nmainwin_y=0\nfolderview_width=120\n"
        "[Plugins_GTK3]\n" + "".join(f"{one}\n" for one in plugins)
    )
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
    written = {True: "true", False: "false"}
    (profile / "user.js").write_text(
        "".join(
            f'user_pref("{name}", {written[value] if isinstance(value, bool) else value});\n'
            for name, value in preferences.items()
        )
    )
    return ["thunderbird", "--profile", str(profile), "--no-remote", str(mail)]


def evolution(home: Path, mail: Path) -> Sequence[str]:
    """Evolution with the mail in its local inbox."""
    inbox = home / ".local/share/evolution/mail/local"
    for part in ("cur", "new", "tmp"):
        (inbox / part).mkdir(parents=True)
    shutil.copy(mail, inbox / "cur/1:2,")
    return ["evolution", "--component=mail"]


def kmail(home: Path, mail: Path) -> Sequence[str]:
    """KMail's window of one message, with HTML allowed."""
    (home / ".config").mkdir()
    (home / ".config/kmail2rc").write_text("[Reader]\nhtmlMail=true\nhtmlLoadExternal=false\n[General]\nfirst-start=false\n")
    return ["kmail", "--view", mail.as_uri()]


PROGRAMS = (
    MailProgram(name="mutt", needs=("mutt", "w3m", "xterm"), prepare=mutt, settles=4),
    MailProgram(name="claws-mail", needs=("claws-mail",), prepare=claws, settles=8),
    MailProgram(name="thunderbird", needs=("thunderbird",), prepare=thunderbird, settles=25),
    MailProgram(name="evolution", needs=("evolution", "xdotool"), prepare=evolution, settles=20),
    MailProgram(name="kmail", needs=("kmail",), prepare=kmail, settles=25),
)


def shown(program: MailProgram, mail: Path, png: Path) -> None:
    """A picture of the whole screen with the mail open in the program."""
    with tempfile.TemporaryDirectory(prefix="look-", ignore_cleanup_errors=True) as folder, _screen() as display:
        home = Path(folder)
        command = program.prepare(home, mail)
        around = {
            "PATH": os.environ["PATH"],
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
                for key in program.keys:
                    subprocess.run(["xdotool", "key", key], env=around, check=False)
                    time.sleep(1)
                subprocess.run(["import", "-display", display, "-window", "root", str(png)], check=True)
            finally:
                os.killpg(running.pid, 15)
                running.wait()
        if os.environ.get("SAID"):
            print((home / "said").read_text(errors="replace")[-3000:])


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
