"""Which entries of an edition are shown with their pictures; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from digest.compose.selection import takes
from digest.config import Config, DigestConfig
from digest.model import Edition, Entry, Group, Picture, Section


def pictures_wanted(edition: Edition, config: Config, digest: DigestConfig | None) -> Sequence[str]:
    """The addresses of the pictures that it is shown with, as far as they can be had; of a digest, or of cards."""
    return [entry.item.image_url for entry in _shown(edition, config, digest) if entry.item.image_url]


def pictured(edition: Edition, pictures: Mapping[str, Picture], config: Config, digest: DigestConfig | None) -> Edition:
    """The edition with its pictures.

    Args:
        edition: composed.
        pictures: those that are there, by the addresses where sources have them.
        config: says which items are shown with theirs, and whether readers can load them at all.
        digest: whose edition it is; None for cards of an announcement, which have no lead.
    """
    shown = {id(entry) for entry in _shown(edition, config, digest) if entry.item.image_url in pictures}
    if digest is not None:
        shown = _with_one_lead(edition, shown, config, digest)
    if not shown:
        return edition

    def with_picture(entry: Entry) -> Entry:
        return replace(entry, picture=pictures[entry.item.image_url or ""]) if id(entry) in shown else entry

    return _each(edition, with_picture)


def without_lost(edition: Edition, has: Callable[[str], bool]) -> Edition:
    """The edition without the pictures whose files are there no more, as `has` tells of a name."""

    def checked(entry: Entry) -> Entry:
        kept = entry.picture is None or (has(entry.picture.large.name) and has(entry.picture.small.name))
        return entry if kept else replace(entry, picture=None)

    noted = tuple(one for one in edition.note_pictures if has(one.file.name))
    return replace(_each(edition, checked), note_pictures=noted)


def _each(edition: Edition, change: Callable[[Entry], Entry]) -> Edition:
    def group(one: Group) -> Group:
        return replace(one, entries=tuple(change(entry) for entry in one.entries))

    def section(one: Section) -> Section:
        return replace(one, groups=tuple(group(each) for each in one.groups))

    return replace(edition, sections=tuple(section(one) for one in edition.sections))


def _shown(edition: Edition, config: Config, digest: DigestConfig | None) -> Iterator[Entry]:
    if not config.shows_pictures:
        return
    for entry in edition.entries:
        wanted = _wanted(entry, config, digest)
        if wanted == "all" or (wanted == "lead" and digest is not None and entry.may_lead):
            yield entry


def _with_one_lead(edition: Edition, shown: set[int], config: Config, digest: DigestConfig) -> set[int]:
    """Without the pinned entries after the first that have a picture only for being pinned."""
    leads = [entry for entry in edition.entries if id(entry) in shown and entry.may_lead]
    return shown - {id(entry) for entry in leads[1:] if _wanted(entry, config, digest) == "lead"}


def _wanted(entry: Entry, config: Config, digest: DigestConfig | None) -> str:
    sections = (one for one in digest.sections if takes(one, entry.item)) if digest else iter(())
    section = next(sections, None)
    return (section.pictures if section else None) or config.brand.pictures
