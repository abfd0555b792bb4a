"""Bytes of a source: a file, a folder, a database or an address, within limits; the one room here that does input.

`sources` decides which. `http` asks a server, at `addresses` that may be asked, by `urls` that keep their secrets;
`body` takes its answer apart, `retry` says when to ask again and `failures` whether that may help. `database` asks one.
"""

from digest.collect.fetch.http import Web
from digest.collect.fetch.sources import fetch

__all__ = ["Web", "fetch"]
