"""What could go wrong, and what matters most? Survival, tornado, shares of the variance, the bad futures."""

from __future__ import annotations

from board import doubt, frame

doubt.draw(frame.here())
