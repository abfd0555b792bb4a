from .checks import Check as Check
from .checks import CheckedEmail as CheckedEmail
from .checks import check_announcement as check_announcement
from .checks import check_edition as check_edition
from .checks import look_over as look_over
from .overview import Overview as Overview
from .overview import status as status
