"""From a run and its plan to what a report is written from."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale

from toolkit.app.building import Built
from toolkit.app.commitments import commitments_of
from toolkit.app.funding_facts import funding_rows, open_ask
from toolkit.app.ownership import Ownership
from toolkit.app.partnership_facts import partner_rows
from toolkit.app.policy.support import policy_support
from toolkit.app.report_exit import exit_table
from toolkit.app.report_milestones import milestone_rows
from toolkit.app.report_prices import price_rows
from toolkit.app.report_safeguards import safeguard_rows
from toolkit.app.report_technology import model_name, technology_rows
from toolkit.lines.line import Line
from toolkit.projection.business import base_metrics
from toolkit.projection.compute_uses import device_name
from toolkit.projection.ownership import standings
from toolkit.provenance import Source
from toolkit.reference import Offer
from toolkit.reference.providers import provider_name
from toolkit.report.context import (
    CompanyFacts,
    CompetitorRow,
    Headline,
    MarketRow,
    Moment,
    ProductRow,
    ReportContext,
    RoleRow,
    SeriesRow,
    SupportRow,
    WorkloadRow,
    input_rows,
)
from toolkit.report.exhibits import CommitmentRow, Findings
from toolkit.resources.compute.workloads import AnyWorkload, HostedService, Workload
from toolkit.shapes.records import Ground
from toolkit.text import Text, bilingual

HEADLINES: Mapping[Headline, str] = {
    "cash": "account.cash",
    "revenue": "total.revenue",
    "gross_profit": "total.gross_profit",
    "operating_result": "total.operating_income",
    "net_income": "total.net_income",
    "net_burn": "metric.net_burn",
    "customers": "market.customers",
    "headcount": "talent.headcount",
    "compute_cost": "compute.cost",
}
ROLE_COSTS = ("pay", "bonus_cost", "employer_cost", "benefits_cost", "recruiting")
COSTS = ("research", "sales", "general", "cost_of_revenue")
RUNG_OF_SOURCE: Mapping[str, Ground] = {"measurement": "measured", "fit": "fitted", "assumption": "assumed"}


def context_of(built: Built, findings: Findings | None = None) -> ReportContext:
    """Everything that a report of this run is written from; `findings` are its analyses."""
    model, plan = built.model, built.plan
    return ReportContext(
        run=built.run,
        lines=model.lines,
        company=_company(built),
        headlines=HEADLINES,
        statements=model.statements,
        inputs=input_rows(model.lines, _rungs(model.lines)),
        ask=open_ask(built),
        narrative=plan.narrative,
        roles=_roles(built),
        products=_products(built),
        markets=_markets(built),
        competitors=tuple(
            CompetitorRow(one.words, one.offer, one.difference, f"market.competitors[{index}]")
            for index, one in enumerate(plan.market.competitors)
        ),
        workloads=_workloads(built),
        funding=funding_rows(built),
        cap_table=_cap_table(built),
        support=_support(built),
        partners=partner_rows(built),
        costs=_costs(built),
        technology=technology_rows(built),
        milestones=milestone_rows(built),
        findings=findings,
        exit_table=exit_table(built),
        safeguards=safeguard_rows(built),
        commitments=_commitments(built),
        business=base_metrics(built.run.base),
    )


def _rungs(lines: Mapping[str, Line]) -> dict[str, Ground]:
    """The rung of every compute rate, by its line."""
    return {
        name: RUNG_OF_SOURCE[line.source.kind]
        for name, line in lines.items()
        if name.startswith("compute.") and name.endswith("rate") and line.source.kind in RUNG_OF_SOURCE
    }


def _company(built: Built) -> CompanyFacts:
    company = built.plan.company
    return CompanyFacts(
        name=company.name,
        one_liner=company.tagline or Text("", ""),
        place=_country(company.country),
        date=built.revision.created_at.date().isoformat(),
        cash_floor=company.cash_floor.quantity.median if company.cash_floor else 0.0,
        fiscal_year_first_month=company.fiscal_year_start,
    )


def _country(code: str) -> Text:
    """The name of a country, or of the country of a region (`CN-ZJ`), in both languages."""
    country = code.partition("-")[0]
    return Text(*(Locale.parse(tag).territories.get(country, code) for tag in ("en", "zh_CN")))


def _source(built: Built, line: str) -> Source:
    return built.model.lines[line].source


def _median(built: Built, line: str) -> float:
    return built.run.base[line][1]


def _roles(built: Built) -> tuple[RoleRow, ...]:
    rows = []
    for index, role in enumerate(built.plan.talent.roles):
        prefix = f"talent.{role.id}"
        costs = [f"{prefix}.{part}" for part in ROLE_COSTS]
        rows.append(
            RoleRow(
                label=role.words,
                place=bilingual(f"app.function.{role.function}"),
                salary=_median(built, f"{prefix}.salary"),
                headcount=f"{prefix}.headcount",
                costs=tuple(line for line in costs if line in built.model.lines),
                source=_source(built, f"{prefix}.salary"),
                field=f"talent.roles[{index}]",
            )
        )
    return tuple(rows)


def _products(built: Built) -> tuple[ProductRow, ...]:
    return tuple(
        ProductRow(
            label=product.words,
            prices=price_rows(built, product),
            customers=f"market.{product.id}.customers",
            revenue=f"market.{product.id}.revenue",
            line=f"market.{product.id}",
            field=f"market.products[{index}]",
        )
        for index, product in enumerate(built.plan.market.products)
    )


def _markets(built: Built) -> tuple[MarketRow, ...]:
    rows = []
    for index, segment in enumerate(built.plan.market.segments):
        prefix = f"market.segment.{segment.id}"
        rows.append(
            MarketRow(
                label=segment.words,
                total=_median(built, f"{prefix}.tam"),
                serviceable=_median(built, f"{prefix}.sam"),
                obtainable=_median(built, f"{prefix}.som"),
                method=bilingual("app.market_method"),
                source=_source(built, f"{prefix}.accounts"),
                accounts=_median(built, f"{prefix}.accounts"),
                yearly_value=_median(built, f"{prefix}.yearly_value"),
                field=f"market.segments[{index}]",
            )
        )
    return tuple(rows)


def _workloads(built: Built) -> tuple[WorkloadRow, ...]:
    rows = []
    for index, one in enumerate(built.plan.compute.workloads):
        price = one.price(built.compilation.reference)
        listed = f"compute.{one.id}.list_price"
        field = f"compute.workloads[{index}]"
        rows.append(
            WorkloadRow(
                workload=one.id,
                label=one.words,
                purpose=bilingual(f"app.workload.{one.kind}"),
                model=_model_name(one),
                device=_device_name(built, one),
                provider=provider_name(price.provider) if price else bilingual("app.own_capacity"),
                unit_price=_median(built, listed) if listed in built.model.lines else None,
                price_source=price.source if price else built.compilation.source_of(field, one),
                field=field,
            )
        )
    return tuple(rows)


def _device_name(built: Built, workload: AnyWorkload) -> str:
    price = workload.price(built.compilation.reference)
    if isinstance(price, Offer) and price.is_cpu:
        return price.instance_type
    return device_name(built.compilation, workload)


def _model_name(workload: AnyWorkload) -> str:
    """A model with its size: `GPT-2 xl (1.6 B)`; empty where machines are held without one."""
    if isinstance(workload, HostedService):
        return workload.api.model
    if not isinstance(workload, Workload):
        return ""
    name, size = model_name(workload.model), workload.named.parameters()
    return f"{name} ({size / 1e9:.1f} B)" if size >= 1e9 else f"{name} ({size / 1e6:.0f} M)"


def _support(built: Built) -> tuple[SupportRow, ...]:
    return tuple(
        SupportRow(
            label=claim.name,
            authority=_country(claim.jurisdiction),
            kind=bilingual(f"app.programme.{claim.kind}"),
            amount=claim.received if claim.months else None,
            months=tuple(month.month for month in claim.months if month.received > 0),
            in_base=claim.in_base,
            reason=claim.reason,
            source=claim.source,
            field=claim.field,
        )
        for claim in policy_support(built)
    )


def _cap_table(built: Built) -> tuple[Moment, ...]:
    owned = Ownership(built, standings(built.plan.funding, built.run.base))
    return tuple(
        Moment(
            label=standing.label,
            month=owned.month(standing) if standing.month else None,
            ownership={
                Text.of(owned.labels.get(name, name)): share
                for name, share in standing.table.ownership().items()
            },
        )
        for standing in owned.standings
    )


def _costs(built: Built) -> tuple[SeriesRow, ...]:
    """The expense accounts that the run used: compute first, then the largest over the horizon."""
    accounts = [
        account
        for account in built.model.accounts.values()
        if account.kind == "expense" and account.section in COSTS and account.line in built.run.base
    ]
    accounts.sort(key=lambda one: ("compute" not in one.name, -sum(built.run.base[one.line])))
    return tuple(SeriesRow(account.label, account.line) for account in accounts)


def _commitments(built: Built) -> tuple[CommitmentRow, ...]:
    rows = commitments_of(built.plan, built.run.months, built.run.base)
    return tuple(
        CommitmentRow(
            label=one.label,
            kind=one.kind_words,
            counterparty=one.counterparty,
            start=one.start,
            end=one.end,
            due=sum(one.due),
            uncovered=sum(one.uncovered),
            first_gap=one.first_gap,
            field=f"operations.commitments[{index}]",
        )
        for index, one in enumerate(rows)
    )
