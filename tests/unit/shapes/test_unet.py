"""The U-Net against the published sizes of its releases, and against a count of its own operations by
torch."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from toolkit.shapes.convolution import Convolution
from toolkit.shapes.unet import UNETS, Residual, Transformer, UNet

PUBLISHED = {"sd-1.5-unet": 859_520_964, "sd-2.1-unet": 865_910_724, "sdxl-unet": 2_567_463_684}


@pytest.mark.parametrize(("name", "parameters"), PUBLISHED.items())
def test_parameters_are_those_of_the_releases(name: str, parameters: int) -> None:
    assert UNETS[name].parameters() == parameters


def test_multiply_adds_of_stable_diffusion() -> None:
    """339 G multiply-adds at 64 × 64, as Kim et al. 2023 count them (BK-SDM, arXiv:2305.15798, table 1):
    without the two products of each attention."""
    unet = UNETS["sd-1.5-unet"]
    attention = sum(
        4 * part.channels * part.side**2 * (part.side**2 + part.words) * part.depth
        for part in unet.parts()
        if isinstance(part, Transformer)
    )
    assert (unet.forward_flops(1) - attention) / 2 == pytest.approx(339e9, rel=0.01)


def _run(part: object) -> None:
    """The products of one part as plain torch operations on the meta device."""
    functional = torch.nn.functional
    if isinstance(part, Convolution):
        grid = torch.empty(1, part.inputs, part.side, part.side)
        functional.conv2d(
            grid, torch.empty(part.outputs, part.inputs, part.kernel, part.kernel), padding=part.kernel // 2
        )
    elif isinstance(part, Residual):
        for one in part.convolutions():
            _run(one)
        functional.linear(torch.empty(1, part.time_width), torch.empty(part.outputs, part.time_width))
    elif isinstance(part, Transformer):
        c, cells = part.channels, part.side**2
        grid, text = torch.empty(cells, c), torch.empty(part.words, part.text_width)
        for _ in range(2):
            functional.linear(grid, torch.empty(c, c))
        for _ in range(part.depth):
            for read in (grid, text):
                functional.linear(grid, torch.empty(c, c))
                keys = functional.linear(read, torch.empty(c, read.shape[1]))
                values = functional.linear(read, torch.empty(c, read.shape[1]))
                mixed = (grid @ keys.T) @ values
                functional.linear(mixed, torch.empty(c, c))
            functional.linear(grid, torch.empty(8 * c, c))
            functional.linear(torch.empty(cells, 4 * c), torch.empty(c, 4 * c))


@pytest.mark.parametrize("name", ["tiny-unet", "sd-1.5-unet"])
def test_flops_are_what_torch_counts(name: str) -> None:
    unet = UNETS[name]
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        for part in unet.parts():
            _run(part)
        hidden = unet.time_width
        torch.nn.functional.linear(torch.empty(1, unet.widths[0]), torch.empty(hidden, unet.widths[0]))
        torch.nn.functional.linear(torch.empty(1, hidden), torch.empty(hidden, hidden))
    assert counter.get_total_flops() == unet.forward_flops(1)


def test_work_of_training_and_sampling() -> None:
    unet = UNETS["tiny-unet"]
    first = 2 * 4 * 32 * 9 * 64
    assert unet.training_flops(3) == 3 * (3 * unet.forward_flops(1) - first)
    assert unet.sampling_flops(2, 50) == 2 * 50 * unet.forward_flops(2)
    assert unet.sampling_flops(2, 50, guided=False) == 50 * unet.forward_flops(2)
    with pytest.raises(ValueError, match="halved"):
        UNet("odd", (32, 64), (0, 0), 1, 16, side=7)
    with pytest.raises(ValueError, match="depth"):
        UNet("short", (32, 64), (0,), 1, 16)
