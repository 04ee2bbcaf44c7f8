"""What happened, against what we planned? Import, variance, reforecast."""

from __future__ import annotations

from board import frame, happened

happened.draw(frame.here())
