"""The main job: measure this machine, project the example start-up on it, write its business plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.app.benchmarking import measure
from toolkit.app.building import build, example
from toolkit.app.reporting import write_reports
from toolkit.app.summary import Summary, summarise
from toolkit.errors import Problem
from toolkit.store.workspace import Workspace
from toolkit.text import Language, t

STEP_SHARES = (0.75, 0.1, 0.15)  # of the time that benchmark, projection and reports take


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the main job made. `device` is what was measured, in words (None where nothing could be);
    `problems` are cases of the benchmark that failed."""

    summary: Summary
    files: tuple[Path, ...]
    device: str | None
    is_gpu: bool
    measured: int
    problems: tuple[Problem, ...]

    def device_words(self, language: Language) -> str:
        """What was measured; says so where there is no GPU, or nothing could be measured."""
        if self.device is None:
            return t("app.nothing_measured", language)
        return self.device if self.is_gpu else t("app.no_gpu", language, device=self.device)

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form: the summary, with the files and the device."""
        return {
            **self.summary.as_dict(language),
            "device": self.device,
            "device_kind": "cuda" if self.is_gpu else "cpu",
            "measured": self.measured,
            "files": [str(file) for file in self.files],
            "problems": [problem.as_dict(language) for problem in self.problems],
        }


def run_demo(
    workspace: Workspace,
    out_dir: Path,
    progress: Callable[[str, float], None],
    language: Language = "en",
) -> Demonstration:
    """Benchmark, build, report. A case that cannot be measured is told and does not stop the job.

    Raises InputError, StoreError or ReportError.
    """
    shares = iter_shares(progress)
    measured = measure(workspace, "quick", "auto", next(shares), language)
    built = build(example(), workspace, progress=next(shares))
    formats, languages = ["html", "pdf", "xlsx"], ["en", "zh"]
    written = write_reports(
        workspace, out_dir, "business-plan", formats, languages, built=built, progress=next(shares)
    )
    devices = [measurement.device for measurement in measured.measurements]
    return Demonstration(
        summary=summarise(built),
        files=written.files,
        device=devices[0].name if devices else None,
        is_gpu=bool(devices) and devices[0].kind == "cuda",
        measured=len(devices),
        problems=measured.problems,
    )


def iter_shares(progress: Callable[[str, float], None]) -> Iterator[Callable[[str, float], None]]:
    """A progress for each step of the job, which reports its share of the whole."""
    start = 0.0
    for share in STEP_SHARES:
        yield lambda step, done, start=start, share=share: progress(step, start + share * done)  # type: ignore[misc]
        start += share
