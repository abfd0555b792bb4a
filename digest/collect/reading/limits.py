"""What reading one source may take."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What reading one source may take, well above what honest ones do (docs/benchmarks.md), before it has failed."""

    cpu: float = 60.0  # seconds of processor time; 5,000 posts take about 10
    wall: float = 120.0  # seconds, where it waits instead of working: stopped, or out of real memory
    memory: int = 512_000_000  # bytes above those of a process that has read nothing; 5,000 posts take 30 million
    answer: int = 128_000_000  # bytes of items as JSON; ten megabytes of posts make about 25 million
    start: float = 60.0  # seconds until the process is ready; half a second where nothing else is going on
    picture_cpu: float = 6.0  # seconds of processor time; the largest that are taken need 2
    picture_wall: float = 20.0  # seconds
