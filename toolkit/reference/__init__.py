"""Typed access to the facts in `data/`: light, read-only, each row with its source.

from toolkit.reference import load_reference
h100 = load_reference().gpu("h100-sxm")
h100.peak_flops("bf16"), h100.source.confidence
"""

from toolkit.reference.assumptions import Assumption
from toolkit.reference.catalogue import Reference, load_reference, read_reference
from toolkit.reference.countries import Country
from toolkit.reference.employer import EmployerRate
from toolkit.reference.gpus import Gpu
from toolkit.reference.income_tax import TaxRate, TaxTerms
from toolkit.reference.offers import CpuOffer, Offer
from toolkit.reference.pay import EquityGrant, Pay, Salary
from toolkit.reference.prices import (
    ApiPrice,
    Conversion,
    ExchangeRate,
    PowerPrice,
    ServerPrice,
    StoragePrice,
)
from toolkit.reference.programmes import Programme

__all__ = [
    "ApiPrice",
    "Assumption",
    "Conversion",
    "Country",
    "CpuOffer",
    "EmployerRate",
    "EquityGrant",
    "ExchangeRate",
    "Gpu",
    "Offer",
    "Pay",
    "PowerPrice",
    "Programme",
    "Reference",
    "Salary",
    "ServerPrice",
    "StoragePrice",
    "TaxRate",
    "TaxTerms",
    "load_reference",
    "read_reference",
]
