"""The metrics that are lines of the model: net burn, and what it would be without support.

net burn                  operating and investing cash out minus in
before credits            + compute credits used
before credits and grants + what grants, tax credits and other public support brought in cash
"""

from __future__ import annotations

from toolkit.lines.book import Book
from toolkit.text import bilingual

SUPPORT = ("support_receivable", "public_support", "partner_contributions")


def write_metric_lines(book: Book, currency: str) -> None:
    """Write them; the ledger is there already."""
    burn = _write(book, "net_burn", "-(total.cash_operating + total.cash_investing)", currency)
    used = [name for name in book.lines if name.startswith("partnerships.credit_used.")]
    before = _write(book, "net_burn_before_credits", " + ".join([burn, *used]), currency)
    received = [
        posting.line for posting in book.postings
        if posting.debit == "cash" and (posting.credit in SUPPORT or posting.line.startswith("policy."))
    ]  # fmt: skip
    _write(book, "net_burn_before_support", " + ".join([before, *received]), currency)


def _write(book: Book, name: str, formula: str, currency: str) -> str:
    label = bilingual(f"statements.{name}")
    return book.formula(f"metric.{name}", formula, currency, label, statement="metric")
