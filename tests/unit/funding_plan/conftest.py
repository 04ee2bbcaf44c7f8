"""Fixtures: project the funding part of a small plan, or list what is wrong with it."""

from __future__ import annotations

import pytest

from tests.unit.funding_plan.plans import HEAD, Funded, Projected, Refused, project_text
from toolkit.errors import InputError
from toolkit.reference import Reference, load_reference


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference()


@pytest.fixture(scope="session")
def funded(reference: Reference) -> Funded:
    """Project the part `funding` of a plan; `owed` are opening liabilities by account."""

    def project(
        funding: str, *, months: int = 24, cash: float = 1_000_000, rest: str = "", **owed: float
    ) -> Projected:
        head = HEAD.replace("MONTHS", str(months)).replace("CASH", str(cash))
        head = head.replace("OWED", "".join(f"{name}: {amount!r}, " for name, amount in owed.items()))
        text = head.replace("STOCK", repr(cash - sum(owed.values()))) + funding + "\n" + rest
        return project_text(text, reference)

    return project


@pytest.fixture(scope="session")
def refused(funded: Funded) -> Refused:
    """The problems of a funding part: field → (id, line)."""

    def read(funding: str) -> dict[str, tuple[str, int | None]]:
        with pytest.raises(InputError) as error:
            funded(funding)
        for problem in error.value.problems:
            assert problem.file == "plan.yaml"
            assert problem.line is not None
            for language in ("en", "zh"):
                assert problem.problem(language)
                assert problem.mend(language)
        return {problem.field: (problem.id, problem.line) for problem in error.value.problems}

    return read
