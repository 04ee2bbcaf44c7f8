"""What the benchmark's commands show: runs, catalogues, evidence, comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.app.benchmarking import Measured
from toolkit.benchmark.comparison import Comparison
from toolkit.cli.frame import show_findings
from toolkit.cli.measurements import known_words, show_measurements
from toolkit.shapes.records import Measurement
from toolkit.text import Language, t


def run_document(found: Measured, language: Language) -> dict[str, Any]:
    """The JSON of a run: measurements, what went wrong, and what each run says about itself."""
    return {
        "measurements": [one.to_json() for one in found.measurements],
        "problems": [problem.as_dict(language) for problem in found.problems],
        "runs": [
            {
                "suite": run.suite.name,
                "device": {"kind": run.device.kind, "name": run.device.name, "count": run.device.count},
                "seconds": round(run.seconds, 3),
                "known_duration": {
                    "passed": run.results.audit.passed,
                    "known_seconds": run.results.audit.known_seconds,
                    "measured_seconds": run.results.audit.measured_seconds,
                },
                "largest_batch": [
                    {
                        "case": each.case.name,
                        "fits": each.fits,
                        "fails": each.fails,
                        "limited_by": each.limited_by,
                    }
                    for each in run.largest
                ],
            }
            for run in found.runs
        ],
    }


def show_run(console: Console, found: Measured, language: Language) -> None:
    """The table of what was measured, the largest batches, and what went wrong."""
    show_measurements(console, found.measurements, language)
    for run in found.runs:
        for each in run.largest:
            values = {"case": each.case.name, "fits": each.fits, "fails": each.fails}
            console.print(t(f"bench.say.largest_{each.limited_by}", language, **values))
    show_findings(console, found.problems, language)


def show_catalogue(console: Console, found: Mapping[str, Any], language: Language) -> None:
    """Suites, then models."""
    for suite in found["suites"]:
        values = {"count": len(suite["cases"]), "minutes": f"{suite['budget_s'] / 60:.0f}"}
        console.print(Text.assemble((suite["name"], "bold"), "  ", t("bench.say.suite", language, **values)))
    table = Table(box=None, pad_edge=False)
    for column in ("model", "family", "parameters", "unit", "modes"):
        justify: Any = "right" if column == "parameters" else "left"
        table.add_column(t(f"bench.column.{column}", language), justify=justify, no_wrap=column == "model")
    for model in found["models"]:
        if not model["tests_only"]:
            parameters, modes = f"{model['parameters'] / 1e6:,.1f} M", ", ".join(model["modes"])
            unit = t(f"bench.unit.{model['unit']}", language)
            table.add_row(model["name"], model["task"], parameters, unit, modes)
    console.print(table)
    console.print(Text(t("bench.say.options", language), "dim"))


def show_evidence(console: Console, one: Measurement, language: Language) -> None:
    """One measurement: what it is, and everything that stands behind it."""
    show_measurements(console, [one], language)
    evidence = one.evidence
    rows: dict[str, Any] = {
        "id": one.id,
        "measured_at": one.measured_at,
        "source": one.source,
        "blocks": " | ".join(" ".join(f"{1e3 * value:,.3g}" for value in part) for part in one.block_seconds),
        "first_step": one.first_step_seconds,
        "compile": evidence.get("compile_seconds"),
        "flops": one.flops_per_step,
        "mfu": one.mfu if one.mfu is not None else one.unknown.get("mfu"),
        "ceiling_share": one.ceiling_share
        if one.ceiling_share is not None
        else one.unknown.get("ceiling_share"),
        "peak_bytes": one.peak_bytes,
        "joules": one.joules_per_unit
        if one.joules_per_unit is not None
        else one.unknown.get("joules_per_unit"),
        "citation": evidence.get("citation"),
    }
    for name, interval in (evidence.get("phases") or {}).items():
        rows[name] = f"{interval['median']:.4g} s [{interval['low']:.4g}, {interval['high']:.4g}]"
    for name, value in {**rows, **dict(evidence.get("detail") or {})}.items():
        if value is not None:
            label = known_words("label", name, language)
            shown = f"{value:,.4g}" if isinstance(value, float) else str(value)
            console.print(Text.assemble((f"{label}: ", "dim"), shown), soft_wrap=True)


def show_comparisons(
    console: Console, found: Sequence[Comparison], alone: Sequence[str], language: Language
) -> None:
    """One row a pair, with the verdict in words."""
    table = Table(box=None, pad_edge=False)
    for column in ("case", "ratio", "interval", "verdict"):
        justify: Any = "right" if column in ("ratio", "interval") else "left"
        table.add_column(t(f"bench.column.{column}", language), justify=justify)
    for each in found:
        interval = "–" if each.low is None else f"{each.low:.3f} – {each.high:.3f}"
        verdict = t(f"bench.verdict.{each.verdict}", language)
        words = f"{verdict} ({each.reason})" if each.reason else verdict
        table.add_row(each.name, f"{each.ratio:.3f}", interval, words)
    console.print(table)
    console.print(Text(t("bench.say.ratio", language), "dim"))
    if alone:
        console.print(t("bench.say.only_in_one", language, names=", ".join(alone)))
