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
from .mailing import announce as announce
from .mailing import reach as reach
