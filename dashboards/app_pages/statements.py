"""What do the books say? Profit and loss, cash flow and balance sheet of the base case; a click leads to the
ground of a cell."""

from __future__ import annotations

from board import frame, ledger

ledger.draw(frame.here())
