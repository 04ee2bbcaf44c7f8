"""Section: the team, with pay from the salary table of the country."""

from __future__ import annotations

from toolkit.app.interview.defaults import ML_PREMIUM, find_pay, rounded
from toolkit.app.interview.writer import Fields, Writer, words_of
from toolkit.lines.quantity_text import parse_quantity
from toolkit.resources.employer_cost import allowances, rate_options

SALES_PAY, SUPPORT_PAY = 0.9, 0.6  # of an engineer's pay


def talent(writer: Writer) -> Fields:
    """Founders and hires."""
    fields: Fields = {"yearly_raise": {"value": "3 % to 5 %", "assumption": writer.say("raise")}}
    options = _employer_options(writer)
    if options:
        fields["employer_options"] = options
    claimed = _allowances(writer)
    if claimed:
        fields["allowances"] = claimed
    roles = [
        {
            "id": "founders", "label": words_of("role_founders"), "function": "research",
            "count": max(writer.value("founders"), 1), "salary": writer.number("founder_salary"),
            "research_share": "60 %", "assumption": writer.answers["founders"].basis.title,
        }
    ]  # fmt: skip
    roles += [
        _role(writer, name, function, extra)
        for name, function, extra in (
            ("ml_engineers", "research", {"research_share": "85 %"}),
            ("engineers", "research", {"research_share": "50 %"}),
            ("sales", "sales", {}),
            ("support", "support", {}),
        )
        if writer.has(name)
    ]
    return fields | {"roles": roles}


def _role(writer: Writer, name: str, function: str, extra: Fields) -> Fields:
    answer = writer.answers[name]
    return {
        "id": name, "label": words_of(f"role_{name}"), "function": function,
        "start": writer.month(writer.value(f"{name}_from")), "count": answer.value,
        **_salary(writer, name), "channel": "own", **extra, "assumption": answer.basis.title,
    }  # fmt: skip


def _salary(writer: Writer, name: str) -> Fields:
    """Pay from the table where the founder gave none, else in proportion to an engineer's."""
    role = {"ml_engineers": "ml_engineer", "engineers": "software_engineer"}.get(name)
    engineer = writer.answers["engineer_salary"]
    if role and not engineer.is_given and find_pay(writer.reference, role, writer.answers):
        return {"salary_from": {"role": role, "percentile": writer.value("percentile")}}
    if role == "software_engineer":
        return {"salary": writer.number("engineer_salary")}
    factor = {"ml_engineers": ML_PREMIUM, "sales": SALES_PAY, "support": SUPPORT_PAY}[name]
    pay = rounded(parse_quantity(engineer.value, writer.yearly).median * factor)
    return {"salary": {"value": pay, "assumption": writer.say("relative_pay", share=f"{factor:.0%}")}}


def _employer_options(writer: Writer) -> Fields:
    """Rates that the law leaves to the employer: the highest housing fund, else the lowest known rate."""
    found: Fields = {}
    rules = [
        rule
        for rule in writer.reference.employer_rates
        if rule.country == writer.country and rule.region in (None, writer.value("region"))
    ]
    for name in rate_options(rules):
        rule = next(rule for rule in reversed(rules) if rule.option == name)
        rate = rule.rate_high if name == "housing_fund_rate" else rule.rate_low
        found[name] = writer.based(f"{100 * (rate or 0):.4g} %", rule.source)
    return found


def _allowances(writer: Writer) -> list[str]:
    rules = [rule for rule in writer.reference.employer_rates if rule.country == writer.country]
    return list(allowances(rules))
