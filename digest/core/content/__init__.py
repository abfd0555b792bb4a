"""What sources yielded: collected, in stock, edited by hand, and the story of each item."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
