"""What do we hand over? Choose a report, look at it, download it."""

from __future__ import annotations

from board import frame, handout

handout.draw(frame.here())
