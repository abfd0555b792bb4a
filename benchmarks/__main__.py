"""Everything that docs/benchmarks.md tells, measured again: one table, its conditions above it.

`make bench` runs it with the sizes that the bars are for, which takes about a quarter of an hour; give smaller ones to
look whether it works, or `--only` some of the scripts. A bar is shown only for the size that it is for.
"""

import assembly
import edition
import leaving
import listing
import pages
import planning
import reading
import relays
import side_by_side
import startup
import streams
import throughput
import workers
from running import run

if __name__ == "__main__":
    scripts = (
        startup,
        reading,
        edition,
        assembly,
        throughput,
        workers,
        relays,
        side_by_side,
        listing,
        planning,
        leaving,
        streams,
        pages,
    )
    run(__doc__, [script.BENCHMARK for script in scripts])
