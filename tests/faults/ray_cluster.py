"""The Ray launcher on a local cluster of two nodes: `python -m tests.faults.ray_cluster` (needs the extra
`ray`).

Two kinds of accelerators that do not exist are given to two nodes of one CPU each, so the suite must run once
on each kind and come back as two runs with their own processes. It takes one to two minutes and about 1 GB,
so it is a command of its own; what needs no cluster is tested with the units.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from toolkit.benchmark.jobs import Job, run_job
from toolkit.benchmark.selection import Selection


def main() -> int:
    """Start a cluster, measure on it, and say what came back; 0 when both kinds did."""
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "resources": {"accelerator_type:KIND-A": 1}}
    )
    cluster.add_node(num_cpus=1, resources={"accelerator_type:KIND-B": 1})
    os.environ["RAY_ADDRESS"] = cluster.address
    try:
        with tempfile.TemporaryDirectory(prefix="groundplan-ray-") as folder:
            chosen = Selection(models=("tiny-gpt2",), modes=("decode",))
            job = Job(chosen, "cpu", budget_s=120.0, launcher="ray")
            runs = run_job(job, journal=lambda name: Path(folder, f"{name['machine']}.jsonl"))
            for run in runs:
                for problem in run.problems:
                    print(problem, file=sys.stderr)
            found = [
                {"cases": [one.workload.name for one in run.measurements],
                 "processes": [len(one.block_seconds) for one in run.measurements]}
                for run in runs
            ]  # fmt: skip
        print(json.dumps(found))
        return 0 if len(found) == 2 and all(row["cases"] for row in found) else 1
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    sys.exit(main())
