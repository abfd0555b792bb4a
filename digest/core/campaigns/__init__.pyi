from .chunk import send_chunk as send_chunk
from .desk import campaign_for as campaign_for
from .desk import in_doubt as in_doubt
from .desk import next_attempt as next_attempt
from .desk import people_of as people_of
from .desk import pulses as pulses
from .desk import standing as standing
from .doubts import Settled as Settled
from .doubts import retry as retry
from .doubts import settle as settle
from .frozen import view as view
from .listing import ANNOUNCEMENT as ANNOUNCEMENT
from .listing import SORTED as SORTED
from .listing import Listed as Listed
from .listing import Listings as Listings
from .listing import Outline as Outline
from .lookup import is_campaign as is_campaign
from .lookup import lists_of as lists_of
from .lookup import subjects as subjects
from .moves import cancel as cancel
from .moves import hold as hold
from .moves import pause as pause
from .moves import resume as resume
from .part import Part as Part
from .part import taking_part as taking_part
from .publicity import (
    hide_from_archive as hide_from_archive,
)
from .publicity import (
    show_in_archive as show_in_archive,
)
from .reports import (
    CampaignReport as CampaignReport,
)
from .reports import (
    Row as Row,
)
from .reports import (
    Sent as Sent,
)
from .reports import (
    SentDue as SentDue,
)
from .reports import (
    meaning as meaning,
)
from .reports import (
    recipients as recipients,
)
from .reports import (
    report as report,
)
from .resending import resend as resend
from .returned import (
    first_with_hints as first_with_hints,
)
from .returned import (
    read_returns as read_returns,
)
from .returned import (
    secrets_of_marks as secrets_of_marks,
)
from .returned import (
    take_mail as take_mail,
)
from .returned import (
    take_returns as take_returns,
)
from .seen import Seen as Seen
from .seen import SeenRelay as SeenRelay
from .seen import otherwise_configured as otherwise_configured
from .seen import outdated as outdated
from .seen import seen_relays as seen_relays
from .seen import seen_workers as seen_workers
from .sending import go_on as go_on
from .sending import send as send
from .sending import send_due as send_due
from .together import look_after as look_after
