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
from .due import prepare_due as prepare_due
from .preparation import PreparedEdition as PreparedEdition
from .preparation import prepare as prepare
from .preparation import send as send
from .previews import Preview as Preview
from .previews import preview as preview
from .previews import send_test as send_test
from .revision import Recomposed as Recomposed
from .revision import recompose as recompose
