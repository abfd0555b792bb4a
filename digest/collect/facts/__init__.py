"""What a post that is a vacancy or an event says of itself, beside what it is; pure.

`vacancies` and `events` take a post's date and what goes with it: until when to book and to send abstracts
(`deadlines`), what is vague of it (`vague`), who advertises (`employers`, by the `names` in it), for how many
(`openings`) and what `pay`, where it is (`places`, `workplaces`, by `place_words`), and the address that leads on
(`links`).
"""

from digest.collect.facts.events import EventFacts, deadline_readings, event_facts, moment_of
from digest.collect.facts.vacancies import VacancyFacts, vacancy_facts
from digest.collect.facts.vague import vague_start

__all__ = [
    "EventFacts",
    "VacancyFacts",
    "deadline_readings",
    "event_facts",
    "moment_of",
    "vacancy_facts",
    "vague_start",
]
