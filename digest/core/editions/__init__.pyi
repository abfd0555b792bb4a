from .approval import approve as approve
from .archive import (
    ArchivedMail as ArchivedMail,
)
from .archive import (
    ArchivePage as ArchivePage,
)
from .archive import (
    Shelved as Shelved,
)
from .archive import (
    archive_page as archive_page,
)
from .archive import (
    archive_stamp as archive_stamp,
)
from .archive import (
    latest as latest,
)
from .archive import (
    shelved as shelved,
)
from .archive import (
    stock_stamp as stock_stamp,
)
from .drafts import Draft as Draft
from .drafts import approve_draft as approve_draft
from .drafts import draft_of as draft_of
from .drafts import hold_draft as hold_draft
from .drafts import show_drafts as show_drafts
from .due import prepare_due as prepare_due
from .preparation import PreparedEdition as PreparedEdition
from .preparation import prepare as prepare
from .preparation import send as send
from .previews import Preview as Preview
from .previews import preview as preview
from .previews import send_test as send_test
from .reviewers import Answer as Answer
from .reviewers import read_answer_link as read_answer_link
from .revision import Recomposed as Recomposed
from .revision import arrived_since as arrived_since
from .revision import recompose as recompose
