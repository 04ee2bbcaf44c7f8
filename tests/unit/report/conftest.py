"""The example plan of the report tests, made once a session."""

from __future__ import annotations

import pytest

from tests.unit.report.example import make_context
from toolkit.report.context import ReportContext


@pytest.fixture(scope="session")
def context() -> ReportContext:
    return make_context()
