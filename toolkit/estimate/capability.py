"""What a data sheet says that an accelerator can do, in the units in which work is divided by it.

The estimator never reads a name: it reads these numbers, and the generation, which groups devices whose
kernels behave alike. Peaks are dense (no structured sparsity) and accumulate in fp32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from toolkit.reference.gpus import PRECISIONS, Gpu

GIGA = 1e9
# Where a data sheet is silent. A device without an fp32 figure: vector units at an eighth of the matrix rate.
MATRIX_OVER_VECTOR = 8
LINK_UNKNOWN = 64 * GIGA  # PCIe 4.0 × 16, both directions
POWER_UNKNOWN_W = 300.0
POWER_UNKNOWN_APPLE_W = 60.0
MACHINE, RACK = 8, 72  # devices of one fabric: a server, and a rack of the NVL72 kind
REDUCED = ("fp8", "mxfp8", "fp4", "nvfp4", "mxfp4")
# Lanes of fp32 arithmetic in one multiprocessor (vendors' architecture papers), where not 128.
LANES = MappingProxyType({"Volta": 64, "Turing": 64, "GA100": 64})
LANES_DEFAULT = 128
# Ratio of sustained work a watt between process nodes, against the 7 nm of GA100, as natural logarithms.
NODE_WATTS = MappingProxyType(
    {"Pascal": 0.3, "Volta": 0.35, "Turing": 0.35, "GA100": 0.0, "Ampere": 0.1, "Ada": -0.45, "Hopper": -0.45,
     "Blackwell RTX": -0.55, "Blackwell": -0.6, "Apple": -1.0, "CDNA": -0.1, "CDNA 2": -0.1}
)  # fmt: skip


class UnpredictableError(ValueError):
    """A row that cannot be predicted; the message says why."""


@dataclass(frozen=True, slots=True)
class Capability:
    """One device: FLOP/s by format, bytes/s, bytes, watts.

    `link` is the interconnect in bytes/s, both directions together. `module`: SXM or OAM, all devices of a
    machine joined by one fabric; `bridge`: pairs can be joined. `geforce`: fp16 with fp32 accumulation runs
    at half the rate of fp16 accumulation. `fabric`: devices that one interconnect joins, a machine or a rack.
    """

    id: str
    generation: str
    peaks: Mapping[str, float]
    bandwidth: float
    memory: float
    link: float
    power_w: float
    laptop: bool
    module: bool
    bridge: bool
    geforce: bool
    fabric: int

    @classmethod
    def of(cls, gpu: Gpu) -> Capability:
        """The capability that a row of `data/gpus.csv` states, with defaults where it is silent."""
        known = {name: gpu.peak_flops(name) for name in PRECISIONS}
        peaks = {name: value for name, value in known.items() if value is not None}
        half = peaks.get("fp16") or peaks.get("bf16")
        if "fp32" not in peaks and half:
            peaks["fp32"] = half / MATRIX_OVER_VECTOR
        family = generation(gpu.architecture, peaks.get("fp32"), peaks.get("fp16"))
        form, link = gpu.form_factor.lower(), gpu.interconnect_gb_per_s
        power_unknown = POWER_UNKNOWN_APPLE_W if family == "Apple" else POWER_UNKNOWN_W
        return cls(
            id=gpu.id,
            generation=family,
            peaks=MappingProxyType(peaks),
            bandwidth=gpu.memory_bandwidth_bytes_per_s,
            memory=float(gpu.memory_bytes),
            link=LINK_UNKNOWN if link is None else link * GIGA,
            power_w=gpu.power_w or power_unknown,
            laptop="laptop" in form,
            module=any(word in form for word in ("sxm", "oam", "rack")) or family.startswith("TPU"),
            bridge="bridge" in gpu.interconnect,
            geforce="geforce" in gpu.name.lower() and family in ("Turing", "Ampere", "Ada", "Blackwell RTX"),
            fabric=RACK if "rack" in form else MACHINE,
        )

    @property
    def tensor_cores(self) -> bool:
        return self.generation not in ("Pascal", "Apple")

    @property
    def half(self) -> float:
        """FLOP/s of sixteen-bit matrix products; a device without them does them in fp32."""
        if not self.tensor_cores and self.generation == "Pascal":
            return max(self.peaks.get("fp16", 0.0), self.peaks["fp32"])
        return self.first("fp16", "bf16", "fp32")

    @property
    def sm_clock(self) -> float:
        """Multiprocessors times clock, in 1/s: from the fp32 peak, two FLOPs a lane and cycle."""
        return self.peaks["fp32"] / (2 * LANES.get(self.generation, LANES_DEFAULT))

    @property
    def node_watts(self) -> float:
        return NODE_WATTS.get(self.generation, 0.0)

    def first(self, *formats: str) -> float:
        """The peak of the first format that the device has."""
        for name in formats:
            if name in self.peaks:
                return self.peaks[name]
        raise UnpredictableError(f"{self.id} has no known peak for {' or '.join(formats)}")

    def peak(self, dtype: str) -> float:
        """FLOP/s of matrix products in `dtype`, in the next wider format that the device has."""
        name = dtype.lower()
        if name in ("fp4", "nvfp4", "mxfp4"):
            return self.first("fp4", "fp8", "bf16", "fp16", "fp32")
        if name in ("fp8", "mxfp8"):
            return self.first("fp8", "bf16", "fp16", "fp32")
        if name == "fp32":
            return self.first("fp32")
        if name.startswith("tf32"):
            return self.first("tf32", "fp32")
        if name == "bf16":
            return self.first("bf16", "fp16", "fp32")
        return self.half


def capabilities(gpus: Mapping[str, Gpu]) -> dict[str, Capability]:
    """The capability of every accelerator of the catalogue, by id."""
    return {name: Capability.of(gpu) for name, gpu in gpus.items()}


def generation(architecture: str, fp32: float | None, fp16: float | None) -> str:
    """Devices whose kernels behave alike. Ampere is two families: the data-centre chip whose matrix units do
    sixteen times the fp32 rate (GA100: A100, A800, A30), and the rest."""
    name = architecture.split("+")[0].strip()
    if name == "Ampere":
        return "GA100" if fp32 and fp16 and fp16 / fp32 > 8 else "Ampere"
    if name.startswith("Blackwell"):
        return "Blackwell RTX" if "GB20" in name else "Blackwell"
    for family in ("Ada", "Apple"):
        if name.startswith(family):
            return family
    return name
