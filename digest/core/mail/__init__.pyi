from .languages import in_language_of as in_language_of
from .letters import as_test as as_test
from .letters import send_one as send_one
from .links import (
    archive_link as archive_link,
)
from .links import (
    ics_link as ics_link,
)
from .links import (
    in_language as in_language,
)
from .links import (
    item_link as item_link,
)
from .links import (
    own_domain as own_domain,
)
from .links import (
    pages_of as pages_of,
)
from .links import (
    render_announcement as render_announcement,
)
from .links import (
    render_edition as render_edition,
)
from .links import (
    view_link as view_link,
)
from .personal import Mail as Mail
