"""A run with every kind of content, in any size, for the tests of the store."""

from __future__ import annotations

import random

from toolkit.projection.run import LEVELS, ComputeUse, Fan, Figure, Metrics, Run
from toolkit.shapes.records import Device, Measurement, Rate, Workload
from toolkit.text import Text

WORKLOAD = Workload("gpt2", "train", "bf16", 8, 512, options=(("attention", "sdpa"), ("compile", "no")))
DEVICE = Device("cuda", "NVIDIA H100 80GB HBM3", "h100-sxm-80", 2)


def sample_measurement(number: int = 0) -> Measurement:
    """One measurement; another `number` is another content and another id."""
    return Measurement(
        workload=WORKLOAD,
        device=DEVICE if number % 2 == 0 else Device("cpu", "EPYC"),
        value=1000.1 + number,
        low=990.3,
        high=1010.7,
        work_per_step=4096.0,
        block_seconds=((0.1, 0.2), (0.3,)),
        stop_reason="interval",
        measured_at=f"2026-11-{1 + number % 28:02d}T12:00:00Z",
        peak_bytes=None if number % 2 else 2**40,
        unknown={"mfu": "no data sheet peak"},
        flags=("throttled",),
        environment={"torch": "2.13.0", "threads": 2, "driver": None, "clocks_mhz": [1980, 1755]},
    )


def sample_run(
    id: str = "run-1",
    *,
    plan: str = "acme",
    scenario: str = "base",
    lines: int = 5,
    fans: int = 2,
    paths: int = 3,
    months: int = 36,
) -> Run:
    """A run whose values are arbitrary doubles, the same for the same arguments."""
    draw = random.Random(f"{id} {lines} {fans} {paths} {months}")

    def series(length: int) -> tuple[float, ...]:
        return tuple(
            draw.choice((draw.gauss(0, 1) * 10.0 ** draw.randint(-9, 12), 0.0)) for _ in range(length)
        )

    bands = tuple(series(months) for _ in LEVELS)
    rate = Rate(
        WORKLOAD,
        DEVICE,
        "token/second",
        ((0.025, 1.0), (0.5, 2.0), (0.975, 3.1)),
        "fitted",
        "by hand",
        ("m-1",),
    )
    return Run(
        id=id,
        plan=plan,
        revision="r-1",
        scenario=scenario,
        data_hash="d" * 64,
        measurements=("m-1", "m-2"),
        seed=2**63 + 5,
        draws=16384,
        replicates=8,
        code_version="0.1.0",
        currency="EUR",
        months=tuple(f"{2027 + m // 12}-{m % 12 + 1:02d}" for m in range(months)),
        base={f"payroll.role_{i}": series(months + 1) for i in range(lines)},
        fans={
            f"payroll.role_{i}": Fan(f"payroll.role_{i}", "EUR", LEVELS, bands, bands[::-1])
            for i in range(fans)
        },
        metrics=Metrics(
            cash=1 / 3,
            monthly_burn=Figure(0.1 + 0.2),
            runway_months={"p5": Figure(17.0, 0.5), "p95": Figure(36.0, 0.0, at_least=True)},
            survive={12: Figure(0.99, 0.001), 24: Figure(0.75, 0.01)},
            tightest_month=23,
            ruin_by_month=series(months),
        ),
        compute=(
            ComputeUse(
                "pre-train", Text("Training", "训练"), "h100", (1.5, 0.0), (3.0, 0.1), "o-1", "fitted", rate
            ),
            ComputeUse("api", Text("API", "接口"), "token", (), (2.5, 2.5), "o-2", "assumed", None),
        ),
        compute_cost_by_rung={"fitted": 3.1, "assumed": 5.0},
        paths=tuple(series(months) for _ in range(paths)),
        warnings=(Text("An input has no source.", "一项输入没有来源。"),),
    )
