from .growth import Growth as Growth
from .growth import growth as growth
from .growth import weeks_of_growth as weeks_of_growth
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
from .imports import (
    unknown_languages as unknown_languages,
)
from .letters import send_letters as send_letters
from .lists import Leaving as Leaving
from .lists import (
    Membership as Membership,
)
from .lists import (
    apply_lists as apply_lists,
)
from .lists import (
    apply_plans as apply_plans,
)
from .lists import carry_out_all_leavings as carry_out_all_leavings
from .lists import carry_out_leavings as carry_out_leavings
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
from .lists import note_leavings as note_leavings
from .lists import (
    plan_lists as plan_lists,
)
from .lists import (
    unsubscribe as unsubscribe,
)
from .lists import (
    unsubscribe_all as unsubscribe_all,
)
from .own_links import Grant as Grant
from .own_links import lift_own as lift_own
from .own_links import mail_link as mail_link
from .own_links import mail_own_link as mail_own_link
from .own_links import preferences_link as preferences_link
from .own_links import read_link as read_link
from .own_lists import REASON_LENGTH as REASON_LENGTH
from .own_lists import Agreement as Agreement
from .own_lists import come_back as come_back
from .own_lists import has_just_left as has_just_left
from .own_lists import list_ids_of as list_ids_of
from .own_lists import take_back as take_back
from .own_lists import tell_why as tell_why
from .own_mail import Choice as Choice
from .own_mail import OwnList as OwnList
from .own_mail import OwnMail as OwnMail
from .own_mail import Place as Place
from .own_mail import Wishes as Wishes
from .own_mail import own_mail as own_mail
from .pauses import welcome_back as welcome_back
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
from .plans import ListPlan as ListPlan
from .plans import (
    plans_from_json as plans_from_json,
)
from .plans import (
    plans_to_json as plans_to_json,
)
from .preferences import Change as Change
from .preferences import change_own as change_own
from .preferences import (
    change_preferences as change_preferences,
)
from .preferences import chosen_language as chosen_language
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
from .search import FoundPerson as FoundPerson
from .search import find_people as find_people
from .search import number_of as number_of
from .search import person_numbered as person_numbered
from .sign_up import Asked as Asked
from .sign_up import Confirmation as Confirmation
from .sign_up import (
    ask as ask,
)
from .sign_up import (
    confirm as confirm,
)
from .sign_up import (
    confirmation as confirmation,
)
from .sign_up import (
    invite as invite,
)
from .sign_up import (
    open_lists as open_lists,
)
from .story import PersonStory as PersonStory
from .story import person_story as person_story
