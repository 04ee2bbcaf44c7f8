"""The questions of `groundplan init`: forty at most, in the order in which a founder can answer them.

A question is asked in the words of the catalogue `interview` (`<id>.ask`); `help` is what the command line
says of its flag. `unit` is that of a quantity (`{currency}` is the plan's).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "words", "country", "region", "currency", "month", "quantity", "whole", "percentile", "model", "gpu",
    "round", "programmes",
]  # fmt: skip
Group = Literal["company", "team", "product", "compute", "funding", "support"]


@dataclass(frozen=True, slots=True)
class Question:
    """One input. `most` bounds a whole number or a share; a quantity may be uncertain (`2 to 4`)."""

    id: str
    group: Group
    kind: Kind
    help: str
    unit: str = "1"
    most: float = float("inf")

    @property
    def flag(self) -> str:
        return "--" + self.id.replace("_", "-")


QUESTIONS: tuple[Question, ...] = (
    Question("name", "company", "words", "Name of the company."),
    Question("tagline", "company", "words", "What it does, in one sentence."),
    Question("country", "company", "country", "ISO 3166 code, such as US, GB, DE or CN."),
    Question("region", "company", "region", "City or state, where rules depend on it."),
    Question("currency", "company", "currency", "Currency of the plan; by default that of the country."),
    Question("start", "company", "month", "First month of the plan, such as 2027-01."),
    Question("cash", "company", "quantity", "Money in the bank.", "{currency}"),
    Question("founders", "team", "whole", "Number of founders.", most=12),
    Question("founder_salary", "team", "quantity", "Yearly pay of a founder.", "{currency}/year"),
    Question("percentile", "team", "percentile", "Pay level of hires: p25, p50 or p75 of the table."),
    Question("engineer_salary", "team", "quantity", "Yearly pay of an engineer.", "{currency}/year"),
    Question("ml_engineers", "team", "quantity", "Machine learning engineers to hire.", "people"),
    Question("ml_engineers_from", "team", "whole", "Months until they start.", most=119),
    Question("engineers", "team", "quantity", "Software engineers to hire.", "people"),
    Question("engineers_from", "team", "whole", "Months until they start.", most=119),
    Question("sales", "team", "quantity", "Sales people to hire.", "people"),
    Question("sales_from", "team", "whole", "Months until they start.", most=119),
    Question("support", "team", "quantity", "People for customers to hire.", "people"),
    Question("support_from", "team", "whole", "Months until they start.", most=119),
    Question("product", "product", "words", "Name of the product."),
    Question("price", "product", "quantity", "Price a month and customer.", "{currency}/month"),
    Question("launch", "product", "whole", "Months until the product is sold.", most=119),
    Question("customers", "product", "quantity", "Customers who pay today."),
    Question("new_customers", "product", "quantity", "Customers who come by themselves in the first month."),
    Question("growth", "product", "quantity", "Growth of these, a month.", most=1),
    Question("churn", "product", "quantity", "Customers who leave, a month.", most=1),
    Question("marketing", "product", "quantity", "Marketing a month.", "{currency}/month"),
    Question("acquisition_cost", "product", "quantity", "Cost of winning a customer.", "{currency}"),
    Question("accounts", "product", "quantity", "Customers whom you could ever serve."),
    Question("model", "compute", "model", "Model that you train or serve (a name of the shape catalogue)."),
    Question("gpu", "compute", "gpu", "GPU to rent (an id of data/gpus.csv)."),
    Question("training_tokens", "compute", "quantity", "Tokens of a training run; 0: no training.", "token"),
    Question("requests", "compute", "quantity", "Requests a customer and month; 0: no service."),
    Question("round", "funding", "round", "safe, priced_round or none."),
    Question("raise_amount", "funding", "quantity", "Money of the next round.", "{currency}"),
    Question("valuation", "funding", "quantity", "Valuation cap or pre-money valuation.", "{currency}"),
    Question("raise_month", "funding", "whole", "Months until the round closes.", most=119),
    Question("raise_chance", "funding", "quantity", "Chance that it closes.", most=1),
    Question("programmes", "support", "programmes", "Policy programmes, by id; auto, or none."),
    Question("credits", "support", "quantity", "Compute credits of the provider.", "{currency}"),
)
BY_ID = {question.id: question for question in QUESTIONS}
