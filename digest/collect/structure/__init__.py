"""What the markup of a page or post states: microdata and microformats, as the objects that JSON-LD would have.

`items` walks a tree once; `microdata` and `microformats` tell it what opens an item, what is a property and what its
value is. `post` decides which of the items is the post itself, and `contradicted` compares it with the prose.
"""

from digest.collect.structure.contradicted import unlike_the_prose
from digest.collect.structure.items import Marked
from digest.collect.structure.microdata import read_microdata
from digest.collect.structure.microformats import read_microformats
from digest.collect.structure.post import with_what_is_marked

__all__ = ["Marked", "read_microdata", "read_microformats", "unlike_the_prose", "with_what_is_marked"]
