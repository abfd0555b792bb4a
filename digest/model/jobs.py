"""The jobs of the running service, as they are remembered."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRun:
    """The latest run of a job."""

    job: str
    started_at: datetime  # to within a minute
    succeeded_at: datetime | None
    error: str  # why the latest failed


CHUNKS = "chunks"
"""The queue of what is to be sent."""

SEND_CHUNK = "send_chunk"
"""What a job in it asks for, of a `campaign_id` and the `number` of its chunk."""

JOBS = "jobs"
"""What the schedule asks workers to do: collecting, composing, reading returns."""

RUN_JOB = "run_job"
"""What an entry of it asks for: the `job` of jobs/ with that id, as of a moment (`at`, ISO 8601)."""


def jobs_queue(config: str) -> str:
    """The queue of what whoever goes by one configuration asks of workers that go by the same, by its hash."""
    return f"{JOBS}-{config}"


def job_lock(job: str) -> str:
    """What a call of a job by its id is called: there is never more than one of them that waits."""
    return f"job {job}"
