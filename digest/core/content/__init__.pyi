from .collection import collect as collect
from .collection import items_now as items_now
from .doubts import likely_kinds as likely_kinds
from .doubts import settled_at_once as settled_at_once
from .edits import clear_edits as clear_edits
from .edits import edit_item as edit_item
from .notes import have_note_pictures as have_note_pictures
from .pictures import picture_file as picture_file
from .pictures import picture_of as picture_of
from .pictures import with_pictures_beside as with_pictures_beside
from .series import clear_series_edit as clear_series_edit
from .series import edit_series as edit_series
from .series import find_series as find_series
from .sources import SourceStanding as SourceStanding
from .sources import failing as failing
from .sources import source_standings as source_standings
from .stock import (
    Stock as Stock,
)
from .stock import count_items as count_items
from .stock import (
    find_item as find_item,
)
from .stock import (
    shown_item as shown_item,
)
from .stock import (
    stored_items as stored_items,
)
from .story import ItemStory as ItemStory
from .story import Outlook as Outlook
from .story import Prospect as Prospect
from .story import item_story as item_story
from .story import marks as marks
from .story import outlook as outlook
from .upcoming import Upcoming as Upcoming
from .upcoming import upcoming as upcoming
from .verdicts import Explained as Explained
from .verdicts import change_told as change_told
from .verdicts import explained as explained
from .verdicts import marked_in_words as marked_in_words
from .verdicts import verdict_in_words as verdict_in_words
