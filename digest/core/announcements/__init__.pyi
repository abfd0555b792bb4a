from .drafts import (
    Notice as Notice,
)
from .drafts import (
    ShownMail as ShownMail,
)
from .drafts import (
    correction as correction,
)
from .drafts import (
    draft as draft,
)
from .drafts import (
    look_at as look_at,
)
from .drafts import (
    send_test as send_test,
)
from .drafts import told_of_pictures as told_of_pictures
from .going import Gone as Gone
from .going import keep_all_back as keep_all_back
from .going import keep_for_later as keep_for_later
from .going import release_draft as release_draft
from .going import release_due as release_due
from .going import schedule_draft as schedule_draft
from .going import send_draft as send_draft
from .going import send_draft_test as send_draft_test
from .going import unschedule_draft as unschedule_draft
from .kept import OutdatedError as OutdatedError
from .kept import UnknownDraftError as UnknownDraftError
from .kept import change_draft as change_draft
from .kept import create_draft as create_draft
from .kept import discard_draft as discard_draft
from .kept import exported as exported
from .kept import file_name as file_name
from .kept import kept_draft as kept_draft
from .kept import kept_drafts as kept_drafts
from .kept import written_of as written_of
from .looks import Look as Look
from .looks import NumberError as NumberError
from .looks import asks as asks
from .looks import check_number as check_number
from .looks import look as look
from .looks import look_at_text as look_at_text
from .looks import notice_of as notice_of
from .looks import shown as shown
from .mailing import announce as announce
from .mailing import reach as reach
from .own_pictures import LARGEST as LARGEST
from .own_pictures import PictureError as PictureError
from .own_pictures import have_pictures as have_pictures
from .own_pictures import keep_picture as keep_picture
from .own_pictures import with_own_pictures as with_own_pictures
