"""How fast a workload runs on an accelerator, measured or not, with an interval that keeps its word.

from toolkit.estimate.rates import rate_for            # a workload on a device → a Rate
from toolkit.estimate.backtest import run_backtest, cross_validate

A task (`training`, `parallel`, `decoding`, `serving`, `kernels`, `runs`, `transfer`) writes the time of a row
as physical terms; `posynomial` adds them up and `descent` learns their inefficiencies from `data/published`;
`calibration` and `validation` say how wide an interval must be; `fitted` holds what was learned; `dominance`
keeps a better device from being slower; `completion` fills in what a row does not say.
"""
