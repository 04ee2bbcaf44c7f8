"""The workspace: one DuckDB file that holds plans, measurements, runs and a copy of the facts.

`toolkit.store.workspace`      opening it: short-lived readers and writers, locks, refusals
`toolkit.store.migrations`     its schema, step by step
`toolkit.store.revisions`      plan texts, immutable, with what changed
`toolkit.store.dimensions`     which Sobol dimension each uncertain quantity draws from
`toolkit.store.measurements`   what the benchmark found
`toolkit.store.runs`           what projections found
`toolkit.store.reference`      the facts of `data/` as tables
`toolkit.store.query`          read-only SQL for people
`toolkit.store.backups`        a consistent copy

DuckDB is imported here and nowhere else; `import toolkit` does not import this package.
"""

from toolkit.store.backups import backup
from toolkit.store.dimensions import extend_dimensions, load_dimensions
from toolkit.store.measurements import load_measurements, save_measurements
from toolkit.store.query import Answer, run_query
from toolkit.store.reference import refresh_reference
from toolkit.store.revisions import Revision, diff, list_revisions, load_revision, save_revision
from toolkit.store.runs import RunSummary, list_runs, load_base, load_fans, load_run, save_run
from toolkit.store.workspace import Workspace, schema_version

__all__ = [
    "Answer",
    "Revision",
    "RunSummary",
    "Workspace",
    "backup",
    "diff",
    "extend_dimensions",
    "list_revisions",
    "list_runs",
    "load_base",
    "load_dimensions",
    "load_fans",
    "load_measurements",
    "load_revision",
    "load_run",
    "refresh_reference",
    "run_query",
    "save_measurements",
    "save_revision",
    "save_run",
    "schema_version",
]
