"""What a reference model is: the protocol that one file under `models/` fulfils.

The parent lists models without torch, so a model file imports torch and transformers inside `prepare` only.
Parameters and FLOPs are hand formulas of `toolkit.shapes`; the suite test compares them with a count on
torch's meta device, which costs nothing at any size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from toolkit.shapes.records import Mode, Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Prepared:
    """A workload ready to run. `step` does one step and returns nothing; it never waits for the device.

    `work` is in units of the workload, `flops` by the convention of model FLOPs (full attention, no
    recomputation; None where there is no formula). `resident_bytes` is what the weights and inputs hold.
    `check` returns what is wrong with the last result, or None. `phases` gives the seconds of the parts of
    every step since it was last asked (a generation's time to first token), by name; asked when the device is
    idle. `detail` says how it was run.
    """

    step: Callable[[], object]
    work: float
    flops: float | None
    resident_bytes: int
    check: Callable[[], str | None] = lambda: None
    phases: Callable[[], Mapping[str, list[float]]] = dict
    detail: Mapping[str, Any] = field(default_factory=dict)


# Models that several cases of one process share, by name and weight format: built once, timed many times.
Pool = dict[tuple[str, str], Any]


class ReferenceModel(Protocol):
    """One family of reference models, in all its sizes."""

    @property
    def family(self) -> str:
        """The kind of architecture: `decoder`, `encoder`, `convolution`, …"""

    @property
    def task(self) -> Text:
        """What it is used for."""

    @property
    def unit(self) -> str:
        """The unit of work: `token`, `image`, `second`, `sample`."""

    @property
    def modes(self) -> tuple[Mode, ...]:
        """What can be timed."""

    @property
    def options(self) -> Mapping[str, tuple[str, ...]]:
        """What a workload may choose, by name: the allowed words, the usual one first (see `recipe`)."""

    @property
    def sizes(self) -> tuple[str, ...]:
        """Names of its sizes; those that begin with `tiny-` are for tests only."""

    def parameters(self, name: str) -> int:
        """Parameters of one size, from `toolkit.shapes`."""

    def work(self, workload: Workload) -> float:
        """Units of work in one step."""

    def flops(self, workload: Workload) -> float:
        """Model FLOPs of one step, from `toolkit.shapes`."""

    def prepare(self, workload: Workload, device: torch.device, pool: Pool) -> Prepared:
        """Build model and inputs with random weights, on any device (`meta` for counting)."""


class CannotRunError(Exception):
    """A case that this device or this software cannot run; the worker reports it and goes on.

    `problem` is an id of the `bench` catalogue, `values` what its sentence names. It is no `GroundplanError`
    because a worker on a bare machine has no YAML library to put it into words.
    """

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(f"{problem} {values}")
        self.problem = problem
        self.values = values
