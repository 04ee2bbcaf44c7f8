"""Who buys, and is a customer worth it? Funnel, customers, recurring revenue, unit economics, cohorts."""

from __future__ import annotations

from board import customers, frame

customers.draw(frame.here())
