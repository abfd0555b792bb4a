"""Which parser reads which kind of source."""

from collections.abc import Callable, Mapping

from digest.collect.export import parse_export
from digest.collect.feed import parse_feed
from digest.collect.folder import parse_folder
from digest.collect.found import Fetched, Found
from digest.config import SourceConfig
from digest.errors import SourceError

Parser = Callable[[SourceConfig, Fetched], tuple[Found, ...]]
"""Pure: the documents of a source -> what they hold; raises SourceError for what it cannot understand."""

KINDS: Mapping[str, Parser] = {
    "export": parse_export,
    "feed": parse_feed,
    "folder": parse_folder,
}


def parse(source: SourceConfig, fetched: Fetched) -> tuple[Found, ...]:
    """Everything the documents of a source hold, in the source's order.

    Raises:
        SourceError: naming the source, the place, the cause and the way out.
    """
    parser = KINDS.get(source.kind)
    if parser is None:
        known = ", ".join(KINDS)
        raise SourceError(
            f'source {source.name}: this version does not read kind "{source.kind}" yet; it reads {known}'
        )
    return parser(source, fetched)
