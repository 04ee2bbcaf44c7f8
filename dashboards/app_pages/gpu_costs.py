"""Which GPUs, from whom, at what cost? One piece of work on every offer; own, rent or API; commitments."""

from __future__ import annotations

from board import costs, frame

costs.draw(frame.here())
