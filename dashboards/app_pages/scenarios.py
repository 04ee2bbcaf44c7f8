"""Which way is better, and why? Scenarios side by side, attribution, what-if, goal seek."""

from __future__ import annotations

from board import compared, frame

compared.draw(frame.here())
