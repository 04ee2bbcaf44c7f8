"""What was measured, on what, and how sure is it? The newest measurement of each workload, by device."""

from __future__ import annotations

from board import frame, measured

measured.draw(frame.here())
