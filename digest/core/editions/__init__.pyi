from .anew import Recomposed as Recomposed
from .anew import recompose as recompose
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
from .arrangement import bring_in as bring_in
from .arrangement import drop as drop
from .arrangement import edit_within as edit_within
from .arrangement import may_be_arranged as may_be_arranged
from .arrangement import move as move
from .arrangement import restore as restore
from .arrangement import word as word
from .drafts import Draft as Draft
from .drafts import approve_draft as approve_draft
from .drafts import draft_of as draft_of
from .drafts import hold_draft as hold_draft
from .drafts import show_drafts as show_drafts
from .due import draft_next as draft_next
from .due import prepare_due as prepare_due
from .left_out import LeftOut as LeftOut
from .left_out import arrived as arrived
from .left_out import left_out as left_out
from .listing import Outline as Outline
from .listing import latest_editions as latest_editions
from .preparation import PreparedEdition as PreparedEdition
from .preparation import prepare as prepare
from .preparation import send as send
from .previews import Preview as Preview
from .previews import preview as preview
from .previews import preview_campaign as preview_campaign
from .previews import preview_current as preview_current
from .previews import send_campaign_test as send_campaign_test
from .previews import send_test as send_test
from .reviewers import Answer as Answer
from .reviewers import read_answer_link as read_answer_link
from .standings import AGREED as AGREED
from .standings import READY as READY
from .standings import standings as standings
from .versions import Current as Current
from .versions import Glances as Glances
from .versions import current as current
from .versions import current_named as current_named
