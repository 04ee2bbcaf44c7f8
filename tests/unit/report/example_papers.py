"""Contexts of the papers, made by hand: offers for two pieces of work, a device, a month of actuals."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.report.example import GPU_PRICE, make_context
from toolkit.report.bench_context import BenchContext, DeviceRow, ResultRow
from toolkit.report.board_facts import BoardFacts, CloudRow, VarianceRow
from toolkit.report.context import ReportContext
from toolkit.report.cost_context import ApiRow, BreakRow, CaseRow, CostContext, VolumeRow, WorkRow
from toolkit.report.subject import Subject
from toolkit.text import Text

SUBJECT = Subject(
    Text("Meridian Language", "子午语言"),
    Text("Meridian Language", "子午语言"),
    "2026-11-23",
    "r-4f1c09ab27de",
)


def case(provider: str, gpu: str, cost: float, **more: object) -> CaseRow:
    """A case with everything that does not matter filled in."""
    row = CaseRow(
        provider=Text.of(provider),
        instance=f"{provider}.large",
        region="us-east",
        gpu=gpu,
        gpus=8,
        kind="on_demand",
        price_per_hour=24.5,
        hours=(40.0, 50.0, 70.0),
        cost=(0.8 * cost, cost, 1.3 * cost),
        per_million=0.012,
        machines=None,
        ms_per_token=None,
        rung="fitted",
        as_of="2026-11-18",
        source=GPU_PRICE,
        on_front=True,
        in_time=True,
        in_budget=True,
        complete=True,
    )
    return replace(row, **more)  # type: ignore[arg-type]


TRAINING = WorkRow(
    name=Text("Quarterly fine-tune", "季度微调"),
    kind="training",
    facts=((Text("Model", "模型"), Text.of("GPT-2 medium, bf16")),),
    cases=(
        case("cheap-spot", "L4", 900.0, kind="spot", in_time=False),
        case("cloud-a", "H100 SXM", 1_240.0),
        case("cloud-b", "A100 SXM", 1_900.0, on_front=False),
    ),
    unfit={Text("t4 lacks bf16.", "t4 不支持 bf16。"): 4},
    commitments=(
        BreakRow(
            Text("H100, reserved", "H100，预留"), Text("H100, by the hour", "H100，按小时"), 0.43, 314.0
        ),
    ),
)
SERVICE = WorkRow(
    name=Text("Chat service", "对话服务"),
    kind="service",
    facts=((Text("Model", "模型"), Text.of("GPT-2 medium, fp16")),),
    cases=(
        case(
            "cloud-a",
            "L4",
            410.0,
            hours=None,
            machines=(2.0, 2.0, 3.0),
            ms_per_token=21.0,
            kind="reserved_1y",
        ),
    ),
    unfit={},
    apis=(ApiRow(Text.of("OpenAI gpt-x"), 1_310.0, 2.4, "2026-10-01", GPU_PRICE),),
    volumes=(VolumeRow(Text("L4, cloud-a", "L4，cloud-a"), Text.of("OpenAI gpt-x"), 2.1e6, None),),
)
COSTS = CostContext(SUBJECT, "USD", (TRAINING, SERVICE))


def result(model: str, mode: str, value: float, unit: str, **more: object) -> ResultRow:
    """A measurement with everything that does not matter filled in."""
    row = ResultRow(
        id="m-1f3a5c7e9b20",
        model=model,
        mode=mode,  # type: ignore[arg-type]
        dtype="fp32",
        batch=4,
        tokens=128,
        options="",
        value=value,
        low=0.97 * value,
        high=1.03 * value,
        unit=unit,
        mfu=None,
        ceiling_share=0.54,
        peak_bytes=531_000_000,
        joules_per_unit=None,
        processes=3,
        blocks=12,
        stopped=Text("target precision reached", "已达到目标精度"),
        measured_at="2026-11-20T09:30:00Z",
        origin="live",
        earlier=1,
    )
    return replace(row, **more)  # type: ignore[arg-type]


BENCH = BenchContext(
    replace(SUBJECT, title=Text("Benchmarks", "基准测试"), record="3 / 2026-11-20"),
    "USD",
    (
        DeviceRow(
            name="NVIDIA L4",
            is_gpu=True,
            count=1,
            environment=(("driver", "570.1"), ("torch", "2.13.0")),
            ceilings=(result("matmul", "ceiling", 1.21e14, "flop/second", ceiling_share=None, dtype="bf16"),),
            results=(
                result("gpt2", "train", 15_200.0, "token/second", mfu=0.41),
                result(
                    "gpt2", "decode", 612.0, "token/second", mfu=0.03, ceiling_share=None, origin="recorded"
                ),
            ),
            remarks=((Text("Only one process measured this.", "只有一个进程测过。"), 1),),
        ),
    ),
)


def make_board() -> ReportContext:
    """The example plan six months on: revenue short, payroll below plan, cash above it."""
    context = make_context()
    run = context.run
    planned = run.base["account.cash"][1:]
    board = BoardFacts(
        month="2027-06",
        closed="2027-06",
        budget="Budget 2027",
        against="r-000000000001",
        rows=(
            VarianceRow(
                Text("Revenue", "营业收入"),
                True,
                (2_900.0, 3_400.0),
                False,
                (16_800.0, 17_000.0),
                False,
                None,
                True,
            ),
            VarianceRow(
                Text("Payroll", "薪酬"), True, (41_000.0, 44_000.0), True, (250_000.0, 251_000.0), None, True
            ),
            VarianceRow(Text("Customers", "客户"), False, (12.0, 14.0), None, (12.0, 14.0), None, None),
        ),
        before=run.metrics,
        after=run.metrics,
        planned_cash=planned,
        actual_cash=tuple(value + 9_000 if place < 6 else None for place, value in enumerate(planned)),
        cloud=(CloudRow("cloud-a · GPU", Text("Training compute", "训练算力"), 5_600.0, 5_100.0),),
        unreconciled=1_250.0,
    )
    return replace(context, board=board)
