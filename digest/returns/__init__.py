"""The mirror of collect: bytes that come back -> `Return`; pure, but for `mailbox`, which reads them, and `sns`.

What is imported from here is loaded when it is first asked for: whoever only addresses mail needs no readers.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
