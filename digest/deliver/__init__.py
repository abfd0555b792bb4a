"""The deliver room: a rendered mail becomes one message per person and reaches the server, each with its outcome."""

from digest.deliver.choice import Candidate, Choice, Shared
from digest.deliver.courier import Courier, Envelope
from digest.deliver.dkim_record import contradiction, public_record
from digest.deliver.engine import transmit
from digest.deliver.fairness import FairShare
from digest.deliver.fields import wire_domain
from digest.deliver.message import PreparedMessage, message_id, prepare_message
from digest.deliver.outcome import asks_for_less, judge
from digest.deliver.pressure import Patience, Pressure
from digest.deliver.relay import Relay, kept, open_any, open_relay
from digest.deliver.retry import FIRST_WAIT, LATEST, SHORT_WAIT, next_attempt
from digest.deliver.slices import SharedPace, Starts
from digest.deliver.slots import Slots
from digest.deliver.smtp import SmtpCourier
from digest.deliver.supply import Claims

__all__ = [
    "FIRST_WAIT",
    "LATEST",
    "SHORT_WAIT",
    "Candidate",
    "Choice",
    "Claims",
    "Courier",
    "Envelope",
    "FairShare",
    "Patience",
    "PreparedMessage",
    "Pressure",
    "Relay",
    "Shared",
    "SharedPace",
    "Slots",
    "SmtpCourier",
    "Starts",
    "asks_for_less",
    "contradiction",
    "judge",
    "kept",
    "message_id",
    "next_attempt",
    "open_any",
    "open_relay",
    "prepare_message",
    "public_record",
    "transmit",
    "wire_domain",
]
