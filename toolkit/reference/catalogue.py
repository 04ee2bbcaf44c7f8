"""All facts of `data/` as one typed, immutable record, and what is asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from toolkit.errors import InputError, Problem, refuse
from toolkit.reference import nearest
from toolkit.reference.assumptions import Assumption
from toolkit.reference.countries import Country
from toolkit.reference.employer import EmployerRate, RuleKind, choose_rules
from toolkit.reference.gpus import Gpu
from toolkit.reference.income_tax import TaxRate, TaxTerms
from toolkit.reference.networks import Network
from toolkit.reference.offers import CpuOffer, Offer, PriceType, newest, select
from toolkit.reference.paths import data_dir
from toolkit.reference.pay import EquityGrant, Pay, Percentile, Salary, SurveySalary, choose_pay
from toolkit.reference.prices import (
    ApiPrice,
    Conversion,
    ExchangeRate,
    PowerPrice,
    ServerPrice,
    StoragePrice,
    choose_power,
    choose_rate,
    choose_server,
)
from toolkit.reference.programmes import Programme
from toolkit.reference.table import Record, read_table
from toolkit.reference.vendors import Vendor


@dataclass(frozen=True, slots=True)
class Reference:
    """The facts. Tables are tuples in file order; GPUs and programmes are keyed by id.

    A lookup of something that is not there raises `InputError` with one problem, which names the nearest.
    """

    gpus: Mapping[str, Gpu]
    offers: tuple[Offer, ...]
    cpu_offers: tuple[CpuOffer, ...]
    server_prices: tuple[ServerPrice, ...]
    api_prices: tuple[ApiPrice, ...]
    salaries: tuple[Salary, ...]
    equity_grants: tuple[EquityGrant, ...]
    employer_rates: tuple[EmployerRate, ...]
    programmes: Mapping[str, Programme]
    storage_prices: tuple[StoragePrice, ...]
    power_prices: tuple[PowerPrice, ...]
    exchange_rates: tuple[ExchangeRate, ...]
    networks: Mapping[str, Network]
    assumptions: Mapping[str, Assumption]
    tax_rates: tuple[TaxRate, ...]
    tax_terms: tuple[TaxTerms, ...]
    countries: Mapping[str, Country]
    vendors: Mapping[str, Vendor]

    def gpu(self, id: str) -> Gpu:
        """The GPU of that id. Only ids: a plan must not depend on what an alias means today."""
        found = self.gpus.get(id)
        if found is None:
            _refuse("unknown_gpu", gpu=id, nearest=", ".join(self.nearest_gpus(id)))
        return found

    def country_of_gpu(self, id: str | None) -> str | None:
        """Where a GPU is designed; None where that is not known, and for no GPU."""
        gpu = None if id is None else self.gpus.get(id)
        vendor = None if gpu is None else self.vendors.get(gpu.vendor)
        return None if vendor is None else vendor.country

    def nearest_gpus(self, name: str, limit: int = 3) -> list[str]:
        """Ids of the GPUs that `name` may have meant, best first; aliases count (`H100` → `h100-sxm`)."""
        return nearest.nearest_gpus(name, self.gpus, limit)

    def gpu_by_alias(self, name: str) -> str | None:
        """The id of the GPU with exactly this name or alias, such as a driver reports it; else None."""
        return nearest.by_alias(name, self.gpus.values())

    def offer(
        self,
        *,
        provider: str,
        instance_type: str,
        region: str | None = None,
        price_type: PriceType = "on_demand",
    ) -> Offer:
        """The newest price of exactly this key, of a GPU or a CPU instance; of several, the first row."""
        every = (*self.offers, *self.cpu_offers)
        found = newest(select(every, provider, instance_type, region, price_type))
        if found is None:
            wanted = "/".join(part for part in (provider, instance_type, region) if part)
            known = (f"{offer.provider}/{offer.instance_type}" for offer in every)
            close = nearest.nearest_words(f"{provider}/{instance_type}", known)
            _refuse("unknown_offer", price_type=price_type, key=wanted, nearest=", ".join(close))
        return found

    def offers_for(self, gpu_id: str, price_type: PriceType | None = None) -> tuple[Offer, ...]:
        """Every row that offers this GPU, at all dates, in file order."""
        return tuple(
            offer
            for offer in self.offers
            if offer.gpu_id == gpu_id and price_type in (None, offer.price_type)
        )

    def api_price(self, provider: str, model: str) -> ApiPrice:
        """The newest list price of a model at a provider."""
        found = [row for row in self.api_prices if (row.provider, row.model) == (provider, model)]
        if not found:
            known = (f"{row.provider}/{row.model}" for row in self.api_prices)
            close = nearest.nearest_words(f"{provider}/{model}", known)
            _refuse("unknown_api_price", key=f"{provider}/{model}", nearest=", ".join(close))
        return max(found, key=lambda row: row.as_of)

    def salary(
        self,
        role: str,
        country: str,
        percentile: Percentile = "p50",
        year: int | None = None,
        region: str | None = None,
    ) -> Pay:
        """Yearly gross pay of a role; `choose_pay` says which of several rows is taken."""
        found = choose_pay(self.salaries, role, country, percentile, year, region)
        if found is None:
            known = {row.role for row in self.salaries if row.country == country and row.value(percentile)}
            close = nearest.nearest_words(role, known or {row.role for row in self.salaries})
            values = {"role": role, "country": country, "percentile": percentile}
            _refuse("unknown_salary", **values, nearest=", ".join(close))
        return found

    def employer_components(
        self,
        country: str,
        year: int,
        region: str | None = None,
        kinds: Iterable[RuleKind] = ("statutory",),
    ) -> tuple[EmployerRate, ...]:
        """What an employer owes on top of pay: the newest rules that began in `year` or before.

        Empty where nothing is known; never 0. Regional countries (`CN`) need a region.
        """
        return choose_rules(self.employer_rates, country, year, region, kinds)

    def programme(self, id: str) -> Programme:
        """The programme of that id."""
        found = self.programmes.get(id)
        if found is None:
            close = nearest.nearest_words(id, self.programmes)
            _refuse("unknown_programme", programme=id, nearest=", ".join(close))
        return found

    def country(self, code: str) -> Country:
        """What is known of the country with that ISO 3166 code."""
        found = self.countries.get(code)
        if found is None:
            _refuse("unknown_country", country=code, known=", ".join(self.countries))
        return found

    def power_price(self, metrics: Iterable[str], country: str) -> PowerPrice | None:
        """What power, its losses or a rack cost in a country, else in the world; the first metric known."""
        return choose_power(self.power_prices, metrics, country)

    def server_price(self, gpu_id: str, country: str) -> ServerPrice | None:
        """What a server with such GPUs costs to buy: in that country if known, else anywhere."""
        return choose_server(self.server_prices, gpu_id, country)

    def exchange_rate(self, base: str, quote: str) -> Conversion:
        """Units of `quote` for one of `base`: by the newest row, either way round, or through USD."""
        found = choose_rate(self.exchange_rates, base, quote)
        if found is None:
            _refuse("unknown_exchange_rate", base=base, quote=quote)
        return found


def _refuse(name: str, **values: object) -> NoReturn:
    raise InputError([Problem(f"reference.{name}", values=values)])


class _Folder:
    """Reads the tables of one folder and keeps the problems of all."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.problems: list[Problem] = []

    def rows(self, record: type[Record]) -> tuple[Record, ...]:
        rows, problems = read_table(record, self.directory)
        self.problems += problems
        return rows


def read_reference(directory: Path) -> Reference:
    """Read and check every table of `directory`.

    Raises `InputError` with the problems of all files: file, line, column, what is wrong, how to mend it.
    """
    folder = _Folder(directory)
    reference = Reference(
        gpus=MappingProxyType({gpu.id: gpu for gpu in folder.rows(Gpu)}),
        offers=folder.rows(Offer),
        cpu_offers=folder.rows(CpuOffer),
        server_prices=folder.rows(ServerPrice),
        api_prices=folder.rows(ApiPrice),
        salaries=(*folder.rows(Salary), *folder.rows(SurveySalary)),
        equity_grants=folder.rows(EquityGrant),
        employer_rates=folder.rows(EmployerRate),
        programmes=MappingProxyType({programme.id: programme for programme in folder.rows(Programme)}),
        storage_prices=folder.rows(StoragePrice),
        power_prices=folder.rows(PowerPrice),
        exchange_rates=folder.rows(ExchangeRate),
        networks=MappingProxyType({row.id: row for row in folder.rows(Network)}),
        assumptions=MappingProxyType({row.id: row for row in folder.rows(Assumption)}),
        tax_rates=folder.rows(TaxRate),
        tax_terms=folder.rows(TaxTerms),
        countries=MappingProxyType({row.country: row for row in folder.rows(Country)}),
        vendors=MappingProxyType({row.vendor: row for row in folder.rows(Vendor)}),
    )
    if not any(problem.file == f"data/{Gpu.FILE}" for problem in folder.problems):
        folder.problems += _unknown_gpus(reference)  # else every offer of a broken row would be one more
    refuse(folder.problems)
    return reference


def _unknown_gpus(reference: Reference) -> Iterator[Problem]:
    rows: tuple[Offer | ServerPrice, ...] = (*reference.offers, *reference.server_prices)
    for row in rows:
        if row.gpu_id and row.gpu_id not in reference.gpus:
            values = {"gpu": row.gpu_id}
            yield Problem("reference.unknown_gpu_row", "gpu_id", f"data/{row.FILE}", row.line, values)


@cache
def load_reference() -> Reference:
    """The facts of the checkout or of the installed wheel, read once in a process."""
    return read_reference(data_dir())
