from .address import bounce_address as bounce_address
from .address import copy_id as copy_id
from .address import read_bounce_address as read_bounce_address
from .address import read_copy_id as read_copy_id
from .message import read_message as read_message
from .reasons import plain_reason as plain_reason
from .relay_log import read_relay_log as read_relay_log
