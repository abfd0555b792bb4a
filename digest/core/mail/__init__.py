"""A rendered mail on its way to one person: links, slots, headers, and letters outside any campaign."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
