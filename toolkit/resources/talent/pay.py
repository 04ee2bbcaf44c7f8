"""What a role costs: pay, bonus, contributions, benefits, and the cost of winning people.

salary a month = salary × (1 + raise) ^ raises so far / 12
bonus          = salary × bonus: accrued every month, paid once a year
contributions  = statutory rules of the place on salary and bonus, or a given rate
recruiting     = people who join × yearly salary × recruiting share
"""

from __future__ import annotations

from toolkit.lines.quantity import Quantity
from toolkit.provenance import Source
from toolkit.reference.pay import Pay
from toolkit.resources.compilation import Scope
from toolkit.resources.record import month_after
from toolkit.resources.talent.contributions import Contributions
from toolkit.resources.talent.people import People
from toolkit.resources.talent.records import Function, Role, place_of
from toolkit.text import Text, bilingual
from toolkit.text.formats import place_name

PAYROLL_ACCOUNT: dict[Function, str] = {
    "research": "research_payroll",
    "sales": "sales_payroll",
    "general": "general_payroll",
    "support": "cost_payroll",
}
FEWEST = 20  # answers: a percentile of fewer says little


def write_salary(scope: Scope, role: Role) -> str:
    """The line of the yearly salary in force."""
    salary = scope.input("salary") if role.salary is not None else _from_table(scope, role)
    return scope.formula("salary_now", f"{salary} * talent.salary_index", f"{scope.currency}/year")


def _from_table(scope: Scope, role: Role) -> str:
    """The line of a salary of the table: its source says percentile, year and number of answers."""
    compilation, given = scope.compilation, role.salary_from
    if given is None:
        raise ValueError(f"{scope.path} has no salary: plans are checked before they are compiled")
    company = compilation.plan.company
    pay = given.find(compilation.reference, *place_of(role, company.country, company.region))
    row = pay.salary
    count = "?" if row.respondents is None else str(row.respondents)
    where = ", ".join(part for part in (row.country, row.region) if part)
    year = "" if row.year is None else str(row.year)
    title = f"{row.source.title}: {given.role}, {where}, {pay.percentile}, {year or '?'}, n = {count}"
    source = Source("fact", title, row.source.place, row.source.url, row.source.date, row.source.confidence)
    values = {"role": scope.name or job_name(given.role), "row": _words_of(pay)}
    if row.respondents is not None and row.respondents < FEWEST:
        compilation.warnings.append(bilingual("talent.few_answers", count=count, **values))
    if pay.lower_bound:
        compilation.warnings.append(bilingual("talent.lower_bound", **values))
    quantity, words = Quantity.constant(pay.per_year), scope.words("salary")
    if pay.currency == scope.currency:
        return scope.book.input(scope.line("salary"), quantity, f"{pay.currency}/year", words, source)
    return scope.converted("salary", quantity, f"{pay.currency}/year", pay.currency, words, source)


def job_name(role: str) -> Text:
    """What a role of the salary table is called."""
    return bilingual(f"talent.jobs.{role}")


def _words_of(pay: Pay) -> Text:
    """A figure of the salary table in words: the job, where, which percentile, of which year."""
    row = pay.salary
    values = {
        "job": job_name(row.role),
        "place": place_name(row.country, row.region),
        "percentile": bilingual(f"talent.percentiles.{pay.percentile}"),
    }
    if row.year is None:
        return bilingual("talent.row_undated", **values)
    return bilingual("talent.row", **values, year=str(row.year))


def write_bonus(scope: Scope, role: Role, pay: str) -> str:
    """Accrue the bonus month by month and pay it once a year; returns the line of what is accrued."""
    account = PAYROLL_ACCOUNT[role.function]
    share = scope.input("bonus", "talent.bonus")
    accrued = scope.amount("bonus_cost", f"{pay} * {share}", account, "accrued_pay", "talent.bonus_cost")
    compilation = scope.compilation
    start = compilation.plan.company.start
    months = (int(month_after(start, number)[5:]) for number in range(1, compilation.months + 1))
    payday = scope.schedule(
        "bonus_payday", [month == role.bonus_month for month in months], "bonus_month", "talent.bonus_payday"
    )
    owed = f"{scope.line('bonus_owed')}[-1] + {accrued}"
    paid = scope.amount("bonus_paid", f"{payday} * ({owed})", "accrued_pay", "cash", "talent.bonus_paid")
    scope.formula("bonus_owed", f"{owed} - {paid}", scope.currency, "talent.bonus_owed")
    return accrued


def write_contributions(
    scope: Scope, role: Role, rules: Contributions, heads: str, pay: str
) -> tuple[str | None, str | None]:
    """The line of the employer's contributions, and of the part that allowances can be set against; None
    where there is nothing."""
    account, salary = PAYROLL_ACCOUNT[role.function], scope.line("salary_now")
    if role.employer_rate is not None:
        base = f"({pay} + {scope.line('bonus_cost')})" if role.bonus is not None else pay
        formula = f"{base} * {scope.input('employer_rate')}"
        return scope.amount("employer_cost", formula, account, "cash"), None
    if role.bonus is not None:
        salary = scope.formula(
            "yearly_pay",
            f"{salary} * (1 + {scope.line('bonus')})",
            f"{scope.currency}/year",
            "talent.yearly_pay",
        )
    usual = rules.formula(heads, salary, ("statutory", "indicative"))
    if usual is None:
        return None, None
    statutory = scope.formula("statutory", usual, scope.currency, "talent.statutory")
    more = rules.formula(heads, salary, ("additional",))
    formula = statutory if more is None else f"{statutory} + {more}"
    return scope.amount("employer_cost", formula, account, "cash"), statutory


def write_recruiting(scope: Scope, role: Role, people: People) -> str | None:
    """The cost of winning who joins: a given share of the salary, or what is usual for the channel."""
    if role.recruiting_share is not None:
        share = scope.input("recruiting_share")
    elif role.channel is not None:
        share = scope.usual("recruiting_share", f"{role.channel}_cost")
    else:
        return None
    fee = f"{people.joined} * {scope.line('salary_now')} * {share}"
    return scope.amount("recruiting", fee, "recruiting", "cash")
