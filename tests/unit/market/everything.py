"""One plan with every form that the market, partnerships and policy can take."""

from __future__ import annotations

from typing import Any

from tests.unit.resources.plans import PROCESSOR, SERVER, TRAINER, plan_data

_WORK = {"model": "gpt2", "dtype": "bf16", "batch": 8}
_SEGMENTS = [
    {
        "id": "law", "accounts": "900 to 1100", "growth": 0.1, "yearly_value": 900, "reachable": 0.5,
        "obtainable": 0.2,
    },
    {"id": "bank", "accounts": 300, "yearly_value": 900, "reachable": 0.5, "obtainable": 0.2},
]  # fmt: skip
_PRO = {
    "id": "pro", "segments": ["law", "bank"], "monthly_churn": 0.02, "early_churn": 0.1, "early_months": 3,
    "expansion": 0.02, "contraction": 0.01, "price_change": 0.05, "opening_customers": 24,
    "adoption": {"kind": "bass", "innovation": 0.03, "imitation": "0.3 to 0.5"},
    "tiers": [{"id": "s", "share": 0.7, "price": 100}, {"id": "l", "share": 0.3, "price": 90, "seats": 4}],
    "channels": [
        {
            "id": "ads", "spend": 3000, "acquisition_cost": 400, "lead_months": 2, "cost_growth": 0.2,
            "most": 5,
        },
        {"id": "fair", "spend": 900, "acquisition_cost": 300, "start": "2027-04", "end": "2027-06"},
    ],
    "usage": {
        "unit": "request", "per_customer": 9000, "growth": 0.02, "included": 1000, "unit_price": 0.01,
        "steps": [{"above": 5000, "unit_price": 0.004}],
    },
    "annual": {"share": 0.4, "discount": 0.1}, "payment_months": 2, "bad_debt": 0.02, "payment_fee": 0.03,
}  # fmt: skip
_LITE = {
    "id": "lite", "segments": ["law"], "price": 20, "seats": 2, "monthly_churn": 0.05,
    "adoption": {"kind": "logistic", "growth": 2, "midpoint": 10, "customers": 200}, "start": "2027-03",
    "end": "2028-09", "usage": {"unit": "token", "per_customer": 100_000},
}  # fmt: skip
_OTHER = {
    "id": "other", "price": 9, "monthly_churn": 0, "annual": {"share": 1, "renewal": 0.6},
    "adoption": {"kind": "given", "new_customers": [3, 0, 5], "factor": "0.8 to 1.2"},
}  # fmt: skip
_PARTNERS = [
    {
        "id": "uni", "kind": "cost_share", "of": ["research_pay", "data"], "share": 0.3, "most": 50_000,
        "arrives": 0.8, "milestones": [{"id": "paper", "month": "2027-09", "met": 0.7}],
    },
    {"id": "shop", "kind": "revenue_share", "products": ["lite"], "share": 0.2, "minimum": 50},
    {"id": "friend", "kind": "referral", "product": "pro", "customers": 1, "growth": 0.02, "fee_share": 0.1},
    {
        "id": "text", "kind": "data_licence", "direction": "in", "upfront": 6000, "monthly": 200,
        "royalty": 0.01, "start": "2027-02", "end": "2028-01",
    },
    {
        "id": "model", "kind": "data_licence", "direction": "out", "upfront": 9000, "monthly": 300,
        "start": "2027-03", "end": "2027-12",
    },
    {
        "id": "cloud", "kind": "compute_credits", "provider": "aws", "programme": "aws_portfolio",
        "amount": 20_000, "start": "2027-02", "end": "2027-12", "covers": 0.8, "arrives": 0.9,
        "releases": [{"id": "second", "month": "2027-07", "amount": 5000, "met": 0.6}],
    },
    {"id": "deal", "kind": "discount", "provider": "aws", "discount": 0.05, "arrives": 0.7},
]  # fmt: skip
_CLAIMS = [
    {
        "programme": "us_qsb_payroll", "granted": 0.9, "delay_months": "triangular(0, 1, 4)",
        "costs": {"research_pay": 0.9, "research_compute": 1},
    },
    {
        "programme": "us_sbir1", "amount": 150_000, "start": "2027-05", "granted": 0.6,
        "relieves": "research_compute",
    },
]  # fmt: skip
_GRANT = {
    "id": "state", "kind": "grant", "month": "2027-02", "award": 40_000, "matching_rate": 0.5,
    "eligible": ["research_pay", "research_compute"],
    "milestones": [
        {"id": "first", "after_months": 6, "part": 0.4}, {"id": "end", "after_months": 12, "part": 0.6},
    ],
}  # fmt: skip


_ROLE = {"id": "lab", "function": "research", "count": 2, "salary": 90_000, "research_share": 0.8}
_RIVAL = {"id": "chat", "offer": "A chat", "difference": "Ours", "price": 30, "position": {"depth": 3}}


def everything() -> dict[str, Any]:
    """The data of the plan."""
    return plan_data(
        company={"months": 30, "fiscal_year_start": 4},
        opening={"balances": {"cash": 500_000, "deferred_revenue": 5000, "common_stock": 495_000}},
        funding={"instruments": [_GRANT]},
        talent={"roles": [_ROLE]},
        compute={
            "workloads": [
                {
                    "id": "serve", "kind": "service", **_WORK, "offer": SERVER, "product": "pro",
                    "prompt_tokens": 300, "output_tokens": 100, "utilisation": 0.5, "minimum_instances": 1,
                },
                {
                    "id": "night", "kind": "batch", **_WORK, "offer": PROCESSOR, "product": "lite",
                    "sequence": 128, "relative_speed": 1, "goodput": 0.9,
                },
                {
                    "id": "train", "kind": "training", **_WORK, "offer": TRAINER, "sequence": 1024,
                    "tokens_per_run": 1e9, "experiments": 2, "goodput": 0.9, "start": "2027-02",
                },
            ]
        },
        policy={"programmes": _CLAIMS},
        market={
            "segments": _SEGMENTS,
            "positioning": {"axes": [{"id": "depth", "label": "Depth"}], "own": {"depth": 8}},
            "competitors": [_RIVAL],
            "products": [_PRO, _LITE, _OTHER],
            "sales_tax": {"rate": 0.2, "taxed_share": 0.8, "purchase_rate": 0.2, "excess": "carried_forward"},
        },
        partnerships={"partners": _PARTNERS},
        operations={"costs": [{"id": "data", "category": "research", "monthly": 1000, "payment_months": 1}]},
        tax={"rate": 0.21, "loss_limit": 0.8},
    )  # fmt: skip
