"""Retention of pictures: what nothing uses any more is erased after its time."""

from datetime import datetime, timedelta

from digest.app import App
from digest.core.content.pictures import picture_files
from digest.model import By, Told
from digest.store import archive, campaigns
from digest.store.content import pictures as picture_store
from digest.store.content.picture_files import NAME
from digest.store.organisers import activity, drafts

_FRESH = timedelta(days=1)  # a file that is not known may be one that is being written


def erase_unused_pictures(app: App, now: datetime, *, by: By) -> int:
    """Erase the pictures that nothing has used for as long as `[retention] pictures` says; how many they were.

    In use is what an item has that may still come, what a draft names, and what a mail shows that waits, is being sent
    or went within that time; and what an announcement shows as long as it stands in the archive.
    """
    before = now - app.config.retention.pictures
    with app.store.write() as connection:
        unused = picture_store.unused(connection, before)
        if unused:
            texts = (
                *campaigns.shown_since(connection, before),
                *archive.contents_of(connection, campaigns.ANNOUNCEMENT),
                *drafts.unsent_texts(connection),
            )
            picture_store.touch(connection, {name for text in texts for name in NAME.findall(text)} & unused, now)
        erased = picture_store.erase_unused(connection, before)
        if erased:
            activity.record(
                connection, at=now, by=by, verb="erase", subject="[retention]", detail=Told("pictures", count=erased)
            )
        known = picture_store.files(connection)
    picture_files(app).erase_others(known, before=now - _FRESH)
    return erased
