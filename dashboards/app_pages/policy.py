"""Which support can we count on, and when is it cash? Claims month by month, programmes of the country."""

from __future__ import annotations

from board import frame, support

support.draw(frame.here())
