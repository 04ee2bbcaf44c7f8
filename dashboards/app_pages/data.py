"""What do the numbers rest on? Every table of facts with source, date and age; questions in SQL."""

from __future__ import annotations

from board import facts, frame

facts.draw(frame.here())
