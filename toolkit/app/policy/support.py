"""The claims of a run: what each brings, how near it is to cliffs and caps, and what is still to be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.app.building import Built
from toolkit.app.policy.checks import Check, checks_of
from toolkit.app.policy.months import ClaimMonth, claim_months, writer_of
from toolkit.errors import InputError, Problem
from toolkit.lines.spelling import nearest
from toolkit.provenance import Source
from toolkit.reference import load_reference
from toolkit.reference.programmes import Programme
from toolkit.resources.policy.catalogue import EU, source_of_listed
from toolkit.resources.policy.claims import Claim
from toolkit.resources.policy.conditions import Cap
from toolkit.resources.policy.programme import NO_LIMIT
from toolkit.resources.policy.reading import facts_in, names_in, plan_known
from toolkit.resources.policy.writer import ClaimWriter, given_facts
from toolkit.text import Language, Text, bilingual


@dataclass(frozen=True, slots=True)
class Cliff:
    """A condition, where the plan is nearest to it: `check` in `month`. `fails_in` is the first month in
    which it fails, None where it never does; `at_risk` is what the claim earns in the period of `month`."""

    check: Check
    month: str
    fails_in: str | None
    at_risk: float


@dataclass(frozen=True, slots=True)
class CapUse:
    """A cap, where most of it is used: `value` is what would count without it, `limit` the most that does."""

    label: Text
    month: str
    value: float
    limit: float
    unit: str

    @property
    def used(self) -> float:
        """The share of the cap that is used; above 1 where it cuts something off."""
        return self.value / self.limit if self.limit else 0.0


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One claim of a run, in the base case. `in_base` is false where its cash is left out, and `reason` says
    why; `conditions` are what has to be shown in words, `unchecked` the tests whose facts nobody gave, each
    with those facts. `field` is its place in the plan."""

    programme: str
    name: Text
    kind: str
    jurisdiction: str
    confidence: str
    is_listed: bool
    in_base: bool
    reason: Text
    months: tuple[ClaimMonth, ...]
    cliffs: tuple[Cliff, ...]
    caps: tuple[CapUse, ...]
    conditions: tuple[Text, ...]
    unchecked: tuple[tuple[Text, tuple[str, ...]], ...]
    source: Source
    field: str

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The JSON form."""
        return {
            "programme": self.programme, "name": self.name[language], "kind": self.kind,
            "confidence": self.confidence, "in_base": self.in_base, "reason": self.reason[language],
            "accrued": self.accrued, "received": self.received,
            "cliffs": [
                {
                    "condition": cliff.check.words[language], "value": cliff.check.value,
                    "limit": cliff.check.limit, "unit": cliff.check.unit, "margin": cliff.check.margin,
                    "month": cliff.month, "fails_in": cliff.fails_in, "at_risk": cliff.at_risk,
                }
                for cliff in self.cliffs
            ],
            "caps": [
                {
                    "label": cap.label[language], "month": cap.month, "value": cap.value, "limit": cap.limit,
                    "unit": cap.unit, "used": cap.used,
                }
                for cap in self.caps
            ],
            "conditions": [condition[language] for condition in self.conditions],
            "unchecked": [{"test": label[language], "facts": list(facts)} for label, facts in self.unchecked],
            "months": [
                {
                    "month": month.month, "eligible": month.eligible, "state": month.state,
                    "reason": month.reason[language], "accrued": month.accrued, "filed": month.filed,
                    "received": month.received, "filed_in": month.filed_in, "cash_in": month.cash_in,
                }
                for month in self.months
            ],
            "source": {"title": self.source.title, "url": self.source.url}, "field": self.field,
        }  # fmt: skip

    @property
    def received(self) -> float:
        return sum(month.received for month in self.months)

    @property
    def accrued(self) -> float:
        return sum(month.accrued for month in self.months)


def policy_support(built: Built) -> tuple[ClaimFacts, ...]:
    """Every claim of a run, in the order of the plan."""
    claims = built.plan.policy.programmes
    return tuple(_claim(built, index, claim) for index, claim in enumerate(claims))


def select_claim(found: Sequence[ClaimFacts], programme: str) -> ClaimFacts:
    """The claim of one programme. Raises InputError with those that the run claims."""
    for claim in found:
        if claim.programme == programme:
            return claim
    known = nearest(programme, [claim.programme for claim in found])
    raise InputError(
        [Problem("support.not_claimed", "programme", values={"name": programme, "known": known})]
    )


def listed_programmes(country: str | None = None) -> tuple[Programme, ...]:
    """The catalogue, or what a company of a country can claim of it. Raises InputError for a country of which
    no programme is known."""
    programmes = tuple(load_reference().programmes.values())
    if country is None:
        return programmes
    wider = {"GLOBAL"} | ({"EU"} if country in EU else set())
    if country not in {one.country for one in programmes}:
        known = ", ".join(sorted({one.country for one in programmes}))
        raise InputError(
            [Problem("support.unknown_country", "country", values={"name": country, "known": known})]
        )
    return tuple(one for one in programmes if one.country in {country, *wider})


def _claim(built: Built, index: int, claim: Claim) -> ClaimFacts:
    months = claim_months(built, index)
    granted = built.run.base.get(f"policy.{claim.programme}.granted", (0.0, 0.0))[1]
    reason = Text("", "")
    if not months:
        reason = bilingual("support.excluded")
    elif not granted:
        reason = bilingual(f"support.{'unverified' if claim.granted is None else 'unlikely'}")
    field = f"policy.programmes[{index}]"
    if claim.is_listed:
        listed = built.compilation.reference.programmes[claim.programme]
        words = (Text.of(listed.eligibility_words),)
        return ClaimFacts(
            listed.id, claim.label or listed.name, listed.kind, listed.country, listed.confidence, True,
            bool(granted), reason, months, (), (), words, (), source_of_listed(listed), field,
        )  # fmt: skip
    writer = writer_of(built.compilation, index)
    programme = writer.programme
    shown = bool(months)
    return ClaimFacts(
        programme.id, claim.label or programme.name, programme.kind, programme.jurisdiction,
        programme.confidence, False, bool(granted), reason, months,
        tuple(_cliffs(built, writer, months)) if shown else (),
        tuple(_caps(built, writer)) if shown else (), tuple(programme.conditions),
        tuple(_unchecked(writer)), _source(built, writer), field,
    )  # fmt: skip


def _source(built: Built, writer: ClaimWriter) -> Source:
    """The first article of law that the claim rests on; what is said of its cash where there is none."""
    prefix, file = f"{writer.scope.prefix}.", writer.programme.file
    rules = [
        line.source
        for name, line in built.model.lines.items()
        if name.startswith(prefix) and line.source.place == file
    ]
    linked = next((source for source in rules if source.url), None)
    why = writer.programme.plan.why
    plain = Source("rule", why.title, writer.programme.file, why.url, None, writer.programme.confidence)
    return linked or next(iter(rules), plain)


def _deciding(built: Built, writer: ClaimWriter) -> list[int]:
    """The months in which the tests decide: all, or the last ones of the fiscal years."""
    numbers = range(1, len(built.run.months) + 1)
    if writer.programme.plan.every == "month":
        return list(numbers)
    fiscal = built.model.fiscal_months()
    return [number for number in numbers if fiscal[number - 1] == 12] or [len(built.run.months)]


def _cliffs(built: Built, writer: ClaimWriter, months: tuple[ClaimMonth, ...]) -> Iterator[Cliff]:
    """Each condition in the month in which it is tightest while it holds, else in the first in which it
    fails."""
    deciding = _deciding(built, writer)
    by_month = {
        number: [check for _, check in checks_of(writer, built.model, built.run.base, number)]
        for number in deciding
    }
    claimed = built.run.base.get(f"{writer.scope.prefix}.claimed")
    earned = claimed or built.run.base[f"{writer.scope.prefix}.accrued"]
    for place in range(len(writer.conditions())):
        rows = [(number, by_month[number][place]) for number in deciding]
        failing = next((number for number, check in rows if not check.holds), None)
        passing = [row for row in rows if row[1].holds]
        number, check = min(passing, key=lambda row: _room(row[1])) if passing else rows[0]
        fails_in = months[failing - 1].month if failing else None
        yield Cliff(check, months[number - 1].month, fails_in, earned[number])


def _room(check: Check) -> float:
    return check.distance if check.margin is None else check.margin


def _caps(built: Built, writer: ClaimWriter) -> Iterator[CapUse]:
    """Each cap in the month in which most of it is used."""
    for cap in writer.caps():
        uses = [_use(built, writer, cap, number) for number in _deciding(built, writer)]
        fullest = max(uses, key=lambda use: use.used)
        if fullest.limit < NO_LIMIT:
            yield fullest


def _use(built: Built, writer: ClaimWriter, cap: Cap, number: int) -> CapUse:
    base, lines = built.run.base, built.model.lines
    value, limit = (writer.line_of(cap.name, side, getattr(cap, side)) for side in ("value", "limit"))
    figure = next(one for one in writer.figures if one.formula.id == cap.figure)
    label = figure.formula.label if limit.endswith("_limit") else lines[limit].label
    month = built.run.months[number - 1]
    return CapUse(label, month, base[value][number], base[limit][number], lines[limit].unit)


def _unchecked(writer: ClaimWriter) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """Tests and limits of what the claim earns whose facts neither the plan nor the claim states."""
    programme = writer.programme
    done = {figure.formula.id for figure in writer.figures}
    read = {
        name for formula in programme.formulas if formula.id in done
        for text in formula.formula for name in names_in(text)
    }  # fmt: skip
    known = plan_known(programme.plan, writer.lines) | given_facts(writer.claim).keys()
    for formula in programme.formulas:
        if formula.role != "amount" and formula.id in read - done:
            facts = {fact for text in formula.formula for fact in facts_in(text)}
            yield formula.label, tuple(sorted(facts - known))
    for test in programme.plan.tests:
        if test.id not in done:
            yield test.label, tuple(sorted(facts_in(test.formula) - known))
