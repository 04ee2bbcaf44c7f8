"""A small plan with its run, made by hand: what `toolkit.app` would hand to a report.

The books are simple but right: the three statements tie in every month. Fans come from seeded paths.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.unit.report.example_exhibits import (
    CAP_TABLE,
    COMMITMENTS,
    EXIT_TABLE,
    FINDINGS,
    MILESTONES,
    technology_rows,
)
from toolkit.lines.line import Line
from toolkit.lines.quantity import Quantity
from toolkit.projection.business import base_metrics
from toolkit.projection.ledger import StatementRow
from toolkit.projection.run import LEVELS, ComputeUse, Fan, Figure, Metrics, Run
from toolkit.provenance import Source
from toolkit.report.context import (
    Ask,
    CompanyFacts,
    CompetitorRow,
    FundingRow,
    InputRow,
    MarketRow,
    PartnerRow,
    PriceRow,
    ProductRow,
    ReportContext,
    RoleRow,
    SeriesRow,
    SupportRow,
    WorkloadRow,
)
from toolkit.shapes.records import Device, Rate, Workload
from toolkit.text import Text

MONTHS = tuple(f"{2027 + index // 12}-{index % 12 + 1:02d}" for index in range(36))
OPENING_CASH = 640_000.0
FORMULA = Source("formula", "follows from other lines")
PAY_SURVEY = Source(
    "fact",
    "Developer pay survey 2025, United States, P50",
    place="data/salaries.csv us/ml_engineer",
    url="https://example.org/pay-survey",
    date="2025-07",
    confidence="medium",
)
GPU_PRICE = Source(
    "fact",
    "On-demand price list, L4 24 GB, us-east",
    place="data/offers.csv cloud-a/g6.xlarge/us-east/on_demand",
    url="https://example.org/prices",
    date="2026-11-18",
    confidence="high",
)
CPU_PRICE = Source(
    "fact",
    "On-demand price list, 8 vCPU",
    place="data/cpu_offers.csv cloud-a/c7i.2xlarge",
    url="https://example.org/prices",
    date="2026-11-18",
    confidence="high",
)
OWN_GUESS = Source("assumption", "founders' judgement", place="plan.yaml:88", confidence="low")
STATUTE = Source(
    "rule",
    "Research credit, refundable part",
    place="data/policies/us/research_credit.yaml",
    url="https://example.org/statute",
    date="2026-01-01",
    confidence="high",
)


@dataclass
class Books:
    """Monthly postings of the example, in base case, opening value first."""

    lines: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, opening: float, values: list[float]) -> list[float]:
        self.lines[name] = [opening, *values]
        return values


def make_books() -> dict[str, tuple[float, ...]]:
    """Every line that the statements and charts of the example show."""
    books, months = Books(), range(36)
    engineers = books.add("headcount.ml_engineer", 0, [1.0 + (m >= 3) + (m >= 9) + (m >= 20) for m in months])
    founders = books.add("headcount.founder", 2, [2.0 for _ in months])
    sales = books.add("headcount.sales", 0, [float(m >= 8) + (m >= 22) for m in months])
    books.add("headcount.total", 2, [a + b + c for a, b, c in zip(engineers, founders, sales, strict=True)])
    rates = {"ml_engineer": (engineers, 168_000), "founder": (founders, 96_000), "sales": (sales, 110_000)}
    for role, (heads, salary) in rates.items():
        books.add(f"payroll.{role}", 0, [n * salary / 12 * 1.22 for n in heads])
    payroll = books.add(
        "payroll", 0, [sum(books.lines[f"payroll.{r}"][m + 1] for r in rates) for m in months]
    )
    customers = books.add("customers", 6, [6 * 1.128**m + m * 0.8 for m in months])
    revenue = books.add("revenue", 0, [420.0 * n * (1 + 0.006 * m) for m, n in enumerate(customers)])
    serving = books.add("compute.chat-service", 0, [1_100 + 24.0 * n for n in customers])
    training = books.add("compute.fine-tune", 0, [5_800.0 if m % 3 == 1 else 0.0 for m in months])
    batch = books.add("compute.nightly-index", 0, [240.0 + 2.1 * n for n in customers])
    books.add("compute", 0, [a + b + c for a, b, c in zip(serving, training, batch, strict=True)])
    other = books.add("operations", 0, [7_200.0 + 180 * m for m in months])
    grant = books.add("policy.research_credit", 0, [58_000.0 if m in (17, 29) else 0.0 for m in months])
    gross = books.add("gross_profit", 0, [a - b for a, b in zip(revenue, serving, strict=True)])
    result = books.add(
        "operating_result",
        0,
        [g - p - t - b - o for g, p, t, b, o in zip(gross, payroll, training, batch, other, strict=True)],
    )
    net = books.add("net_income", 0, [a + b for a, b in zip(result, grant, strict=True)])
    receivable = books.add("account.receivables", 0, [0.9 * value for value in revenue])
    change = books.add(
        "flow.receivables",
        0,
        [-(now - before) for now, before in zip(receivable, [0.0, *receivable], strict=False)],
    )
    operating = books.add("cash.operating", 0, [a + b for a, b in zip(net, change, strict=True)])
    books.add("cash.investing", 0, [0.0 for _ in months])
    raised = books.add(
        "cash.financing", 0, [400_000.0 if m == 1 else 1_500_000.0 if m == 10 else 0.0 for m in months]
    )
    moved = books.add("cash.change", 0, [a + b for a, b in zip(operating, raised, strict=True)])
    cash = books.add("account.cash", OPENING_CASH, list(OPENING_CASH + np.cumsum(moved)))
    books.add("net_burn", 0, [-value for value in operating])
    books.add("assets", OPENING_CASH, [a + b for a, b in zip(cash, receivable, strict=True)])
    capital = books.add("account.capital", OPENING_CASH, list(OPENING_CASH + np.cumsum(raised)))
    earned = books.add("account.retained", 0, list(np.cumsum(net)))
    books.add("funds", OPENING_CASH, [a + b for a, b in zip(capital, earned, strict=True)])
    return {name: tuple(float(value) for value in values) for name, values in books.lines.items()}


def make_run() -> Run:
    """The run of the example: 2,048 seeded cash paths around the base case."""
    base = make_books()
    paths = _paths(np.array(base["account.cash"][1:]))
    quantiles = np.quantile(paths, LEVELS, axis=0)
    alive = np.minimum.accumulate(np.where(paths >= 0, 1, 0), axis=1)
    runway = alive.sum(axis=1)
    survive = {m: Figure(float(alive[:, m - 1].mean()), 0.008) for m in (12, 18, 24, 36)}
    compute = make_compute(base)
    fan = Fan(
        line="account.cash",
        unit="USD",
        levels=LEVELS,
        values=tuple(tuple(map(float, row)) for row in quantiles),
        errors=tuple(tuple(9_000.0 for _ in MONTHS) for _ in LEVELS),
    )
    metrics = Metrics(
        cash=OPENING_CASH,
        monthly_burn=Figure(float(np.mean(base["net_burn"][1:7])), 0.0),
        runway_months={
            name: Figure(
                float(np.quantile(runway, q)), 0.4 if q < 0.5 else 0.0, bool(np.quantile(runway, q) >= 36)
            )
            for name, q in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95))
        },
        survive=survive,
        tightest_month=int(np.argmin(quantiles[0])) + 1,
        ruin_by_month=tuple(float(value) for value in -np.diff(alive.mean(axis=0), prepend=1.0)),
    )
    return Run(
        id="r-4f1c09ab27de",
        plan="meridian",
        revision="v-8c2d5e1f0a94",
        scenario="base",
        data_hash="d-7a90c4e2b815",
        measurements=("m-1f3a5c7e9b20", "m-2a4c6e8f0b13"),
        seed=1,
        draws=16_384,
        replicates=8,
        code_version="0.1.0",
        currency="USD",
        months=MONTHS,
        base=base,
        fans={"account.cash": fan},
        metrics=metrics,
        compute=compute,
        compute_cost_by_rung={
            "measured": sum(compute[2].cost),
            "fitted": sum(compute[0].cost),
            "assumed": sum(compute[1].cost),
        },
        paths=tuple(tuple(map(float, path)) for path in paths[:48]),
        warnings=(
            Text(
                "The price of cloud-a/g6.xlarge was last checked on 2026-11-18.",
                "cloud-a/g6.xlarge 的价格最近一次核对是 2026-11-18。",
            ),
        ),
    )


def _paths(base: np.ndarray) -> np.ndarray:
    """Growth and salary differ by path, and so do the months; the spread widens with time."""
    random = np.random.default_rng(7)
    slope = random.normal(-500, 9_000, (2048, 1))
    steps = random.normal(0, 22_000, (2048, 36))
    return base + slope * np.arange(1, 37) * np.linspace(0.4, 1.5, 36) + np.cumsum(steps, axis=1)


def make_compute(base: dict[str, tuple[float, ...]]) -> tuple[ComputeUse, ...]:
    """One workload a rung: fitted on a GPU, assumed on a GPU, measured on a CPU."""
    quantiles = ((0.025, 0.7), (0.1, 0.8), (0.5, 1.0), (0.9, 1.25), (0.975, 1.4))

    def rate(workload: Workload, device: Device, median: float, rung: str, basis: str) -> Rate:
        values = tuple((p, factor * median) for p, factor in quantiles)
        return Rate(
            workload,
            device,
            "token/second",
            values,
            rung,
            "work per second of one device",
            (basis,),
            "2026-11-20",
        )

    l4 = Device("cuda", "NVIDIA L4", "l4-24gb")
    cpu = Device("cpu", "8 vCPU", None, 8)
    decode = rate(
        Workload("gpt2-medium", "decode", "bf16", 16, 512), l4, 1_840, "fitted", "data/published.csv#18"
    )
    train = rate(Workload("gpt2-medium", "train", "bf16", 8, 1024), l4, 15_200, "assumed", "roofline 0.35")
    index = rate(Workload("gpt2", "prefill", "fp32", 4, 128), cpu, 2_310, "measured", "m-1f3a5c7e9b20")
    rows = (
        ("chat-service", Text("Chat service", "对话服务"), "g6.xlarge", 0.8048, decode),
        ("fine-tune", Text("Quarterly fine-tune", "季度微调"), "g6.xlarge", 0.8048, train),
        ("nightly-index", Text("Nightly index", "夜间索引"), "c7i.2xlarge", 0.357, index),
    )
    return tuple(
        ComputeUse(
            workload=name,
            label=label,
            device_unit=unit,
            hours=tuple(cost / price for cost in base[f"compute.{name}"][1:]),
            cost=base[f"compute.{name}"][1:],
            offer=f"data/offers.csv cloud-a/{unit}/us-east/on_demand",
            rung=found.rung,
            rate=found,
        )
        for name, label, unit, price, found in rows
    )


def make_lines() -> dict[str, Line]:
    """A line for every value of the base case."""
    return {
        name: Line(
            name,
            "USD",
            Text(name, name),
            "account" if name.startswith("account.") else "amount",
            FORMULA,
            quantity=Quantity.constant(0),
        )
        for name in make_books()
    }


def make_business() -> dict[str, tuple[float | None, ...]]:
    """What investors ask for, worked out of the books; every customer pays by the month."""
    books = make_books()
    names = {
        "account.cash": "account.cash", "metric.net_burn": "net_burn", "total.revenue": "revenue",
        "total.gross_profit": "gross_profit", "market.mrr": "revenue", "market.customers": "customers",
        "talent.headcount": "headcount.total",
    }  # fmt: skip
    lines = {name: books[own] for name, own in names.items()}
    return base_metrics({**lines, "market.arr": tuple(12 * value for value in books["revenue"])})


def make_context() -> ReportContext:
    """The whole context, with every part filled."""
    return ReportContext(
        run=make_run(),
        lines=make_lines(),
        company=CompanyFacts(
            name=Text("Meridian Language", "子午语言"),
            one_liner=Text(
                "Contract review that a small law firm can afford, on models it can own.",
                "让小型律所用得起、管得住的合同审阅模型。",
            ),
            place=Text("Austin, United States", "美国奥斯汀"),
            date="2026-11-23",
            contact="founders@meridian.example",
            website="meridian.example",
            founded="2026-04",
        ),
        headlines={
            "cash": "account.cash",
            "revenue": "revenue",
            "gross_profit": "gross_profit",
            "operating_result": "operating_result",
            "net_income": "net_income",
            "net_burn": "net_burn",
            "customers": "customers",
            "headcount": "headcount.total",
            "payroll": "payroll",
            "compute_cost": "compute",
        },
        statements=STATEMENTS,
        inputs=INPUTS,
        ask=Ask(
            1_500_000.0,
            Text("priced seed round", "种子轮股权融资"),
            month="2027-11",
            stake=0.18,
            pre_money=6_833_333.0,
        ),
        narrative=NARRATIVE,
        roles=ROLES,
        products=PRODUCTS,
        markets=MARKETS,
        competitors=COMPETITORS,
        workloads=WORKLOADS,
        funding=FUNDING,
        support=SUPPORT,
        partners=PARTNERS,
        costs=COSTS,
        cap_table=CAP_TABLE,
        commitments=COMMITMENTS,
        business=make_business(),
        technology=technology_rows(make_run().compute),
        milestones=MILESTONES,
        findings=FINDINGS,
        exit_table=EXIT_TABLE,
    )


def _row(statement: str, en: str, zh: str, line: str, level: int = 2) -> StatementRow:
    return StatementRow(statement, line, Text(en, zh), level)


STATEMENTS = (
    _row("income", "Subscription revenue", "订阅收入", "revenue"),
    _row("income", "Inference compute", "推理算力成本", "compute.chat-service"),
    _row("income", "Gross profit", "毛利", "gross_profit", 1),
    _row("income", "Payroll", "薪酬", "payroll"),
    _row("income", "Training compute", "训练算力", "compute.fine-tune"),
    _row("income", "Batch compute", "批处理算力", "compute.nightly-index"),
    _row("income", "Operations", "日常运营", "operations"),
    _row("income", "Operating result", "营业利润", "operating_result", 1),
    _row("income", "Research credit", "研发税收抵免", "policy.research_credit"),
    _row("income", "Net income", "净利润", "net_income", 0),
    _row("cash_flow", "Net income", "净利润", "net_income"),
    _row("cash_flow", "Change in receivables", "应收账款变动", "flow.receivables"),
    _row("cash_flow", "Cash from operations", "经营活动现金流量净额", "cash.operating", 1),
    _row("cash_flow", "Cash from investing", "投资活动现金流量净额", "cash.investing", 1),
    _row("cash_flow", "Cash from financing", "筹资活动现金流量净额", "cash.financing", 1),
    _row("cash_flow", "Change in cash", "现金净增加额", "cash.change", 0),
    _row("cash_flow", "Closing cash", "期末现金余额", "account.cash", 0),
    _row("balance", "Cash", "货币资金", "account.cash"),
    _row("balance", "Receivables", "应收账款", "account.receivables"),
    _row("balance", "Total assets", "资产总计", "assets", 0),
    _row("balance", "Share capital and SAFE", "股本与 SAFE", "account.capital"),
    _row("balance", "Retained earnings", "未分配利润", "account.retained"),
    _row("balance", "Total liabilities and equity", "负债和所有者权益总计", "funds", 0),
)
INPUTS = (
    InputRow(
        "talent",
        Text("Salary, ML engineer", "算法工程师年薪"),
        168_000,
        "USD/year",
        (151_000, 187_000),
        PAY_SURVEY,
        field="talent.roles[1].salary",
    ),
    InputRow(
        "talent",
        Text("Employer on-costs", "用人成本附加"),
        0.22,
        "1",
        None,
        OWN_GUESS,
        is_share=True,
        field="talent.employer_rate",
    ),
    InputRow(
        "compute",
        Text("Price, L4 hour", "L4 每小时价格"),
        0.8048,
        "USD/hour",
        None,
        GPU_PRICE,
        field="compute.offers[0]",
    ),
    InputRow(
        "compute",
        Text("Decode rate, chat service", "对话服务解码速度"),
        1_840,
        "token/second",
        (1_380, 2_450),
        Source(
            "fit",
            "Cited public measurements",
            place="data/published.csv#18",
            date="2026-10",
            confidence="medium",
        ),
        rung="fitted",
        field="compute.workloads[0].rate",
    ),
    InputRow(
        "market",
        Text("New customers a month", "每月新客户增速"),
        0.115,
        "1",
        (0.07, 0.16),
        OWN_GUESS,
        is_share=True,
        field="market.growth",
    ),
    InputRow(
        "funding",
        Text("Seed round", "种子轮"),
        1_500_000,
        "USD",
        (1_100_000, 2_000_000),
        OWN_GUESS,
        field="funding.rounds[1].amount",
    ),
)
NARRATIVE = {
    "summary": Text(
        "Meridian fine-tunes a small open model on contract language and sells the review, not the tokens.",
        "子午在小型开源模型上针对合同文本微调，按审阅服务收费，而不是按 token 收费。",
    ),
    "problem": Text(
        "A small firm reads every contract by hand because the tools it can buy send clients' papers to "
        "somebody else's cloud.",
        "小型律所至今逐份人工审阅合同：市面上的工具都要把客户文件传到别人的云上。",
    ),
    "product": Text(
        "A review of ten pages takes four seconds and costs cents. With {{cash}} in the bank and {{burn}} of "
        "net burn a month, the plan reaches {{customers.end}} customers by {{month.end}}.",
        "十页合同四秒审完，成本不过几分钱。账上现金{{cash}}，月度净消耗{{burn}}，按计划到{{month.end}}服务{{customers.end}}家客户。",
    ),
    "market": Text(
        "Forty thousand firms of two to twenty lawyers buy their own software.",
        "两到二十名律师、自行采购软件的律所约有四万家。",
    ),
    "team": Text(
        "Two founders: one from legal practice, one from model training.",
        "两位创始人，一位出身律所，一位做模型训练。",
    ),
    "compute": Text(
        "The service runs on {{compute.total}} of rented compute over {{horizon}}.",
        "{{horizon}}内租用算力合计{{compute.total}}。",
    ),
    "risks": Text(
        "The largest risk is slow adoption: the cash is tightest in {{tightest.month}}.",
        "最大的风险是推广慢于预期：{{tightest.month}}现金最紧。",
    ),
}
ROLES = (
    RoleRow(
        Text("Founder", "创始人"),
        Text("Austin", "奥斯汀"),
        96_000,
        "headcount.founder",
        ("payroll.founder",),
        OWN_GUESS,
        "talent.roles[0]",
    ),
    RoleRow(
        Text("ML engineer", "算法工程师"),
        Text("Austin", "奥斯汀"),
        168_000,
        "headcount.ml_engineer",
        ("payroll.ml_engineer",),
        PAY_SURVEY,
        "talent.roles[1]",
    ),
    RoleRow(
        Text("Account executive", "客户经理"),
        Text("Remote", "远程"),
        110_000,
        "headcount.sales",
        ("payroll.sales",),
        PAY_SURVEY,
        "talent.roles[2]",
    ),
)
PRODUCTS = (
    ProductRow(
        Text("Review, per firm", "合同审阅（按律所）"),
        (
            PriceRow(
                Text("Review, per firm", "合同审阅（按律所）"),
                420.0,
                Text("firm a month", "家/月"),
                OWN_GUESS,
                Text("Unlimited review for one firm", "单家律所不限量审阅"),
            ),
        ),
        "customers",
        "revenue",
        "market.product",
        field="market.products[0]",
    ),
)
MARKETS = (
    MarketRow(
        Text("Small law firms", "小型律所"),
        2.0e8,
        6.0e7,
        2.4e6,
        Text("40,000 firms × $5,040 a year", "四万家 × 每年5,040美元"),
        OWN_GUESS,
        accounts=40_000,
        yearly_value=5_040.0,
        field="market.segments[0]",
    ),
    MarketRow(
        Text("Company legal teams", "企业法务"),
        9.0e7,
        None,
        None,
        Text("18,000 teams × $5,040 a year", "1.8万个团队 × 每年5,040美元"),
        OWN_GUESS,
        accounts=18_000,
        yearly_value=5_040.0,
        field="market.segments[1]",
    ),
)
COMPETITORS = (
    CompetitorRow(
        Text("Large suites", "大型套件"),
        Text("Contract management for large companies", "面向大企业的合同管理"),
        Text(
            "A tenth of the price, and the client's papers stay in the firm",
            "价格约为十分之一，客户文件不出律所",
        ),
        "market.competitors[0]",
    ),
    CompetitorRow(
        Text("General assistants", "通用助手"),
        Text("Any question, hosted elsewhere", "什么都能问，但托管在外部"),
        Text("Trained on clauses, measured on clauses", "只学条款，也只按条款评测"),
        "market.competitors[1]",
    ),
)
WORKLOADS = (
    WorkloadRow(
        "chat-service",
        Text("Chat service", "对话服务"),
        Text("Answers the lawyer while the contract is open", "审阅时实时答复律师"),
        "GPT-2 medium",
        "1 × L4 24 GB",
        Text("Cloud A", "云厂商甲"),
        0.8048,
        GPU_PRICE,
        "compute.workloads[0]",
    ),
    WorkloadRow(
        "fine-tune",
        Text("Quarterly fine-tune", "季度微调"),
        Text("Learns the clauses of the last quarter", "学习上一季度的新条款"),
        "GPT-2 medium",
        "1 × L4 24 GB",
        Text("Cloud A", "云厂商甲"),
        0.8048,
        GPU_PRICE,
        "compute.workloads[1]",
    ),
    WorkloadRow(
        "nightly-index",
        Text("Nightly index", "夜间索引"),
        Text("Indexes the day's documents", "为当天文件建立索引"),
        "GPT-2 small",
        "8 vCPU",
        Text("Cloud A", "云厂商甲"),
        0.357,
        CPU_PRICE,
        "compute.workloads[2]",
    ),
)
FUNDING = (
    FundingRow(
        Text("Pre-seed SAFE", "种子前轮 SAFE"),
        Text("SAFE, post-money", "SAFE（投后）"),
        "2027-02",
        400_000.0,
        Text("cap $5M, no discount", "估值上限500万美元，无折扣"),
        0.95,
        False,
        field="funding.rounds[0]",
    ),
    FundingRow(
        Text("Seed", "种子轮"),
        Text("Priced round", "股权融资"),
        "2027-11",
        1_500_000.0,
        Text("$6.8M pre-money, 10% pool", "投前683万美元，期权池10%"),
        0.7,
        False,
        field="funding.rounds[1]",
    ),
)
SUPPORT = (
    SupportRow(
        Text("Research credit", "研发税收抵免"),
        Text("Tax authority", "税务机关"),
        Text("tax credit", "税收抵免"),
        116_000.0,
        ("2028-06", "2029-06"),
        True,
        Text("", ""),
        STATUTE,
        "policy.programmes[0]",
    ),
    SupportRow(
        Text("City compute voucher", "市级算力券"),
        Text("City of Austin", "奥斯汀市"),
        Text("voucher", "算力券"),
        30_000.0,
        ("2028-01",),
        False,
        Text("not verified", "尚未核实"),
        Source("fact", "City programme page", place="data/policies/us/city.yaml", confidence="own_knowledge"),
        "policy.programmes[1]",
    ),
)
PARTNERS = (
    PartnerRow(
        Text("Cloud A start-up programme", "云厂商甲创业计划"),
        Text("compute credits", "算力额度"),
        25_000.0,
        "2028-03",
        GPU_PRICE,
        "partnerships[0]",
    ),
)
COSTS = (
    SeriesRow(Text("Payroll", "薪酬"), "payroll"),
    SeriesRow(Text("Compute", "算力"), "compute"),
    SeriesRow(Text("Operations", "日常运营"), "operations"),
)
