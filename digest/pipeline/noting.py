"""Note: an editor's word to the readers of one edition, from a file that is read when the edition is composed."""

from digest.app import App
from digest.compose import edition_from_json
from digest.config import DigestConfig
from digest.errors import ConfigError, Problem
from digest.store import campaigns
from digest.store.campaigns import Campaign

_MOST = 20_000  # characters; more is no note


def note_for(app: App, digest: DigestConfig, *, leaving_out: Campaign | None = None) -> str:
    """What stands in the digest's `note` file, unless the edition before said the same.

    Args:
        app: whose store remembers earlier editions.
        digest: which may have a `note`.
        leaving_out: a campaign of this period that is composed again.

    Raises:
        ConfigError: when the file is there and cannot be read.
    """
    if digest.note is None:
        return ""
    path = app.config.resolve(digest.note)
    where = f"digests.{digest.name}.note: {path.name}"
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        return ""  # nothing to say this time
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 at byte {error.start}"
        raise ConfigError([Problem(where=where, what=f"cannot be read: {what}", fix="save it as UTF-8 text")]) from None
    if len(text) > _MOST:
        fix = "a note introduces an edition; write an announcement for more"
        raise ConfigError([Problem(where=where, what=f"it has {len(text):,} characters, {_MOST:,} at most", fix=fix)])
    with app.store.read() as connection:
        before = campaigns.latest_edition(connection, digest.name, leaving_out=leaving_out)
    said = edition_from_json(before).note if before else ""
    return "" if text == said else text
