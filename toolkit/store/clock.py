"""Moments: aware UTC datetimes in records, plain UTC TIMESTAMP columns in the workspace.

TIMESTAMP WITH TIME ZONE would be read back in the time zone of whoever asks.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def stored(moment: datetime) -> datetime:
    """As a column holds it: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def recorded(moment: datetime) -> datetime:
    """As a record holds it: aware, in UTC."""
    return moment.replace(tzinfo=UTC)
