"""Sources -> items: fetch bytes, parse what they say, resolve what it means.

`fetch` does the input, `parse` and `resolve` are pure and run in a process of their own (`digest.collect.reading`). A
new kind of source is one module and one line in `KINDS`. What is imported from here is loaded when it is first asked
for, so that the process which fetches needs no parsers, and the one which reads no network. `fetch` is
imported from the room and `resolve` from the module of its name, which would stand before it here.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
