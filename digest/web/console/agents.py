"""What a browser says it is, in two words that its owner knows again."""

_BROWSERS = (  # the first that stands in it; most name others beside themselves
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def agent_of(header: str) -> str:
    """A ``User-Agent`` in short: "Firefox, Linux"; "" where it says nothing that is known."""
    named = (next((name for mark, name in table if mark in header), "") for table in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, named))
