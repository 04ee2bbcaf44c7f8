"""Where does the money come from, and who owns what? Rounds, cap table through time, dilution, exit."""

from __future__ import annotations

from board import frame, owners

owners.draw(frame.here())
