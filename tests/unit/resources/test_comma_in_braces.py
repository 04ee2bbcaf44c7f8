"""`{value: 1,100 to 1,500}`: braces end an entry at a comma; the problem says so."""

from __future__ import annotations

import pytest

from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan

PLAN = """\
company: {id: c, name: C, country: US, currency: USD, start: 2027-01}
market:
  segments:
    - {id: a, accounts: {value: 1,100 to 1,500}, yearly_value: 1,200, reachable: 1, obtainable: 1}
"""


def test_what_is_left_of_a_number_is_named() -> None:
    with pytest.raises(InputError) as caught:
        read_plan(PLAN, load_reference(), "plan.yaml")
    found = [(problem.id, problem.values["key"], problem.line) for problem in caught.value.problems]
    assert sorted(found) == [
        ("plan.comma", "100 to 1", 4), ("plan.comma", "200", 4), ("plan.comma", "500", 4),
    ]  # fmt: skip
