from .imports import ImportPlan as ImportPlan
from .imports import (
    import_people as import_people,
)
from .imports import (
    plan_import as plan_import,
)
from .imports import (
    read_people as read_people,
)
from .lists import (
    Membership as Membership,
)
from .lists import (
    apply_lists as apply_lists,
)
from .lists import (
    apply_plans as apply_plans,
)
from .lists import (
    edition_audience as edition_audience,
)
from .lists import guard as guard
from .lists import (
    leave_all as leave_all,
)
from .lists import (
    list_sizes as list_sizes,
)
from .lists import listed as listed
from .lists import (
    members as members,
)
from .lists import (
    membership as membership,
)
from .lists import (
    plan_lists as plan_lists,
)
from .lists import (
    unsubscribe as unsubscribe,
)
from .person import (
    hindrance as hindrance,
)
from .person import (
    leave as leave,
)
from .person import (
    lift as lift,
)
from .person import (
    subscribe as subscribe,
)
from .person import (
    suppress as suppress,
)
from .plans import (
    plans_from_json as plans_from_json,
)
from .plans import (
    plans_to_json as plans_to_json,
)
from .preferences import Change as Change
from .preferences import (
    change_preferences as change_preferences,
)
from .preferences import (
    preferences as preferences,
)
from .privacy import Forgotten as Forgotten
from .privacy import forget as forget
from .retention import Erased as Erased
from .retention import erase_expired as erase_expired
from .returns import Taken as Taken
from .returns import told_as as told_as
from .returns import unmatched as unmatched
from .story import PersonStory as PersonStory
from .story import person_story as person_story
