"""Defaults: what a question is answered with until a founder says better, and where that is from.

Pay is from the salary table of the country, the GPU is the cheapest on offer that holds the model, tax and
currency are the country's; the rest is what the template says, converted from US dollars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import floor, log10
from typing import Any

from toolkit.app.interview.answers import Answer, regions_with_rules
from toolkit.app.interview.questions import QUESTIONS, Question
from toolkit.errors import InputError, Problem
from toolkit.lines.quantity_text import parse_quantity
from toolkit.provenance import Source
from toolkit.reference import Gpu, Offer, Reference
from toolkit.reference.cells import CONFIDENCES
from toolkit.reference.paths import data_dir
from toolkit.reference.pay import Pay
from toolkit.resources.reading import read_yaml
from toolkit.resources.record import month_after
from toolkit.shapes.catalogue import shape
from toolkit.text import Language, Text, t

TRAINING_BYTES = 16  # a parameter, mixed precision with Adam: Rajbhandari et al. 2020 (arXiv:1910.02054) §3.1
SERVING_ROOM = 1.3  # weights, and room for what is remembered of each request
FOUNDER_SHARE = 0.6  # of an engineer's pay
ML_PREMIUM = 1.2  # over an engineer's pay, where the table has no row


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of company: what its plan begins with, in US dollars."""

    id: str
    label: Text
    example: str
    basis: Text
    answers: Mapping[str, Any]


def template_names() -> tuple[str, ...]:
    """The templates that `init` offers."""
    return tuple(sorted(path.stem for path in (data_dir() / "templates").glob("*.yaml")))


def load_template(name: str) -> Template:
    """Raises InputError for an unknown one."""
    if name not in template_names():
        values = {"template": name, "known": ", ".join(template_names())}
        raise InputError([Problem("app.unknown_init_template", "template", values=values)])
    file = data_dir() / "templates" / f"{name}.yaml"
    raw, _ = read_yaml(file.read_text(encoding="utf-8"), str(file))
    label, basis = Text.of(raw["label"]), Text.of(raw["basis"])
    return Template(name, label, raw["example"], basis, raw["answers"])


@dataclass(frozen=True)
class Defaults:
    """What is known before the founder answers. Later questions look at the answers to earlier ones."""

    template: Template
    reference: Reference
    language: Language
    today: date

    def of(self, question: Question, answers: Mapping[str, Answer]) -> Answer | None:
        """The default of a question; None where nothing is known, so that it must be answered."""
        match question.id:
            case "name":
                return self._assumed(t("interview.default_name", self.language))
            case "country":
                return self._assumed("CN" if self.language == "zh" else "US")
            case "region":
                return self._region(answers["country"].value)
            case "currency":
                country = self.reference.country(answers["country"].value)
                return Answer(country.currency, country.source)
            case "start":
                return self._assumed(month_after(f"{self.today:%Y-%m}", 2))
            case "percentile":
                return self._assumed("p50")
            case "engineer_salary":
                return self._engineer_salary(answers)
            case "founder_salary":
                return self._founder_salary(answers)
            case "gpu":
                return self._gpu(answers)
            case "programmes":
                return self._assumed("auto")
        return self._from_template(question, answers)

    def _assumed(self, value: Any) -> Answer:
        return Answer(value, Source("assumption", self.template.basis[self.language]))

    def _region(self, country: str) -> Answer:
        known = self.reference.country(country)
        regions = regions_with_rules(self.reference, country)
        return Answer(known.region if known.region in regions else (*regions, "")[0], known.source)

    def _engineer_salary(self, answers: Mapping[str, Answer]) -> Answer | None:
        pay = find_pay(self.reference, "software_engineer", answers)
        if pay is None:
            return None
        currency = answers["currency"].value
        factor = self.reference.exchange_rate(pay.currency, currency).factor
        return Answer(rounded(pay.per_year * factor), pay.salary.source)

    def _founder_salary(self, answers: Mapping[str, Answer]) -> Answer | None:
        engineer = answers.get("engineer_salary") or self._engineer_salary(answers)
        if engineer is None:
            return None
        median = parse_quantity(engineer.value, f"{answers['currency'].value}/year").median
        words = t("interview.founder_pay", self.language, share=f"{FOUNDER_SHARE:.0%}")
        return Answer(rounded(FOUNDER_SHARE * median), Source("assumption", words))

    def _gpu(self, answers: Mapping[str, Answer]) -> Answer | None:
        offer = serving_offer(self.reference, answers["country"].value, answers["model"].value)
        return None if offer is None or offer.gpu_id is None else Answer(offer.gpu_id, offer.source)

    def _from_template(self, question: Question, answers: Mapping[str, Answer]) -> Answer:
        value = self.template.answers[question.id]
        if isinstance(value, dict):
            value = {str(language): words for language, words in value.items()}
        if question.kind != "quantity" or not question.unit.startswith("{currency}"):
            return self._assumed(value)
        conversion = self.reference.exchange_rate("USD", answers["currency"].value)
        answer = self._assumed(converted(value, conversion.factor))
        if conversion.factor == 1:
            return answer
        words = t(
            "interview.converted", self.language, basis=answer.basis.title, rate=f"{conversion.factor:.4g}"
        )
        return Answer(answer.value, Source("assumption", words))


def find_pay(reference: Reference, role: str, answers: Mapping[str, Answer]) -> Pay | None:
    """Pay of a role at the level and in the place that were answered; None where no row is known."""
    try:
        return reference.salary(
            role,
            answers["country"].value,
            answers["percentile"].value if "percentile" in answers else "p50",
            region=answers["region"].value or None,
        )
    except InputError:
        return None


def rounded(number: float, digits: int = 2) -> int | float:
    """A number with so many significant digits: an assumption has no more."""
    if number == 0:
        return 0
    value = round(number, digits - 1 - floor(log10(abs(number))))
    return int(value) if value == int(value) else value


def converted(value: Any, factor: float) -> Any:
    """A quantity as the plan writes it, times a factor: `1M to 1.6M`, `4k` or a number."""
    if factor == 1:
        return value
    parts = str(value).split(" to ")
    numbers = [rounded(parse_quantity(part).median * factor) for part in parts]
    if len(numbers) == 1:
        return numbers[0]
    return " to ".join(f"{number:,}" for number in numbers)


def offers_in(reference: Reference, country: str) -> list[tuple[Offer, Gpu]]:
    """Offers by the hour that a company of the country can rent, of GPUs on which the usual software runs,
    the best grounded first, then the cheapest. In China those priced in yuan; elsewhere the others."""
    rented = [
        (offer, reference.gpu(offer.gpu_id))
        for offer in reference.offers
        if offer.gpu_id is not None
        and offer.price_type == "on_demand"
        and (offer.currency == "CNY") == (country == "CN")
    ]
    found = [(offer, gpu) for offer, gpu in rented if gpu.vendor in ("NVIDIA", "Huawei")]
    return sorted(found, key=lambda one: (CONFIDENCES.index(one[0].confidence), one[0].price_per_hour))


def serving_offer(reference: Reference, country: str, model: str, gpu: str | None = None) -> Offer | None:
    """The cheapest instance whose GPUs hold the model for serving; None where nothing does."""
    needed = shape(model).weight_bytes("fp16") * SERVING_ROOM
    return next(
        (
            offer
            for offer, one in offers_in(reference, country)
            if gpu in (None, one.id) and one.fp16_tflops and one.memory_bytes * offer.devices >= needed
        ),
        None,
    )


def training_offer(reference: Reference, country: str, model: str) -> Offer | None:
    """The instance that trains cheapest by dense peak, among those that hold the model and its optimiser."""
    needed = shape(model).parameters() * TRAINING_BYTES * SERVING_ROOM
    fitting = [
        (CONFIDENCES.index(offer.confidence), offer.price_per_device_hour / one.bf16_tflops, offer)
        for offer, one in offers_in(reference, country)
        if one.bf16_tflops and one.memory_bytes * offer.devices >= needed
    ]
    return min(fitting, key=lambda one: one[:2])[2] if fitting else None


def all_defaults(defaults: Defaults, given: Mapping[str, Answer]) -> dict[str, Answer]:
    """Every answer: the given ones, and the default of each question that was not answered.

    Raises InputError with every question that has no default.
    """
    answers: dict[str, Answer] = {}
    missing: list[Problem] = []
    for question in QUESTIONS:
        found = given.get(question.id) or defaults.of(question, {**answers, **given})
        if found is None:
            missing.append(Problem("interview.no_default", question.id, values={"flag": question.flag}))
        else:
            answers[question.id] = found
    if missing:
        raise InputError(missing)
    return answers
