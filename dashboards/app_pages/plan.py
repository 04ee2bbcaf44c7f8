"""What do we assume? The six resources and operations as tables: edit, check, save, compare, restore."""

from __future__ import annotations

from board import frame, planning

planning.draw(frame.here())
