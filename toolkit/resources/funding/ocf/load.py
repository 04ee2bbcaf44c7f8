"""From Open Cap Format to a cap table: what stands at the date of the package.

What would change the count and is not understood is refused with its place, never skipped: splits, compound
interest, a participation cap, a note's cap without a rule for its denominator.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from toolkit.errors import InputError, Problem, refuse
from toolkit.resources.funding.cap_table import COMMON, CapTable, ClassTerms
from toolkit.resources.funding.convertible import Instrument
from toolkit.resources.funding.ocf.package import FORECAST_MARK, read_package
from toolkit.resources.funding.ocf.reading import ZERO, Reading, read_classes, read_holders, read_plans
from toolkit.resources.funding.ocf.securities import read_transactions


def read_ocf(path: Path, note_caps: Instrument | None = None, *, accept_forecast: bool = False) -> CapTable:
    """The cap table of an OCF package (its folder or its manifest).

    `note_caps` says which shares the cap of a convertible note counts (like a `safe_post_money` or a
    `safe_pre_money`). InputError with every broken reference and everything that cannot be taken over, each
    with file and line; also for a package that is marked as a forecast, unless `accept_forecast`.
    """
    package = read_package(path)
    manifest = str(path)
    try:
        as_of = date.fromisoformat(str(package.manifest.get("as_of")))
    except ValueError:
        raise InputError([Problem("funding.ocf_no_date", "as_of", manifest)]) from None
    marks = [str(comment) for comment in package.manifest.get("comments") or ()]
    if not accept_forecast and any(comment.startswith(FORECAST_MARK) for comment in marks):
        raise InputError([Problem("funding.ocf_is_forecast", "comments", manifest)])
    reading = Reading(package, as_of, note_caps)
    read_holders(reading)
    read_classes(reading)
    read_plans(reading)
    read_transactions(reading)
    refuse(reading.problems)
    pool = sum(reading.reserved.values(), ZERO)
    return CapTable(
        positions=reading.positions,
        unallocated_pool=pool,
        convertibles=tuple(reading.convertibles),
        classes={COMMON: ClassTerms("common"), **reading.terms},
        total_shares=sum(reading.positions.values(), pool),
    )
